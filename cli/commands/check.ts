import { existsSync } from 'node:fs';
import { compareFiles, type Files, otherOutput } from '../../lib/changes';
import { type Choice, defaultChoice, planOf } from '../../lib/choice';
import { nearest } from '../../lib/model/nearest';
import type { Plan } from '../../lib/model/plan';
import { formatProblem, type Problem, ProblemsError } from '../../lib/model/problem';
import { tiers } from '../../lib/model/schema/primitives';
import { pruneOf } from '../../lib/report';
import { settled, strays } from '../../lib/strays';
import { isFolder, readFiles } from '../output-folder';
import type { Session } from '../session';
import { synthesis } from '../synthesis';

interface CheckOptions {
  readonly tier?: string;
  readonly all?: true;
  readonly against?: string;
}

/** What only a synthesis can tell: patches without a target. The files too, where they are asked for. */
function synthesized(
  plan: Plan,
  wanted: boolean,
): { readonly files: Files | undefined; readonly problems: readonly Problem[] } {
  if (plan.patches.length === 0 && !wanted) return { files: undefined, problems: [] };
  const { renderFiles } = synthesis();
  try {
    return { files: renderFiles(plan), problems: [] };
  } catch (error) {
    if (error instanceof ProblemsError) return { files: undefined, problems: error.problems };
    throw error;
  }
}

/** What a cluster that runs the earlier output would not take. */
function refusedBy(plan: Plan, before: Files, after: Files): readonly Problem[] {
  const other = otherOutput(before, after, '--against');
  return other ? [other] : compareFiles(before, after, pruneOf(plan, 'dist/').kinds);
}

function problemsOf(session: Session, choice: Choice, against?: Files): readonly Problem[] {
  const { plan, problems } = planOf(session.workspace, choice);
  if (plan === undefined) return problems;
  const made = synthesized(plan, against !== undefined);
  const refused = against && made.files ? refusedBy(plan, against, made.files) : [];
  return [...problems, ...made.problems, ...refused];
}

/** What `--all` is narrowed down to; everything where a name is left out. */
interface Narrowed {
  readonly system: string | undefined;
  readonly environment: string | undefined;
}

/** Every combination; a problem of several is shown once, with all of them. */
function allProblems(
  session: Session,
  only: Narrowed,
): {
  readonly checked: number;
  readonly found: Map<string, { problem: Problem; where: string[] }>;
} {
  const found = new Map<string, { problem: Problem; where: string[] }>();
  let checked = 0;
  const environments = only.environment === undefined ? session.workspace.environments() : [only.environment];
  for (const system of only.system === undefined ? session.workspace.systems() : [only.system]) {
    for (const environment of environments) {
      for (const tier of tiers) {
        checked++;
        for (const problem of problemsOf(session, { system, environment, tier })) {
          const text = formatProblem(problem);
          const known = found.get(text) ?? { problem, where: [] };
          known.where.push(`${system} in ${environment} (${tier})`);
          found.set(text, known);
        }
      }
    }
  }
  return { checked, found };
}

async function checkAll(session: Session, only: Narrowed): Promise<void> {
  const { checked, found } = allProblems(session, only);
  await settled();
  for (const { problem, where } of found.values()) {
    session.say([problem]);
    const shown = where.length > 4 ? `${where.slice(0, 4).join(', ')} and ${where.length - 4} more` : where.join(', ');
    session.terminal.err(`  in ${shown}`);
  }
  const problems = [...found.values()].map(({ problem }) => problem);
  conclude(session, `${checked} combinations`, problems);
}

/** `2 errors`, `1 error`, or nothing. */
function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** One line that says how it went. @throws ProblemsError, empty because all were said, when there are errors */
function conclude(session: Session, what: string, problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counted = [count(errors, 'error'), count(warnings, 'warning')].filter((part) => part !== '');
  const line = `${what}: ${counted.join(', ') || 'no problems'}`;
  if (errors === 0) {
    session.out(line);
    return;
  }
  session.terminal.err(line);
  throw new ProblemsError([]);
}

/** What every object of ours says. */
const ours = /^\s*"?app\.kubernetes\.io\/managed-by"?: "?keelson"?,?$/m;

/** The earlier output. A folder without one would let every change pass. */
function filesAgainst(session: Session, folder: string): Files {
  const path = session.path(folder);
  const wrong = (found: string, near?: string): ProblemsError =>
    new ProblemsError([
      {
        severity: 'error',
        rule: 'against-folder',
        path: '--against',
        found: `"${folder}", ${found}`,
        wanted: 'a folder with an earlier output',
        ...(near === undefined ? {} : { nearest: near }),
      },
    ]);
  if (!existsSync(path)) throw wrong('which does not exist', nearest(folder, ['dist']));
  if (!isFolder(path)) throw wrong('which is a file');
  const files = [...readFiles(path)].filter(([name]) => /\.(ya?ml|json)$/.test(name));
  if (!files.some(([, text]) => ours.test(text))) throw wrong('which holds no manifest of keelson');
  return new Map(files);
}

/** `keelson check` */
export async function checkCommand(
  session: Session,
  system: string | undefined,
  environment: string | undefined,
  options: CheckOptions,
): Promise<void> {
  if (options.all) {
    await checkAll(session, { system, environment });
    return;
  }
  const { tier, against } = options;
  const choice = {
    system: system ?? defaultChoice.system,
    environment: environment ?? defaultChoice.environment,
    ...(tier === undefined ? {} : { tier }),
  };
  const before = against === undefined ? undefined : filesAgainst(session, against);
  const problems = [...problemsOf(session, choice, before), ...(await strays())];
  session.say(problems);
  const where = tier === undefined ? '' : ` (${tier})`;
  conclude(session, `${choice.system} in ${choice.environment}${where}`, problems);
}
