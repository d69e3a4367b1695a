import { isRecord } from '../merge';
import type { PatchPlan } from '../plan';
import type { Context } from './context';

/** The patches of the system, of the environment, and of the system there, in the order in which they are merged. */
export function patchesOf(context: Context): PatchPlan[] {
  const from = (patches: Context['own']['patches'], path: string): PatchPlan[] =>
    patches.map(({ kind, name, merge }, index) => ({ kind, name, merge, path: `${path}.patches[${index}]` }));
  const { at, system, environment, own, id } = context;
  return [
    ...from(system.patches, at.system),
    ...from(environment.patches, at.environment),
    ...from(own.patches, `${at.environment}.systems.${id}`),
  ];
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isRecord(value) ? Object.values(value).flatMap(texts) : [];
}

/** The system's own secrets that patches name, and in which objects: nothing else may use them. */
export function secretsInPatches(context: Context): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { name, merge } of patchesOf(context)) {
    for (const text of new Set(texts(merge))) {
      if (text in context.system.secrets) users.set(text, [...new Set([...(users.get(text) ?? []), name])]);
    }
  }
  return users;
}
