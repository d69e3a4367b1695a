/** From tier to tier under load: the same folder of manifests, another size. */
import type { Plan } from '../../lib/model/plan';
import { pruneOf } from '../../lib/report/prune';
import { until } from '../cluster/until';
import { during } from '../incident';
import { type Manifests, synthesize } from '../manifests';
import { autoscalersOf, settle } from '../settled';
import { BY_KNOWN_TYPES, isService, livePods, mustKubectl, type Pod, podsPath, type Stage, workloadOf } from '../stage';

/** The system at a tier, in its user's release. It keeps this process busy: before a load, never during one. */
export function atTier({ system, user }: Stage, tier: string): Manifests {
  return synthesize({ system, tier, images: user.release });
}

/** Whether an autoscaler goes: it is pruned last, and has set its own figure once more by then. */
function losesAutoscaler(before: Manifests, after: Manifests): boolean {
  const stay = autoscalersOf(after);
  return autoscalersOf(before).some((name) => !stay.includes(name));
}

/** Applies manifests with the command that `keelson report` prints, in a hurry; and once more where docs/deploy.md says so. */
export async function moveTo(stage: Stage, manifests: Manifests): Promise<void> {
  const before = stage.manifests;
  stage.manifests = manifests;
  const { command } = pruneOf(manifests.plan, manifests.folder);
  const [, ...args] = command.split(' ');
  await mustKubectl([...args, BY_KNOWN_TYPES]);
  if (losesAutoscaler(before, manifests)) await mustKubectl(['apply', '-f', manifests.folder, BY_KNOWN_TYPES]);
  await settle(stage, `everything runs at tier ${manifests.plan.tier}`);
}

/** The pause before the end, and the end itself. */
const LEFT_WITHIN = 60;

/** Web services' pods that are on their way out: they still answer who has not heard of it, and end after that. */
export function leaving(pods: readonly Pod[], plan: Pick<Plan, 'services'>): string[] {
  const left = pods.filter((pod) => pod.metadata.deletionTimestamp && isService(plan, workloadOf(pod), 'web'));
  return left.map(({ metadata }) => metadata.name);
}

/** `settle` does not wait for them, and their end is what a user may notice: it belongs under the load. */
async function untilLeft(stage: Stage): Promise<void> {
  await until("the web services' pods of before have ended", LEFT_WITHIN, async () => {
    const there = leaving(await stage.api.list<Pod>(podsPath(stage.namespace)), stage.manifests.plan);
    if (there.length > 0) throw new Error(there.join(', '));
    return true;
  });
}

/** How many pods each service has, now. */
export async function podCounts(stage: Stage): Promise<ReadonlyMap<string, number>> {
  const names = (await livePods(stage)).map(workloadOf);
  const { services } = stage.manifests.plan;
  return new Map(services.map(({ name }) => [name, names.filter((one) => one === name).length]));
}

/** `tier low to medium: backend 1 → 2 pods, …` */
export function movement(
  tiers: readonly [string, string],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string {
  const figures = [...after].map(([name, count]) => `${name} ${before.get(name) ?? 0} → ${count}`);
  return `tier ${tiers.join(' to ')}, pods: ${figures.join(', ')}`;
}

/** Down; the way up is {@link checkRelease}'s. */
export async function checkTiers(stage: Stage): Promise<void> {
  const { tier } = stage.manifests.plan;
  const low = atTier(stage, 'low');
  const before = await podCounts(stage);
  await during(stage, `tier ${tier} to low`, async () => {
    await moveTo(stage, low);
    await untilLeft(stage);
  });
  const figures = movement([tier, 'low'], before, await podCounts(stage));
  stage.say(`  ${figures}`);
  stage.facts.set('From tier to tier', figures);
}
