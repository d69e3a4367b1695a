import { parseFile } from '../../lib/changes';
import { planOf } from '../../lib/choice';
import type { Plan, Tier } from '../../lib/model/plan';
import { tiers } from '../../lib/model/schema/primitives';
import { reportOf } from '../../lib/report';
import { settled } from '../../lib/strays';
import { reportText } from '../report-text';
import type { Session } from '../session';
import { synthesis } from '../synthesis';

interface ReportCommandOptions {
  readonly tier?: string;
  readonly format: string;
}

/** `keelson report` */
export async function reportCommand(
  session: Session,
  system: string,
  environment: string,
  options: ReportCommandOptions,
): Promise<void> {
  const { tier, format } = options;
  const plan = session.plan({ system, environment, ...(tier === undefined ? {} : { tier }) });
  const others = tiers.map(
    (other) => [other, planOf(session.workspace, { system, environment, tier: other }).plan] as const,
  );
  const byTier = new Map(others.filter((entry): entry is readonly [Tier, Plan] => entry[1] !== undefined));
  const manifests = [...synthesis().renderFiles(plan)]
    .flatMap(([file, text]) => parseFile(file, text))
    .map(({ object }) => object);
  const report = reportOf(plan, { byTier, manifests });
  await settled();
  session.out(format === 'json' ? JSON.stringify(report, null, 2) : reportText(report, session.color));
}
