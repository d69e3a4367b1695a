import type { Capacity, ClaimPlan, QuotaPlan, Resources, Workload } from './plan';

/** CPU, memory and ephemeral storage together: what a LimitRange and a quota are about. */
type Amount = Capacity & { readonly ephemeral: number };

/** A container in the pods of a workload, beside its own. */
export interface Sidecar {
  /** The workload's name. */
  readonly of: string;
  readonly resources: Resources;
}

const nothing: Amount = { cpu: 0, memory: 0, ephemeral: 0 };

/**
 * What others start in the namespace at once: cert-manager's solver for each public host, or one pod that somebody debugs
 * with. Four solvers have room, however small the system is, or one pod that states nothing.
 */
const visitors = 4;

/** cert-manager's solver, as its flags have it unless changed. @see https://cert-manager.io/docs/cli/controller/ */
const visitor = { requests: { cpu: 10, memory: 64 }, limits: { cpu: 100, memory: 64 } } as const;

/**
 * The least that a container which states no limits is given: a shell, `curl` and `psql` run in it. What it writes to its
 * file system is logs.
 */
const leastDefault: Amount = { cpu: 250, memory: 256, ephemeral: 64 };

/**
 * The most pods of a workload at once. A rolling Deployment has new pods beside old ones that are still terminating, and
 * those count for their whole grace period: twice its maximum. A Job's failed pod may still end while the next one starts,
 * and a person may start it again beside it: twice as well. A StatefulSet's pod is gone before its successor comes.
 */
function mostPods(workload: Workload): number {
  return workload.controller === 'StatefulSet' ? workload.replicas.max : 2 * workload.replicas.max;
}

function amounts({ resources }: { readonly resources: Resources }): { requests: Amount; limits: Amount } {
  const { requests, limits, ephemeral } = resources;
  return { requests: { ...requests, ephemeral }, limits: { ...limits, ephemeral } };
}

function combine(a: Amount, b: Amount, each: (x: number, y: number) => number): Amount {
  return { cpu: each(a.cpu, b.cpu), memory: each(a.memory, b.memory), ephemeral: each(a.ephemeral, b.ephemeral) };
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, next) => combine(total, next, (x, y) => x + y), nothing);
}

function times(factor: number, { cpu, memory, ephemeral }: Amount): Amount {
  return { cpu: factor * cpu, memory: factor * memory, ephemeral: factor * ephemeral };
}

/** 10 % on top of what is known; never less than the visitors need. */
function withRoom(total: number, room: number): number {
  return total + Math.max(Math.ceil(total / 10), room);
}

/**
 * What the namespace may use at most: twice each Deployment's maximum, all StatefulSets, Jobs twice, and 10 % on top. So
 * nothing that the Plan itself does is ever refused, a rollout at the autoscalers' maximum included, and what runs away
 * (an endless Job, a controller gone wild) stops at the namespace.
 *
 * Claims count twice, because they outlive what mounted them: one of a store that was removed, or of a higher tier, stays
 * until a person deletes it, and it must not keep a new one from being made or an old one from growing.
 *
 * `largest` is what the LimitRange gives a container that states no limits: no container of ours requests more. A default
 * limit below a stated request would reject the pod.
 */
export function quotaOf(
  workloads: readonly Workload[],
  claims: readonly ClaimPlan[],
  sidecars: readonly Sidecar[] = [],
): QuotaPlan {
  const own = workloads.map((workload) => ({ pods: mostPods(workload), ...amounts(workload) }));
  const beside = sidecars.flatMap(({ of, resources }) =>
    workloads.filter(({ name }) => name === of).map((host) => ({ pods: mostPods(host), ...amounts({ resources }) })),
  );
  const all = [...own, ...beside];
  const largest = all.reduce((most, { requests }) => combine(most, requests, Math.max), leastDefault);
  const requests = sum(all.map((one) => times(one.pods, one.requests)));
  const limits = sum(all.map((one) => times(one.pods, one.limits)));
  const solvers = times(visitors, { ...visitor.limits, ephemeral: largest.ephemeral });
  const most = combine(limits, combine(solvers, largest, Math.max), withRoom);
  return {
    pods: withRoom(
      own.reduce((total, { pods }) => total + pods, 0),
      visitors,
    ),
    requests: {
      cpu: withRoom(requests.cpu, visitors * visitor.requests.cpu),
      memory: withRoom(requests.memory, visitors * visitor.requests.memory),
    },
    limits: { cpu: most.cpu, memory: most.memory },
    ephemeral: most.ephemeral,
    claims: withRoom(2 * claims.length, 0),
    largest,
  };
}
