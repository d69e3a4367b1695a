/** How much of a cluster a Plan asks for. CPU in millicores, memory and storage in MiB. */
import type { Capacity, Component, Plan, Tier, Workload } from '../model/plan';

/** What pods ask for together. */
export interface Demand {
  readonly pods: number;
  readonly requests: Capacity;
  readonly limits: Capacity;
}

/** One workload. Jobs need nothing at minimum: they come and go. */
export interface CapacityLine {
  readonly name: string;
  readonly component: Component;
  readonly controller: Workload['controller'];
  /** Counted in the totals of the system's document. */
  readonly documented: boolean;
  readonly each: { readonly requests: Capacity; readonly limits: Capacity };
  readonly minimum: Demand;
  readonly maximum: Demand;
}

/** The totals that the system's document states, beside the same sum over the Plan: one of each documented part. */
export interface DocumentedTotals {
  readonly parts: readonly string[];
  /** Documented parts that this environment or tier does not have, e.g. a switched-off profile or a managed store. */
  readonly absent: readonly string[];
  readonly stated: { readonly requests: Capacity; readonly limits: Capacity };
  readonly planned: { readonly requests: Capacity; readonly limits: Capacity };
  readonly reproduced: boolean;
}

/** What a tier needs: without any load, and with every autoscaler at its maximum. */
export interface TierDemand {
  readonly minimum: Demand;
  readonly maximum: Demand;
}

export interface CapacityReport {
  readonly lines: readonly CapacityLine[];
  readonly total: TierDemand;
  readonly jobs: Demand;
  /** Every tier in this environment; null for one that has problems. */
  readonly tiers: Readonly<Record<Tier, TierDemand | null>>;
  readonly documented: DocumentedTotals | null;
}

const nothing: Demand = { pods: 0, requests: { cpu: 0, memory: 0 }, limits: { cpu: 0, memory: 0 } };

function plus(a: Capacity, b: Capacity): Capacity {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

function times(capacity: Capacity, count: number): Capacity {
  return { cpu: capacity.cpu * count, memory: capacity.memory * count };
}

function sum(demands: readonly Demand[]): Demand {
  return demands.reduce(
    (total, { pods, requests, limits }) => ({
      pods: total.pods + pods,
      requests: plus(total.requests, requests),
      limits: plus(total.limits, limits),
    }),
    nothing,
  );
}

function isJob({ controller }: Pick<Workload, 'controller'>): boolean {
  return controller === 'Job' || controller === 'CronJob';
}

function line(plan: Plan, workload: Workload): CapacityLine {
  const { name, component, controller, replicas } = workload;
  const { requests, limits } = workload.resources;
  const demand = (pods: number): Demand => ({ pods, requests: times(requests, pods), limits: times(limits, pods) });
  return {
    name,
    component,
    controller,
    documented: plan.system.documented?.services.includes(name) ?? false,
    each: { requests, limits },
    minimum: demand(isJob(workload) ? 0 : replicas.min),
    maximum: demand(replicas.max),
  };
}

function running(lines: readonly CapacityLine[]): TierDemand {
  const kept = lines.filter((item) => !isJob(item));
  return { minimum: sum(kept.map(({ minimum }) => minimum)), maximum: sum(kept.map(({ maximum }) => maximum)) };
}

function equal(a: Capacity, b: Capacity): boolean {
  return a.cpu === b.cpu && a.memory === b.memory;
}

function documentedTotals(plan: Plan, lines: readonly CapacityLine[]): DocumentedTotals | null {
  const { documented } = plan.system;
  if (documented === undefined) return null;
  const one = sum(lines.filter((item) => item.documented).map(({ each }) => ({ pods: 1, ...each })));
  const names = lines.map(({ name }) => name);
  return {
    parts: documented.services,
    absent: documented.services.filter((name) => !names.includes(name)),
    stated: { requests: documented.requests, limits: documented.limits },
    planned: { requests: one.requests, limits: one.limits },
    reproduced: equal(one.requests, documented.requests) && equal(one.limits, documented.limits),
  };
}

/** A container in the pods of a workload: a line of its own, in pods that are counted already. */
function sidecarLine(
  plan: Plan,
  of: string,
  sidecar: Pick<Workload, 'name' | 'component' | 'resources'>,
): CapacityLine[] {
  const host = plan.workloads.find(({ name }) => name === of);
  if (host === undefined) return [];
  const { minimum, maximum, ...rest } = line(plan, { ...host, ...sidecar });
  return [{ ...rest, minimum: { ...minimum, pods: 0 }, maximum: { ...maximum, pods: 0 } }];
}

/** Exporters beside their servers, and what tells a server of a renewed certificate. */
function sidecarLines(plan: Plan): CapacityLine[] {
  const exporters = plan.monitors?.exporters.filter(({ pods }) => pods !== undefined) ?? [];
  return [
    ...exporters.flatMap(({ of, resources }) =>
      sidecarLine(plan, of, { name: `${of} exporter`, component: 'monitoring', resources }),
    ),
    ...plan.stores.flatMap((store) =>
      store.kind === 'postgres' && store.engine === 'statefulset' && store.certificate
        ? sidecarLine(plan, store.name, {
            name: `${store.name} reload`,
            component: store.component,
            resources: store.certificate.reload,
          })
        : [],
    ),
  ];
}

function linesOf(plan: Plan): CapacityLine[] {
  return [...plan.workloads.map((workload) => line(plan, workload)), ...sidecarLines(plan)];
}

/** @param byTier the system in the same environment at every tier that has no problems */
export function capacityOf(plan: Plan, byTier: ReadonlyMap<Tier, Plan>): CapacityReport {
  const lines = linesOf(plan);
  const demandAt = (tier: Tier): TierDemand | null => {
    const other = byTier.get(tier);
    return other === undefined ? null : running(linesOf(other));
  };
  return {
    lines,
    total: running(lines),
    jobs: sum(lines.filter(isJob).map(({ maximum }) => maximum)),
    tiers: { low: demandAt('low'), medium: demandAt('medium'), high: demandAt('high') },
    documented: documentedTotals(plan, lines),
  };
}
