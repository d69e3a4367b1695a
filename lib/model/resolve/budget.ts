import { defaultScaling, helperConnections, reservedConnections } from '../defaults';
import type { ConnectionBudget, Tier } from '../plan';
import type { ParsedService, ParsedStore } from '../schema/system';
import type { Context } from './context';
import { hasPooler, type PoolerShare, poolerShare, poolerTerm } from './pooler';
import { replicasOf } from './workload';

/** The most pods of a service at once: the autoscaler's maximum, and one more while a rolling update goes on. */
export function mostPods(service: ParsedService, tier: Tier): number {
  const { max } = replicasOf(service, tier, defaultScaling);
  return service.kind === 'web' || service.kind === 'worker' ? max + 1 : max;
}

type ParsedPostgres = Extract<ParsedStore, { readonly kind: 'postgres' }>;

/** What each service may open, and each migration: those go past a pooler. */
function clientsOf(context: Context, name: string, tier: Tier) {
  const clients = [...context.services].flatMap(([who, service]) => {
    const arrow = service.arrows[name];
    return arrow === undefined ? [] : [{ who, service, pool: arrow.pool }];
  });
  const services = clients.map(({ who, service, pool }) => ({
    who,
    pods: mostPods(service, tier),
    processes: service.processes,
    pool,
    role: service.image,
  }));
  const migrations = clients
    .filter(({ service }) => service.migrations)
    .map(({ who }) => ({ who: `${who}-migrate`, pods: 1, processes: 1, pool: 2 }));
  return { services, migrations };
}

const reservedForOthers = helperConnections + reservedConnections;

function sum(terms: ConnectionBudget['terms']): number {
  return terms.reduce((total, { pods, processes, pool }) => total + pods * processes * pool, 0);
}

/** What one pod of the pooler may open and take. */
export function poolerShareOf(context: Context, name: string, store: ParsedPostgres, tier: Tier): PoolerShare {
  const { services, migrations } = clientsOf(context, name, tier);
  return poolerShare(services, tier, store.maxConnections - reservedForOthers - sum(migrations));
}

/** Σ (maximum pods + surge) × processes × pool + migrations + helpers, at one tier; with a pooler, its own in place of the services'. */
export function connectionBudget(context: Context, name: string, store: ParsedPostgres, tier: Tier): ConnectionBudget {
  const { services, migrations } = clientsOf(context, name, tier);
  const own = hasPooler(context, name, store)
    ? [poolerTerm(name, tier, poolerShareOf(context, name, store, tier))]
    : services.map(({ role: _, ...term }) => term);
  const terms = [...own, ...migrations];
  return {
    terms,
    helpers: helperConnections,
    reserved: reservedConnections,
    total: sum(terms) + reservedForOthers,
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
