import { helperResources, storeWaitSeconds } from '../defaults';
import type { PostgresPlan, ReplicationPlan, RolePlan, StoreBase } from '../plan';
import type { ParsedStore } from '../schema/system';
import { connectionBudget, poolerShareOf } from './budget';
import type { Context } from './context';
import { monitorRole } from './monitor-role';
import { instanceImage } from './operators';
import { hasPooler, resolvePooler } from './pooler';
import { certificateOf, clientTls } from './store-tls';
import { workload } from './workload';

type ParsedPostgres = Extract<ParsedStore, { readonly kind: 'postgres' }>;

/** The role of a service at a PostgreSQL: one per application, that is, per image. */
export function roleName(image: string): string {
  return image.replaceAll('-', '_');
}

function roles(context: Context, name: string, store: ParsedPostgres): RolePlan[] {
  const owner = context.system.services[store.owner]?.image;
  const clients = [...context.services.values()].filter((service) => name in service.arrows).map(({ image }) => image);
  const own = [...new Set([...(owner === undefined ? [] : [owner]), ...clients])].map((image) => ({
    name: roleName(image),
    secret: `${name}-${image}`,
    owner: image === owner,
  }));
  const { monitoring } = context.environment;
  const watched = (typeof monitoring === 'string' ? monitoring : monitoring.mode) !== 'none';
  return watched ? [...own, { ...monitorRole(name), owner: false, monitor: true }] : own;
}

/** The role by which replicas stream. */
export const replicationRole = 'replicator';

function replication(name: string, store: ParsedPostgres): ReplicationPlan | undefined {
  const members = Math.max(...Object.values(store.replicas));
  return members === 1 ? undefined : { role: replicationRole, secret: `${name}-replication`, members };
}

/** Waits for the port alone: it is who makes the roles that could log in. */
function rolesJob(name: string, { host, port, image }: StoreBase): PostgresPlan['rolesJob'] {
  const wait = {
    name,
    host,
    port,
    timeoutSeconds: storeWaitSeconds,
    atTimeout: 'fail',
    login: undefined,
  } as const;
  const job = workload({
    name: `${name}-roles`,
    description: `Reconciles the roles of ${name}`,
    component: 'job',
    controller: 'Job',
    image,
    resources: helperResources,
  });
  return { ...job, waits: [wait] };
}

/** What a PostgreSQL has besides what every store has. */
export function resolvePostgres(
  context: Context,
  name: string,
  store: ParsedPostgres,
  common: StoreBase,
  engine: string,
): PostgresPlan {
  const certificate = certificateOf(context, name, store, engine);
  return {
    ...common,
    kind: 'postgres',
    engine: engine === 'cloudnative-pg' ? engine : common.external ? 'external' : 'statefulset',
    majorVersion: Number(/:v?(\d+)/.exec(common.image)?.[1] ?? 0),
    database: store.database,
    maxConnections: store.maxConnections,
    superuserSecret: `${name}-superuser`,
    roles: roles(context, name, store),
    instanceImage: engine === 'cloudnative-pg' ? instanceImage(common.image) : undefined,
    replication: engine === 'statefulset' ? replication(name, store) : undefined,
    rolesJob: rolesJob(name, common),
    tls: clientTls(name, store, certificate, common.external),
    certificate,
    budget: connectionBudget(context, name, store, context.tier),
    pooler: hasPooler(context, name, store)
      ? resolvePooler(context, common, poolerShareOf(context, name, store, context.tier))
      : undefined,
  };
}
