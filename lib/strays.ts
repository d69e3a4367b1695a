/**
 * What a file of the user's leaves behind while it loads: a promise that is rejected, an error that is thrown by a timer.
 * It comes after the file was read, and must be known before anything is written.
 */
import { setImmediate } from 'node:timers/promises';
import { type Problem, ProblemsError } from './model/problem';

let found: Problem[] = [];

function problem(rule: string, what: string, reason: unknown): Problem {
  const [message = ''] = (reason instanceof Error ? reason.message : String(reason)).split('\n');
  return {
    severity: 'error',
    rule,
    path: 'systems/ or environments/',
    found: `${what}: ${message}`,
    wanted: 'files that hold data, and start nothing',
  };
}

/**
 * Watches the process: only a file of the user's can leave anything behind, because everything of ours is awaited.
 * @param late is told of what comes when all is done: nobody will ask any more
 */
export function watchStrays(late: (problem: Problem) => void): void {
  const note = (stray: Problem): void => {
    found.push(stray);
    late(stray);
  };
  process.on('unhandledRejection', (reason) => {
    note(problem('unhandled-rejection', 'a promise that nobody awaits, rejected with', reason));
  });
  process.on('uncaughtException', (error) => {
    note(problem('uncaught-error', 'an error that is thrown after the file was read', error));
  });
}

/** Turns of the event loop in which a rejection, or a file that was asked for, becomes known. */
const turns = 3;

/** What was left behind since the last call. */
export async function strays(): Promise<readonly Problem[]> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  const all = found;
  found = [];
  return all;
}

/** To be awaited between reading the user's files and the first output. @throws ProblemsError for what they left behind */
export async function settled(): Promise<void> {
  const problems = await strays();
  if (problems.length) throw new ProblemsError(problems);
}
