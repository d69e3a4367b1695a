import { readFiles } from '../../cli/output-folder';
import { compareFiles, type Files } from '../../lib/changes';
import type { Problem } from '../../lib/model/problem';
import { pruneOf } from '../../lib/report';
import type { Cluster } from '../cluster/cluster';
import { apply, instanceObjects, key, runInDist } from '../cluster/live';
import type { KubernetesObject } from '../manifests/objects';
import { pruneCommand } from '../manifests/prune';
import { errors, type ManifestSet, title } from '../manifests/sets';
import { bystanders } from './bystanders';

/** Data and their namespace outlive every change. */
const KEPT = new Set(['Namespace', 'PersistentVolumeClaim', 'Cluster', 'RabbitmqCluster']);

/**
 * Follows one instance of a system through a series of manifests, as a person does it by what keelson says: looks at what
 * `keelson synth` has against the change, applies with the prune command, deletes what is said to be left behind.
 */
export class Instance {
  readonly #cluster: Cluster;
  readonly #kept = new Map<string, KubernetesObject>();
  #current: readonly KubernetesObject[] = [];
  #files: Files = new Map();
  #seen: ReadonlyMap<string, string> | undefined;
  #compared: { set: ManifestSet; problems: Problem[] } | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Why `keelson synth` would not write these manifests over the ones that run now. */
  refusals(set: ManifestSet): string[] {
    return errors(this.#said(set));
  }

  /** Goes to the next manifests; says what does not apply, what is lost, recreated or left behind. */
  async become(set: ManifestSet): Promise<string[]> {
    const instance = namespaceOf(set);
    const isFirst = this.#current.length === 0;
    const problems = isFirst ? await this.#start(set) : [];
    const samples = [...this.#current, ...this.#kept.values(), ...set.objects];
    // What the last step left: what comes and goes between two steps is found, too.
    const before = this.#seen ?? (await instanceObjects(this.#cluster, instance, samples));
    const said = this.#said(set);
    problems.push(...(await this.#run(set, deletions(said, 'before the new output'))));
    problems.push(...(await this.#run(set, [pruneCommand(set)]))); // it applies, too
    problems.push(...(await this.#run(set, deletions(said, 'once the new output'))));
    this.#remember(set);
    const after = await instanceObjects(this.#cluster, instance, samples);
    problems.push(...this.#differences(before, after));
    this.#seen = after;
    return problems.map((problem) => `→ ${title(set)}: ${problem}`);
  }

  /** The first apply makes the namespace; then come objects that are none of ours. */
  async #start(set: ManifestSet): Promise<string[]> {
    const problems = await apply(this.#cluster, set.folder);
    const { client } = this.#cluster;
    for (const object of bystanders(namespaceOf(set))) {
      await client.must('POST', String(await client.collection(object)), { body: object });
      this.#kept.set(key(object), object);
    }
    return problems;
  }

  /** Asked twice of the same change: whether it is refused, and what it leaves behind. */
  #said(set: ManifestSet): readonly Problem[] {
    if (this.#compared?.set !== set) {
      const kinds = set.plan ? pruneOf(set.plan, 'dist/').kinds : [];
      this.#compared = { set, problems: compareFiles(this.#files, readFiles(set.folder), kinds) };
    }
    return this.#compared.problems;
  }

  async #run(set: ManifestSet, commands: readonly string[]): Promise<string[]> {
    const problems: string[] = [];
    for (const command of commands) {
      const said = await runInDist(this.#cluster, set.folder, command);
      problems.push(...said.map((line) => `${command.split(' ', 2).join(' ')}: ${line}`));
    }
    return problems;
  }

  #remember(set: ManifestSet): void {
    for (const object of set.objects) if (KEPT.has(object.kind)) this.#kept.set(key(object), object);
    this.#current = [...set.objects, ...this.#kept.values()];
    this.#files = readFiles(set.folder);
    this.#compared = undefined;
  }

  #differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
    const expected = new Set(this.#current.map(key));
    const missing = [...expected].filter((name) => !after.has(name)).map((name) => `missing ${name}`);
    const surplus = [...after.keys()].filter((name) => !expected.has(name)).map((name) => `not pruned ${name}`);
    const recreated = [...after]
      .filter(([name, uid]) => before.has(name) && before.get(name) !== uid)
      .map(([name]) => `deleted and made again ${name}`);
    return [...missing, ...surplus, ...recreated];
  }
}

/** The commands that keelson names for what it leaves behind, of those that are due at this moment. */
function deletions(said: readonly Problem[], moment: string): string[] {
  return said
    .filter(({ rule, wanted }) => rule === 'left-behind' && wanted.includes(` ${moment} `))
    .map(({ wanted }) => wanted.slice(wanted.indexOf('kubectl ')));
}

/** The instance label's value, which is the namespace. */
export function namespaceOf({ objects }: Pick<ManifestSet, 'objects'>): string {
  const namespace = objects.find(({ kind }) => kind === 'Namespace');
  if (!namespace) throw new Error('The manifests have no Namespace');
  return namespace.metadata.name;
}
