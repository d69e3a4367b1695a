/** From tier to tier under load: the same folder of manifests, another size. */
import { pruneOf } from '../../lib/report/prune';
import { must } from '../../verify/kit/command';
import { goProgram } from '../../verify/kit/tools';
import { KUBECONFIG } from '../cluster/layout';
import { during } from '../incident';
import { synthesize } from '../manifests';
import { settle } from '../settled';
import type { Stage } from '../stage';

/** Applies the system at a tier, in its user's release, with the command that `keelson report` prints. */
export async function moveTo(stage: Stage, tier: string): Promise<void> {
  stage.manifests = synthesize({ system: stage.system, tier, images: stage.user.release });
  const { command } = pruneOf(stage.manifests.plan, stage.manifests.folder);
  const [, ...args] = command.split(' ');
  await must(goProgram('kubectl').path, args, { env: { KUBECONFIG } });
  await settle(stage, `everything runs at tier ${tier}`);
}

/** Down; the way up is {@link checkRelease}'s. */
export async function checkTiers(stage: Stage): Promise<void> {
  const title = `tier ${stage.manifests.plan.tier} to low`;
  await during(stage, title, () => moveTo(stage, 'low'));
}
