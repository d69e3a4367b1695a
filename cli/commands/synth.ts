import { compareFiles, otherOutput } from '../../lib/changes';
import { type Problem, ProblemsError } from '../../lib/model/problem';
import { pruneOf } from '../../lib/report';
import { settled } from '../../lib/strays';
import { changesBetween, currentFiles, replaceFolder } from '../output-folder';
import type { Session } from '../session';
import { synthesis } from '../synthesis';

interface SynthOptions {
  readonly tier?: string;
  readonly out: string;
  /** False after `--no-compare`. */
  readonly compare: boolean;
}

/** `keelson synth` */
export async function synthCommand(
  session: Session,
  system: string,
  environment: string,
  options: SynthOptions,
): Promise<void> {
  const { tier, out } = options;
  const plan = session.plan({ system, environment, ...(tier === undefined ? {} : { tier }) });
  const folder = session.path(out);
  const before = currentFiles(folder);
  const after = synthesis().renderFiles(plan);
  if (options.compare) {
    const other = otherOutput(before, after, out);
    const problems: readonly Problem[] = other
      ? [{ ...other, severity: 'warning' }]
      : compareFiles(before, after, pruneOf(plan, out).kinds);
    const errors = problems.filter(({ severity }) => severity === 'error');
    session.say(problems.filter(({ severity }) => severity === 'warning'));
    if (errors.length) throw new ProblemsError(errors);
  }
  await settled();
  const { added, changed, removed } = changesBetween(before, after);
  const touched = [...added, ...changed, ...removed];
  if (touched.length) replaceFolder(folder, after);
  const { color } = session;
  session.out(
    `${color.bold(plan.system.id)} in ${plan.environment.name} (${plan.tier}): ${after.size} files in ${out}${touched.length ? '' : ', unchanged'}`,
  );
  for (const name of added) session.out(`  ${color.green('new')}      ${name}`);
  for (const name of changed) session.out(`  ${color.yellow('changed')}  ${name}`);
  for (const name of removed) session.out(`  ${color.red('removed')}  ${name}`);
}
