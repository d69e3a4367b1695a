import { isCustom } from '../../lib/changes';
import { pruneOf } from '../../lib/report';
import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses } from '../cluster/controllers';
import { installCustomResources } from '../cluster/custom-resources';
import { instanceObjects } from '../cluster/live';
import { inParallel } from '../cluster/parallel';
import { goProgram } from '../kit/tools';
import { coveringAll, effectsOf } from '../manifests/cover';
import type { KubernetesObject } from '../manifests/objects';
import { type ManifestSet, type Synthesis, title } from '../manifests/sets';
import { VARIED_TIER } from '../manifests/vary';
import type { Verdict } from '../report';
import type { Bench, Judge } from './judge';
import { fromPreviousRelease } from './previous-release';
import { Instance, namespaceOf } from './transition';

const SYSTEMS_AT_ONCE = 3;
const WALK = ['low', 'medium', 'high', 'low', 'high'] as const;

/**
 * Every change a file can express applies to a running cluster: really applied, one after the other, each time pruned.
 * The controllers of pods do not run here: what they make of the objects is `convergence`'s subject.
 */
export const changes: Judge = {
  name: 'Changes apply',
  programs: () =>
    ['kube-apiserver', 'kube-controller-manager', 'kubectl'].map((name) => `${name} ${goProgram(name).version}`),
  run: async (bench: Bench) => {
    const [{ sets }, variants] = [bench, await bench.variants()];
    const cluster = await startCluster('1.36', 'objects');
    try {
      const made = [...sets, ...variants.flatMap(({ set }) => set ?? [])];
      await createNamedClasses(cluster.client, made, false);
      const systems = [...new Set(sets.map(({ system }) => system))];
      const walks = systems.map(
        (system) =>
          new Walk(
            cluster,
            sets.filter((set) => set.system === system),
          ),
      );
      const [plain, extended] = [walks.filter((walk) => !walk.needsAddOns), walks.filter((walk) => walk.needsAddOns)];
      // First on a cluster without a single add-on: a prune that names an unknown kind would fail there.
      const verdicts = await inParallel(plain, SYSTEMS_AT_ONCE, (walk) => walk.tiers());
      await installCustomResources(cluster, [...made.flatMap(({ objects }) => objects), ...prunedKinds(made)]);
      verdicts.push(...(await inParallel(extended, SYSTEMS_AT_ONCE, (walk) => walk.tiers())));
      const chosen = withoutRepetition(sets, variants);
      verdicts.push(...(await inParallel(walks, SYSTEMS_AT_ONCE, (walk) => walk.variants(chosen))));
      const left = `${chosen.length} of ${variants.length} variants applied: the others change nothing else, in another system`;
      return [
        ...verdicts.flat(),
        { subject: 'variants that are no repetition', checked: 0, problems: [], notes: [left] },
      ];
    } finally {
      await cluster.stop();
    }
  },
};

/** A prune names kinds of the add-ons that a Plan asks for, whether it has such an object or not. */
function prunedKinds(sets: readonly ManifestSet[]): Pick<KubernetesObject, 'apiVersion' | 'kind'>[] {
  const kinds = new Set(sets.flatMap(({ plan }) => (plan ? pruneOf(plan, 'dist/').kinds : [])));
  return [...kinds].map((name) => {
    const [group, version, kind = ''] = name.split('/');
    return { apiVersion: `${group}/${version}`, kind };
  });
}

/** Of each variant the systems in which it has every effect that it has in any: kinds that come and go, fields that change. */
function withoutRepetition(sets: readonly ManifestSet[], variants: readonly Synthesis[]): Synthesis[] {
  const bases = new Map(
    sets
      .filter(({ environment, tier }) => environment === 'production' && tier === VARIED_TIER)
      .map((set) => [set.system, set]),
  );
  const effects = ({ system, set, problems }: Synthesis): Set<string> => {
    const base = bases.get(system);
    if (base && set) return effectsOf(base, set);
    return new Set(problems.map((problem) => problem.slice(problem.lastIndexOf('[')))); // the rule
  };
  const known = new Map(variants.map((variant) => [variant, effects(variant)]));
  const names = [...new Set(variants.map(({ environment }) => environment))];
  const chosen = names.flatMap((name) =>
    coveringAll(
      variants.filter(({ environment }) => environment === name),
      (variant) => known.get(variant) ?? new Set(),
    ),
  );
  return variants.filter((variant) => chosen.includes(variant));
}

