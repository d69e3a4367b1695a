import { readFiles } from '../../cli/output-folder';
import { compareFiles, type Files } from '../../lib/changes';
import type { Cluster } from '../cluster/cluster';
import { apply, instanceObjects, key, runInDist } from '../cluster/live';
import type { KubernetesObject } from '../manifests/objects';
import { pruneCommand } from '../manifests/prune';
import { errors, type ManifestSet, title } from '../manifests/sets';

/** Data, credentials and their namespace outlive every prune. */
const KEPT = new Set(['Namespace', 'PersistentVolumeClaim', 'Secret', 'ExternalSecret', 'SealedSecret']);

/**
 * Follows one instance of a system through a series of manifests, each really applied to what the one before left, and
 * pruned. Remembers the claims that must still be there.
 */
export class Instance {
  readonly #cluster: Cluster;
  readonly #kept = new Map<string, KubernetesObject>();
  #current: readonly KubernetesObject[] = [];
  #files: Files = new Map();

  /** @param present what is in the cluster already */
  constructor(cluster: Cluster, present?: ManifestSet) {
    this.#cluster = cluster;
    if (present) this.#remember(present);
  }

  /** Why `keelson synth` would not write these manifests over the ones that run now. */
  refusals(set: ManifestSet): string[] {
    return errors(compareFiles(this.#files, readFiles(set.folder)));
  }

  /** Goes to the next manifests; says what does not apply, what is lost, recreated or left behind. */
  async become(set: ManifestSet): Promise<string[]> {
    const samples = [...this.#current, ...set.objects];
    const instance = namespaceOf(set);
    const before = await instanceObjects(this.#cluster, instance, samples);
    const isFirst = this.#current.length === 0;
    const refused = isFirst ? await apply(this.#cluster, set.folder) : [];
    const pruned = await runInDist(this.#cluster, set.folder, pruneCommand(set)); // it applies, too
    this.#remember(set);
    const after = await instanceObjects(this.#cluster, instance, samples);
    const problems = [...refused, ...pruned.map((line) => `prune: ${line}`), ...this.#differences(before, after)];
    return problems.map((problem) => `→ ${title(set)}: ${problem}`);
  }

  /** The objects that this instance must have now, by key. */
  expected(): Set<string> {
    return new Set(this.#current.map(key));
  }

  #remember(set: ManifestSet): void {
    for (const object of set.objects) if (KEPT.has(object.kind)) this.#kept.set(key(object), object);
    this.#current = [...set.objects, ...this.#kept.values()];
    this.#files = readFiles(set.folder);
  }

  #differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
    const expected = this.expected();
    const missing = [...expected].filter((name) => !after.has(name)).map((name) => `missing ${name}`);
    const surplus = [...after.keys()].filter((name) => !expected.has(name)).map((name) => `not pruned ${name}`);
    const recreated = [...after]
      .filter(([name, uid]) => before.has(name) && before.get(name) !== uid)
      .map(([name]) => `deleted and made again ${name}`);
    return [...missing, ...surplus, ...recreated];
  }
}

/** The instance label's value, which is the namespace. */
export function namespaceOf({ objects }: ManifestSet): string {
  const namespace = objects.find(({ kind }) => kind === 'Namespace');
  if (!namespace) throw new Error('The manifests have no Namespace');
  return namespace.metadata.name;
}
