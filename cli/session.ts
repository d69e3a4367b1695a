/** What every command has: where it writes, and the folders it works in. */
import { join, resolve } from 'node:path';
import { type Choice, planOf } from '../lib/choice';
import type { Plan } from '../lib/model/plan';
import { type Problem, ProblemsError } from '../lib/model/problem';
import { Workspace } from '../lib/workspace';
import { isFolder } from './output-folder';
import { type Colors, colors, paintProblem, type Terminal } from './terminal';

export interface GlobalOptions {
  /** @default - the current folder */
  readonly root?: string;
  /** False after `--no-color`. */
  readonly color: boolean;
}

/** @throws ProblemsError for a `--root` without systems: everything would be unknown, and nothing would say why */
function rootOf(terminal: Terminal, { root }: GlobalOptions): string {
  const path = resolve(terminal.cwd, root ?? '.');
  if (root === undefined || isFolder(join(path, 'systems'))) return path;
  const missing = isFolder(path) ? 'which has no folder systems/' : 'which is no folder';
  const wanted = 'a folder that holds systems/ and environments/';
  throw new ProblemsError([
    { severity: 'error', rule: 'root-folder', path: '--root', found: `"${root}", ${missing}`, wanted },
  ]);
}

export class Session {
  readonly workspace: Workspace;
  readonly color: Colors;

  constructor(
    readonly terminal: Terminal,
    options: GlobalOptions,
  ) {
    this.workspace = new Workspace(rootOf(terminal, options));
    this.color = colors(options.color && terminal.color);
  }

  out(text: string): void {
    this.terminal.out(text);
  }

  /** A path of the command line: relative to the folder the command was called in. */
  path(given: string): string {
    return resolve(this.terminal.cwd, given);
  }

  /** Shows problems on stderr. */
  say(problems: readonly Problem[]): void {
    for (const problem of problems) this.terminal.err(paintProblem(problem, this.color));
  }

  /**
   * The Plan of a choice. Warnings are said, errors stop.
   * @throws ProblemsError with every error
   */
  plan(choice: Choice, images?: unknown): Plan {
    const { plan, problems } = planOf(this.workspace, choice, images);
    const errors = problems.filter(({ severity }) => severity === 'error');
    this.say(problems.filter(({ severity }) => severity === 'warning'));
    if (plan === undefined || errors.length) throw new ProblemsError(errors);
    return plan;
  }
}
