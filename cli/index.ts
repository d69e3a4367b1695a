import { CommanderError } from 'commander';
import { isRecord } from '../lib/model/merge';
import { formatProblem, type Problem, ProblemsError } from '../lib/model/problem';
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

function rejection(reason: unknown): Problem {
  const [message = ''] = (reason instanceof Error ? reason.message : String(reason)).split('\n');
  return {
    severity: 'error',
    rule: 'unhandled-rejection',
    path: 'systems/ or environments/',
    found: `a promise that nobody awaits, rejected with: ${message}`,
    wanted: 'files without promises',
  };
}

/** The command line of the process. A reader that has seen enough (`| head`) is no error. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const terminal = processTerminal();
  let rejected = false;
  // Only a file of the user's can leave one behind: ours are awaited.
  process.on('unhandledRejection', (reason) => {
    rejected = true;
    terminal.err(formatProblem(rejection(reason)));
  });
  const status = await run(args, terminal);
  await new Promise((resolve) => setImmediate(resolve)); // Node tells of rejections after the promises have run
  return rejected && status === exits.done ? exits.wrong : status;
}
