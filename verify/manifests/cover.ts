import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../lib/model/merge';
import type { KubernetesObject } from './objects';
import type { ManifestSet } from './sets';

/** Fields deeper than this count as one: what an API server decides on lies above. */
const DEPTH = 6;

function byName(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map((object) => [`${object.apiVersion} ${object.kind} ${object.metadata.name}`, object]));
}

/** Paths of the fields that differ. Indexes and the names of entries (data, labels) are not told apart. */
function changedFields(before: unknown, after: unknown, path: readonly string[]): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const last = path.at(-1) ?? '';
  const isLeaf = path.length === DEPTH || ['data', 'labels', 'annotations', 'matchLabels'].includes(last);
  if (!isLeaf && Array.isArray(before) && Array.isArray(after)) {
    const indexes = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
    return indexes.flatMap((index) => changedFields(before[index], after[index], [...path, '*']));
  }
  if (!isLeaf && isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changedFields(before[key], after[key], [...path, key]));
  }
  return [path.join('.')];
}

/** What a change does to objects, by kind: which are new, which are gone, which of their fields differ. */
export function effectsOf(before: ManifestSet, after: ManifestSet): Set<string> {
  const [was, is] = [byName(before.objects), byName(after.objects)];
  const effects = new Set<string>();
  for (const [name, object] of was) {
    const now = is.get(name);
    if (now === undefined) effects.add(`- ${object.kind}`);
    else for (const field of changedFields(object, now, [])) effects.add(`${object.kind} ${field}`);
  }
  for (const [name, { kind }] of is) if (!was.has(name)) effects.add(`+ ${kind}`);
  return effects;
}

/** The fewest of the changes (roughly: the one with the most new effects first) that have every effect of all of them. */
export function coveringAll<T>(changes: readonly T[], effects: (change: T) => ReadonlySet<string>): T[] {
  const seen = new Set<string>();
  const fresh = (change: T): number => [...effects(change)].filter((effect) => !seen.has(effect)).length;
  const left = new Set(changes);
  const chosen: T[] = [];
  for (;;) {
    const best = [...left].reduce<T | undefined>(
      (found, change) => (found === undefined || fresh(change) > fresh(found) ? change : found),
      undefined,
    );
    if (best === undefined || fresh(best) === 0) return chosen;
    for (const effect of effects(best)) seen.add(effect);
    left.delete(best);
    chosen.push(best);
  }
}
