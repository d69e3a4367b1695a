import type { Capacity, ClaimPlan, QuotaPlan, Workload } from './plan';

/** CPU, memory and ephemeral storage together: what a LimitRange and a quota are about. */
type Amount = Capacity & { readonly ephemeral: number };

const nothing: Amount = { cpu: 0, memory: 0, ephemeral: 0 };

/**
 * What others start in the namespace at once: cert-manager's solver for each public host, a pod that somebody debugs with.
 * Four of them have room, however small the system is.
 */
const visitors = 4;

/** cert-manager's solver, as its flags have it unless changed. @see https://cert-manager.io/docs/cli/controller/ */
const visitor = { requests: { cpu: 10, memory: 64 }, limits: { cpu: 100, memory: 64 } } as const;

/**
 * The least that a container which states no limits is given: a shell, `curl` and `psql` run in it. What it writes to its
 * file system is logs.
 */
const leastDefault: Amount = { cpu: 250, memory: 256, ephemeral: 64 };

/** 10 % on top of everything that is known. */
const slack = 1.1;

/**
 * The most pods of a workload at once. A rolling Deployment has new pods beside old ones that are still terminating, and
 * those count for their whole grace period: twice its maximum. A Job's failed pod may still end while the next one starts,
 * and a person may start it again beside it: twice as well. A StatefulSet's pod is gone before its successor comes.
 */
function mostPods(workload: Workload): number {
  return workload.controller === 'StatefulSet' ? workload.replicas.max : 2 * workload.replicas.max;
}

function amount(capacity: Capacity, ephemeral: number): Amount {
  return { ...capacity, ephemeral };
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

/** A known total with its slack, and never less slack than the visitors need. */
function withRoom(total: number, room: number): number {
  return Math.max(Math.ceil(total * slack), total + room);
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
export function quotaOf(workloads: readonly Workload[], claims: readonly ClaimPlan[]): QuotaPlan {
  const all = workloads.map((workload) => ({ pods: mostPods(workload), resources: workload.resources }));
  const stated = all.map(({ resources: { requests, ephemeral } }) => amount(requests, ephemeral));
  const largest = stated.reduce((most, next) => combine(most, next, Math.max), leastDefault);
  const requests = sum(all.map(({ pods, resources }) => times(pods, amount(resources.requests, resources.ephemeral))));
  const limits = sum(all.map(({ pods, resources }) => times(pods, amount(resources.limits, resources.ephemeral))));
  const pods = all.reduce((total, next) => total + next.pods, 0);
  const storage = claims.reduce((total, { size }) => total + size, 0);
  const room = (total: Capacity, each: Capacity): Capacity => ({
    cpu: withRoom(total.cpu, visitors * each.cpu),
    memory: withRoom(total.memory, visitors * each.memory),
  });
  return {
    pods: withRoom(pods, visitors),
    requests: room(requests, visitor.requests),
    // One of the visitors states nothing and gets the default; that has room for the solvers as well.
    limits: room(limits, visitor.limits),
    ephemeral: withRoom(limits.ephemeral, visitors * largest.ephemeral),
    claims: Math.ceil(2 * claims.length * slack),
    storage: Math.ceil(2 * storage * slack),
    largest,
  };
}