/** One system's way through all that is applied, one on top of the other. */
class Walk {
  readonly #cluster: Cluster;
  readonly #sets: readonly ManifestSet[];
  readonly #instance: Instance;

  constructor(cluster: Cluster, sets: readonly ManifestSet[]) {
    this.#cluster = cluster;
    this.#sets = sets;
    this.#instance = new Instance(cluster);
  }

  /** Whether the environments that are applied here hold custom resources. */
  get needsAddOns(): boolean {
    const applied = this.#sets.filter(({ environment }) => ['production', 'staging'].includes(environment));
    return applied.some(({ objects }) => objects.some(({ apiVersion }) => isCustom(apiVersion)));
  }

  async tiers(): Promise<Verdict[]> {
    const release = await fromPreviousRelease(this.#cluster, this.#instance, this.#pick('production', VARIED_TIER));
    return [...release, await this.#upAndDown(), await this.#sideBySide()];
  }

  /**
   * Up and down through the tiers in one namespace; what `high` claimed is still there when it comes back. The API server
   * takes the way down from `high`; `keelson synth --out` refuses it where RabbitMQ loses members (`queue-shrinks`),
   * because they must leave their cluster first. Each set has a folder of its own here, so nothing is asked of it.
   */
  async #upAndDown(): Promise<Verdict> {
    const problems: string[] = [];
    for (const tier of WALK) problems.push(...(await this.#instance.become(this.#pick('production', tier))));
    return { subject: `${this.#sets[0]?.system}: ${WALK.join(' → ')}`, checked: WALK.length, problems };
  }

  /** Another environment in the same cluster comes, changes, is pruned, and the first one notices nothing. */
  async #sideBySide(): Promise<Verdict> {
    const neighbour = this.#pick('production', 'high'); // as the walk through the tiers left it
    const objects = async () => instanceObjects(this.#cluster, namespaceOf(neighbour), neighbour.objects);
    const before = await objects();
    const staging = new Instance(this.#cluster);
    const problems = [
      ...(await staging.become(this.#pick('staging', 'high'))),
      ...(await staging.become(this.#pick('staging', 'low'))),
    ];
    const after = await objects();
    for (const [name, uid] of before) {
      if (after.get(name) !== uid) problems.push(`${title(neighbour)} lost ${name} to staging's prune`);
    }
    return { subject: `${neighbour.system}: production and staging side by side`, checked: before.size, problems };
  }

  /** From each variant to the next one, which takes back what the one before changed, as far as keelson lets it. */
  async variants(all: readonly Synthesis[]): Promise<Verdict[]> {
    const base = this.#pick('production', VARIED_TIER);
    const back = await this.#instance.become(base);
    const verdicts: Verdict[] = [{ subject: `${title(base)}, before its variants`, checked: 1, problems: back }];
    for (const variant of all.filter(({ system }) => system === base.system)) {
      // What is refused is refused where everything stands: after managed stores there would be nothing to lose.
      const { refusedBy = [] } = variant;
      const again = refusedBy.length > 0 ? await this.#instance.become(base) : [];
      const verdict = await this.#vary(variant);
      verdicts.push({ ...verdict, problems: [...again, ...verdict.problems] });
    }
    return verdicts;
  }

  async #vary(variant: Synthesis): Promise<Verdict> {
    const { set, refusedBy = [] } = variant;
    const refused = set ? this.#instance.refusals(set) : variant.problems;
    const subject = `${title(variant)}, from what was before`;
    if (set && refused.length === 0) return { subject, checked: 1, problems: await this.#instance.become(set) };
    const problems = refused.filter((problem) => !refusedBy.some((rule) => problem.endsWith(`[${rule}]`)));
    const notes = [`${title(variant)} is refused by keelson, as it should be: ${refused[0] ?? ''}`];
    return { subject, checked: 0, problems, notes: problems.length > 0 ? [] : notes };
  }

  #pick(environment: string, tier: string): ManifestSet {
    const found = this.#sets.find((set) => set.environment === environment && set.tier === tier);
    if (!found) throw new Error(`No manifests of ${this.#sets[0]?.system} ${environment} ${tier}`);
    return found;
  }
}
