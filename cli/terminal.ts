/** Where a command reads its surroundings from and writes to: the process, or a test. */
import pc from 'picocolors';
import { formatProblem, type Problem } from '../lib/model/problem';

export interface Terminal {
  /** The folder that relative paths are meant from. */
  readonly cwd: string;
  /** Whether text may be coloured: a terminal, and no NO_COLOR. */
  readonly color: boolean;
  out(text: string): void;
  err(text: string): void;
}

/** The process itself. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    color: pc.isColorSupported,
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
