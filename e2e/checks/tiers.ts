/** From tier to tier under load: the same folder of manifests, another size. */
import { pruneOf } from '../../lib/report/prune';
import { during } from '../incident';
import { type Manifests, synthesize } from '../manifests';
import { autoscalersOf, settle } from '../settled';
import { BY_KNOWN_TYPES, livePods, mustKubectl, type Stage, workloadOf } from '../stage';

/** The system at a tier, in its user's release. It keeps this process busy: before a load, never during one. */
export function atTier({ system, user }: Stage, tier: string): Manifests {
  return synthesize({ system, tier, images: user.release });
}

/** Whether an autoscaler goes: it is pruned last, and has set its own figure once more by then. */
function losesAutoscaler(before: Manifests, after: Manifests): boolean {
  const stay = autoscalersOf(after);
  return autoscalersOf(before).some((name) => !stay.includes(name));
}

/** Applies manifests with the command that `keelson report` prints; and once more where docs/deploy.md says so. */
export async function moveTo(stage: Stage, manifests: Manifests): Promise<void> {
  const before = stage.manifests;
  stage.manifests = manifests;
  const { command } = pruneOf(manifests.plan, manifests.folder);
  const [, ...args] = command.split(' ');
  await mustKubectl([...args, BY_KNOWN_TYPES]);
  if (losesAutoscaler(before, manifests)) await mustKubectl(['apply', '-f', manifests.folder, BY_KNOWN_TYPES]);
  await settle(stage, `everything runs at tier ${manifests.plan.tier}`);
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
  await during(stage, `tier ${tier} to low`, () => moveTo(stage, low));
  const figures = movement([tier, 'low'], before, await podCounts(stage));
  stage.say(`  ${figures}`);
  stage.facts.set('From tier to tier', figures);
}
