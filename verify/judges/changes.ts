import { isCustom } from '../../lib/changes';
import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses, createNodes } from '../cluster/controllers';
import { installCustomResources } from '../cluster/custom-resources';
import { instanceObjects } from '../cluster/live';
import { inParallel } from '../cluster/parallel';
import { goProgram } from '../kit/tools';
import { type ManifestSet, type Synthesis, title } from '../manifests/sets';
import { VARIED_TIER } from '../manifests/vary';
import type { Verdict } from '../report';
import { unfinished, waitFor } from './converged';
import type { Bench, Judge } from './judge';
import { previousRelease } from './previous-release';
import { Instance, namespaceOf } from './transition';

const NODES = 6;
const CONVERGE_SECONDS = 60;
const SYSTEMS_AT_ONCE = 2;
const WALK = ['low', 'medium', 'high', 'low', 'high'] as const;

/**
 * Every change a file can express applies to a running cluster: really applied, one after the other, each time pruned,
 * on a server whose controllers run.
 */
export const changes: Judge = {
  name: 'Changes apply',
  programs: () =>
    ['kube-apiserver', 'kube-controller-manager', 'kubectl'].map((name) => `${name} ${goProgram(name).version}`),
  run: async ({ sets, variants }: Bench) => {
    const cluster = await startCluster('1.36', 'kwok'); // a claim grows only once it is bound
    try {
      await createNodes(cluster.client, NODES);
      await createNamedClasses(cluster.client, [...sets, ...variants.flatMap(({ set }) => set ?? [])]);
      const systems = [...new Set(sets.map(({ system }) => system))];
      const own = systems.map((system) => sets.filter((set) => set.system === system));
      const [plain, extended] = [own.filter((some) => !needsAddOns(some)), own.filter(needsAddOns)];
      // First on a cluster without a single add-on: a prune that names an unknown kind would fail there.
      const verdicts = await inParallel(plain, SYSTEMS_AT_ONCE, (some) => judgeSystem(cluster, some));
      await installCustomResources(cluster);
      verdicts.push(...(await inParallel(extended, SYSTEMS_AT_ONCE, (some) => judgeSystem(cluster, some))));
      verdicts.push(...(await inParallel(own, SYSTEMS_AT_ONCE, (some) => walkVariants(cluster, some, variants))));
      return [...verdicts.flat(), await previousRelease(cluster)];
    } finally {
      await cluster.stop();
    }
  },
};

async function judgeSystem(cluster: Cluster, sets: readonly ManifestSet[]): Promise<Verdict[]> {
  return [await walkTiers(cluster, sets), await sideBySide(cluster, sets)];
}

/** Whether the environments that are applied here hold custom resources. */
function needsAddOns(sets: readonly ManifestSet[]): boolean {
  const applied = sets.filter(({ environment }) => ['production', 'staging'].includes(environment));
  return applied.some(({ objects }) => objects.some(({ apiVersion }) => isCustom(apiVersion)));
}

/** From each variant to the next one, which takes back what the one before changed, as far as `keelson synth` lets it. */
async function walkVariants(
  cluster: Cluster,
  sets: readonly ManifestSet[],
  variants: readonly Synthesis[],
): Promise<Verdict[]> {
  const base = pick(sets, 'production', VARIED_TIER);
  const instance = new Instance(cluster, pick(sets, 'production', 'high')); // as the walk through the tiers left it
  const back = await instance.become(base);
  const own = variants.filter(({ system }) => system === base.system);
  await waitFor(() => unfinished(cluster.client, namespaceOf(base)), CONVERGE_SECONDS);
  const verdicts: Verdict[] = [{ subject: `${title(base)}, before its variants`, checked: 1, problems: back }];
  for (const variant of own) {
    const refused = variant.set ? instance.refusals(variant.set) : variant.problems;
    const subject = `${title(variant)}, from what was before`;
    const isTaken = variant.set !== undefined && refused.length === 0;
    const problems = variant.set && isTaken ? await instance.become(variant.set) : [];
    const notes = isTaken ? [] : [`${title(variant)} is refused by keelson: ${refused[0] ?? ''}`];
    verdicts.push({ subject, checked: isTaken ? 1 : 0, problems, notes });
  }
  return verdicts;
}

/**
 * Up and down through the tiers in one namespace; what `high` claimed is still there when it comes back. The API server
 * takes the way down from `high`; `keelson synth --out` refuses it where RabbitMQ loses members (`queue-shrinks`), because
 * they must leave their cluster first. Each set has a folder of its own here, so nothing is asked of it.
 */
async function walkTiers(cluster: Cluster, sets: readonly ManifestSet[]): Promise<Verdict> {
  const instance = new Instance(cluster);
  const problems: string[] = [];
  for (const tier of WALK) problems.push(...(await instance.become(pick(sets, 'production', tier))));
  return { subject: `${sets[0]?.system}: ${WALK.join(' → ')}`, checked: WALK.length, problems };
}

/** Another environment in the same cluster comes, changes, is pruned, and the first one notices nothing. */
async function sideBySide(cluster: Cluster, sets: readonly ManifestSet[]): Promise<Verdict> {
  const neighbour = pick(sets, 'production', 'high'); // as the walk through the tiers left it
  const before = await instanceObjects(cluster, namespaceOf(neighbour), neighbour.objects);
  const staging = new Instance(cluster);
  const problems = [
    ...(await staging.become(pick(sets, 'staging', 'high'))),
    ...(await staging.become(pick(sets, 'staging', 'low'))),
  ];
  const after = await instanceObjects(cluster, namespaceOf(neighbour), neighbour.objects);
  for (const [name, uid] of before) {
    if (after.get(name) !== uid) problems.push(`${title(neighbour)} lost ${name} to staging's prune`);
  }
  return { subject: `${neighbour.system}: production and staging side by side`, checked: before.size, problems };
}

function pick(sets: readonly ManifestSet[], environment: string, tier: string): ManifestSet {
  const found = sets.find((set) => set.environment === environment && set.tier === tier);
  if (!found) throw new Error(`No manifests of ${sets[0]?.system} ${environment} ${tier}`);
  return found;
}
