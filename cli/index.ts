import { CommanderError } from 'commander';
import { allowClosedPipes } from '../lib/closed-pipe';
import { isRecord } from '../lib/model/merge';
import { formatProblem, ProblemsError } from '../lib/model/problem';
import { strays, watchStrays } from '../lib/strays';
import { buildProgram } from './program';
import { colors, paintProblem, processTerminal, type Terminal } from './terminal';

/** 0: done; 1: the input is wrong; 2: misuse of the command line; 70: a fault of our own (EX_SOFTWARE of sysexits). */
const exits = { done: 0, wrong: 1, misuse: 2, fault: 70 } as const;

/** What the operating system says of a file that cannot be read or written. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return isRecord(error) && typeof error['syscall'] === 'string';
}

function explain(error: unknown, args: readonly string[], terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exits.done : exits.misuse;
  if (error instanceof ProblemsError) {
    const color = colors(terminal.color && !args.includes('--no-color'));
    for (const problem of error.problems) terminal.err(paintProblem(problem, color));
    return exits.wrong;
  }
  if (isFileError(error)) {
    terminal.err(`error: ${error.message}`);
    return exits.wrong;
  }
  terminal.err(
    `keelson failed, and that is a fault of its own: ${error instanceof Error ? error.message : String(error)}`,
  );
  terminal.err('Please report it, with the output of the same command under NODE_DEBUG=keelson.');
  return exits.fault;
}

/** Runs one command line. @returns the exit status */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await buildProgram(terminal).parseAsync([...args], { from: 'user' });
    return exits.done;
  } catch (error) {
    if (process.env['NODE_DEBUG'] === 'keelson') console.error(error);
    return explain(error, args, terminal);
  }
}

/** The command line of the process. */
export async function main(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  let done = false;
  let unheard = false;
  allowClosedPipes((error) => {
    unheard = true;
    terminal.err(`error: ${error.message}`);
  });
  watchStrays((stray) => {
    if (!done) return;
    terminal.err(formatProblem(stray));
    process.exitCode = exits.wrong;
  });
  const status = await run(args, terminal);
  const left = await strays();
  for (const stray of left) terminal.err(formatProblem(stray));
  done = true;
  return (left.length || unheard) && status === exits.done ? exits.wrong : status;
}
