import { defaultScaling, helperConnections, reservedConnections } from '../defaults';
import type { ConnectionBudget, Tier } from '../plan';
import type { ParsedService, ParsedStore } from '../schema/system';
import type { Context } from './context';
import { replicasOf } from './workload';

/** The most pods of a service at once: the autoscaler's maximum, and one more while a rolling update goes on. */
export function mostPods(service: ParsedService, tier: Tier): number {
  const { max } = replicasOf(service, tier, defaultScaling);
  return service.kind === 'web' || service.kind === 'worker' ? max + 1 : max;
}

/** Σ (maximum pods + surge) × processes × pool + migrations + helpers, at one tier. */
export function connectionBudget(
  context: Context,
  name: string,
  store: Extract<ParsedStore, { kind: 'postgres' }>,
  tier: Tier,
): ConnectionBudget {
  const clients = [...context.services].flatMap(([who, service]) => {
    const arrow = service.arrows[name];
    return arrow === undefined ? [] : [{ who, service, pool: arrow.pool }];
  });
  const terms = clients.map(({ who, service, pool }) => ({
    who,
    pods: mostPods(service, tier),
    processes: service.processes,
    pool,
  }));
  const migrations = clients
    .filter(({ service }) => service.migrations)
    .map(({ who }) => ({ who: `${who}-migrate`, pods: 1, processes: 1, pool: 2 }));
  const all = [...terms, ...migrations];
  const total = all.reduce(
    (sum, { pods, processes, pool }) => sum + pods * processes * pool,
    helperConnections + reservedConnections,
  );
  return {
    terms: all,
    helpers: helperConnections,
    reserved: reservedConnections,
    total,
    maxConnections: store.maxConnections,
  };
}

/** The sum as a person would write it. */
export function writeOut(budget: ConnectionBudget): string {
  const terms = budget.terms.map(
    ({ who, pods, processes, pool }) => `${who} ${pods} pods × ${processes} processes × ${pool}`,
  );
  return `${[...terms, `helpers ${budget.helpers}`, `reserved ${budget.reserved}`].join(' + ')} = ${budget.total}`;
}
