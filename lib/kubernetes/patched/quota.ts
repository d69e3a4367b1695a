import type { Problem } from '../../model/problem';
import { at, containersOf, ofPatches, type Patched, podOf, records, text } from './objects';
import { range, scalers } from './scaling';

const units: Readonly<Record<string, number>> = {
  ...{ '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** A quantity in its base unit: cores, bytes. NaN for none. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function amount(quantity: unknown): number {
  if (typeof quantity === 'number') return quantity;
  const found = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([KMGTPE]i|[numkMGTPE])?$/.exec(String(quantity));
  return found === null ? Number.NaN : Number(found[1]) * (units[found[2] ?? ''] ?? Number.NaN);
}

const resources = ['cpu', 'memory', 'ephemeral-storage'] as const;
const sides = ['requests', 'limits'] as const;

/** What a pod counts with: the sum of its containers, or its largest init container where that is more. */
function podAmount(pod: unknown, side: string, resource: string): number {
  const of = (container: unknown): number => {
    const stated = at(container, 'resources', side, resource);
    return stated === undefined ? 0 : amount(stated);
  };
  const main = records(pod, 'containers').reduce((sum, container) => sum + of(container), 0);
  return Math.max(main, ...records(pod, 'initContainers').map(of));
}

/** The most pods at once: `lib/model/quota.ts` says why twice. */
function mostPods({ kind, name, after }: Patched, byTarget: ReturnType<typeof scalers>): number {
  if (kind === 'Job' || kind === 'CronJob') return 2;
  const scaler = byTarget.get(name);
  const most = scaler === undefined ? undefined : range(scaler)[1];
  const replicas = at(after, 'spec', 'replicas');
  const count = typeof most === 'number' ? most : typeof replicas === 'number' ? replicas : 1;
  return kind === 'StatefulSet' ? count : 2 * count;
}

/** A suspended CronJob is the Job of the same name, started again: the second of its two. */
function counted(objects: readonly Patched[]): Patched[] {
  const jobs = new Set(objects.filter(({ kind }) => kind === 'Job').map(({ name }) => name));
  return objects.filter((object) => {
    if (podOf(object.after) === undefined) return false;
    return object.kind !== 'CronJob' || !jobs.has(object.name);
  });
}

/** An amount as a quota has it, rounded up. */
function shown(what: string, needed: number): string {
  if (what === 'pods') return String(needed);
  return what.endsWith('cpu') ? `${Math.ceil(needed * 1000)}m` : `${Math.ceil(needed / 2 ** 20)}Mi`;
}

/** The quota counts what the Plan says; pods above it would be refused one by one, somewhere in a rollout. */
export function quotaProblems(objects: readonly Patched[]): Problem[] {
  const quota = objects.find(({ kind }) => kind === 'ResourceQuota');
  const changed = objects.filter(({ patches }) => patches.length > 0);
  if (quota === undefined || changed.length === 0) return [];
  const byTarget = scalers(objects);
  const all = counted(objects).map((object) => ({ pod: podOf(object.after), pods: mostPods(object, byTarget) }));
  const needs: [string, number][] = [
    ['pods', all.reduce((sum, { pods }) => sum + pods, 0)],
    ...sides.flatMap((side) =>
      resources.map((resource): [string, number] => [
        `${side}.${resource}`,
        all.reduce((sum, { pod, pods }) => sum + pods * podAmount(pod, side, resource), 0),
      ]),
    ),
  ];
  const above = needs.filter(([what, needed]) => {
    const hard = at(quota.after, 'spec', 'hard', what);
    return hard !== undefined && needed > amount(hard) * (1 + 1e-9);
  });
  if (above.length === 0) return [];
  const patches = changed.filter(({ kind }) => kind !== 'ConfigMap').flatMap((object) => object.patches);
  const found = above.map(([what, needed]) => {
    return `${what} ${shown(what, needed)} of ${String(at(quota.after, 'spec', 'hard', what))}`;
  });
  const hard = Object.fromEntries(above.map(([what, needed]) => [what, shown(what, needed)]));
  const wanted = `less, or a patch of ResourceQuota/${quota.name} with spec.hard ${JSON.stringify(hard)}`;
  return [ofPatches({ patches }, 'patch-quota', `objects that may use ${found.join(', ')}`, wanted)];
}

/** A container that requests more than its limit is refused by the API server. */
export function requestProblems(objects: readonly Patched[]): Problem[] {
  return objects
    .filter(({ patches }) => patches.length > 0)
    .flatMap((object) =>
      containersOf(podOf(object.after)).flatMap((container) =>
        resources.flatMap((resource) => {
          const [request, limit] = sides.map((side) => at(container, 'resources', side, resource));
          if (request === undefined || limit === undefined || amount(request) <= amount(limit)) return [];
          const found = `a request of ${String(request)} ${resource} in container ${text(container, 'name')} of ${object.kind}/${object.name}`;
          return [ofPatches(object, 'patch-request', found, `at most the limit of ${String(limit)}`)];
        }),
      ),
    );
}
