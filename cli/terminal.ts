/** Where a command reads its surroundings from and writes to: the process, or a test. */
import { isatty } from 'node:tty';
import pc from 'picocolors';
import { formatProblem, type Problem } from '../lib/model/problem';

export interface Terminal {
  /** The folder that relative paths are meant from. */
  readonly cwd: string;
  /** Whether text may be coloured: on a terminal or with FORCE_COLOR, and never with NO_COLOR. */
  readonly color: boolean;
  out(text: string): void;
  err(text: string): void;
}

/** The process itself. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    // picocolors alone would colour wherever CI is set, so into a file and a pipe too.
    color: pc.isColorSupported && (Boolean(process.env.FORCE_COLOR) || (isatty(1) && isatty(2))),
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  };
}

export type Colors = ReturnType<typeof pc.createColors>;

export function colors(enabled: boolean): Colors {
  return pc.createColors(enabled);
}

/** The shared format of a problem, its first word coloured by how bad it is. */
export function paintProblem(problem: Problem, color: Colors): string {
  const paint = problem.severity === 'error' ? color.red : color.yellow;
  return formatProblem(problem).replace(/^\w+/, (word) => paint(word));
}
