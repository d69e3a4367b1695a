import { poolerResources } from '../defaults';
import type { ConnectionBudget, PoolerPlan, StoreBase, Tier } from '../plan';
import type { ParsedStore } from '../schema/system';
import type { Context } from './context';
import { engineOf } from './engine';
import { workload } from './workload';

type ParsedPostgres = Extract<ParsedStore, { readonly kind: 'postgres' }>;
type Term = ConnectionBudget['terms'][number];

/** PgBouncer's own port. */
const port = 6432;

/** One is enough for any load of ours; the second is there for when the first one's node goes. */
const pods: Readonly<Record<Tier, number>> = { low: 1, medium: 2, high: 2 };

/** Clients besides those that are counted: a person who looks, a Job of the user's own. */
const spareClients = 10;

/** The pooler of a store, which clients reach in its place. */
export function poolerName(store: string): string {
  return `${store}-pooler`;
}

/** A managed server, or an operator's, has a pooler of its provider's. */
export function hasPooler(context: Context, name: string, store: ParsedPostgres): boolean {
  return store.pooler === 'pgbouncer' && engineOf(context, name, store) === 'statefulset';
}

/** What one pod may open and take. */
export type PoolerShare = Pick<PoolerPlan, 'serverConnections' | 'poolSize' | 'clientConnections'>;

/**
 * What is left of the server's connections, divided among the pods (one more while they are replaced) and in each among
 * the roles, so that no application starves another. Never more than a role's clients could use, and at least one each:
 * where there is less, the sum outgrows the server and is refused.
 */
export function poolerShare(
  clients: readonly (Term & { readonly role: string })[],
  tier: Tier,
  left: number,
): PoolerShare {
  const demand = new Map<string, number>();
  for (const { role, pods: most, processes, pool } of clients)
    demand.set(role, (demand.get(role) ?? 0) + most * processes * pool);
  const roles = Math.max(1, demand.size);
  const fair = Math.floor(left / (pods[tier] + 1) / roles);
  const poolSize = Math.max(1, Math.min(fair, ...demand.values()));
  const all = [...demand.values()].reduce((sum, one) => sum + one, 0);
  return { poolSize, serverConnections: poolSize * roles, clientConnections: all + spareClients };
}

/** The pooler's term in the sum. */
export function poolerTerm(name: string, tier: Tier, { serverConnections }: PoolerShare): Term {
  return { who: poolerName(name), pods: pods[tier] + 1, processes: 1, pool: serverConnections };
}

/** PgBouncer in front of a store. */
export function resolvePooler(context: Context, store: StoreBase, share: PoolerShare): PoolerPlan {
  const replicas = pods[context.tier];
  return {
    ...workload({
      name: poolerName(store.name),
      description: `Shares the connections of ${store.name} among its clients`,
      component: 'proxy',
      controller: 'Deployment',
      image: context.images.get('pgbouncer') ?? '',
      resources: poolerResources,
      ports: [{ name: 'pooler', port, containerPort: port }],
      replicas: { min: replicas, max: replicas },
      zone: store.zone,
    }),
    port,
    ...share,
  };
}
