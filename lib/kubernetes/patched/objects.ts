/** Emitted objects as the patches leave them: what the guards look at. */
import { isRecord } from '../../model/merge';
import type { PatchPlan } from '../../model/plan';
import type { Problem } from '../../model/problem';
import type { Manifest } from '../patches';

/** An object before and after the patches of it; the same where there are none. */
export interface Patched {
  readonly kind: string;
  readonly name: string;
  readonly before: Manifest;
  readonly after: Manifest;
  readonly patches: readonly PatchPlan[];
}

/** The value at a path of records. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, key) => (isRecord(current) ? current[key] : undefined), value);
}

export function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The records of a list; nothing where there is none. */
export function records(value: unknown, ...path: readonly string[]): Record<string, unknown>[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** The pod that an object makes; undefined for one that makes none. */
export function podOf(manifest: Manifest): Record<string, unknown> | undefined {
  const spec = manifest['kind'] === 'CronJob' ? at(manifest, 'spec', 'jobTemplate', 'spec') : manifest['spec'];
  const pod = at(spec, 'template', 'spec');
  return isRecord(pod) ? pod : undefined;
}

/** Containers of a pod, init containers first. */
export function containersOf(pod: unknown): Record<string, unknown>[] {
  return [...records(pod, 'initContainers'), ...records(pod, 'containers')];
}

/** A problem of an object that patches have changed: where they were written. */
export function ofPatches({ patches }: Pick<Patched, 'patches'>, rule: string, found: string, wanted: string): Problem {
  return { severity: 'error', rule, path: patches.map(({ path }) => path).join(', '), found, wanted };
}
