import { defaultResources, defaultScaling, defaultUser } from '../defaults';
import type {
  AuthorityPlan,
  AutoscalerPlan,
  HealthPlan,
  MigrationPlan,
  MountPlan,
  ScratchPlan,
  ServicePlan,
  StorePlan,
  WorkPlan,
} from '../plan';
import { mib } from '../quantities';
import type { ParsedService } from '../schema/system';
import type { Context } from './context';
import { envOf, settingsOf } from './env';
import { cycles } from './graph';
import { proxyOf } from './proxy';
import { type Migrator, migratorsByStore, otherSchemas, ownSchema, provenStores } from './schemas';
import { serviceWaits, storeWaits } from './waits';
import { componentOf, ephemeralOf, portsOf, replicasOf, resourcesOf, workload } from './workload';

/** Uploads at once that nginx has room to buffer, each of the largest size it accepts. */
const bufferedUploads = 50;

/** Every pod may write to /tmp: many programs do without asking. nginx buffers request bodies there. */
function scratchOf(service: ParsedService): ScratchPlan[] {
  const stated = Object.entries(service.scratch).map(([path, size]) => ({ path, size: mib(size) }));
  return stated.some(({ path }) => path === '/tmp')
    ? stated
    : [...stated, { path: '/tmp', size: service.proxy ? bufferedUploads * mib(service.proxy.bodySize) : 64 }];
}

const quietHealth = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3, startSeconds: 30 };

function healthOf(service: ParsedService): HealthPlan {
  const stated = service.health;
  return { ...quietHealth, ...stated, path: stated?.path, livePath: stated?.livePath, command: stated?.command };
}

function mountsOf(context: Context, service: ParsedService): MountPlan[] {
  if (context.environment.sharedVolumes.by === 'object-storage') return [];
  return Object.entries(service.mounts).map(([volume, path]) => ({ volume, path }));
}

/** Services by the volume they mount. */
export function mounters(context: Context): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>();
  for (const [name, service] of context.services) {
    for (const { volume } of mountsOf(context, service)) result.set(volume, [...(result.get(volume) ?? []), name]);
  }
  return result;
}

function sameNode(
  context: Context,
  mounts: readonly MountPlan[],
  byVolume: ReadonlyMap<string, readonly string[]>,
): string[] {
  if (context.environment.sharedVolumes.by !== 'one-node') return [];
  return [...new Set(mounts.flatMap(({ volume }) => byVolume.get(volume) ?? []))].sort();
}

/** Of the databases that it reaches by encrypted connections. */
function authoritiesOf(service: ParsedService, stores: ReadonlyMap<string, StorePlan>): AuthorityPlan[] {
  return Object.keys(service.arrows).flatMap((target) => {
    const store = stores.get(target);
    return store?.kind === 'postgres' && store.tls?.authority ? [store.tls.authority] : [];
  });
}

function migrationOf(
  name: string,
  service: ParsedService,
  plan: Omit<ServicePlan, 'migration'>,
  stores: ReadonlyMap<string, StorePlan>,
): MigrationPlan | undefined {
  if (service.migrations === undefined) return undefined;
  const { settings, env, authorities, image, resources, user, group, zone, scratch } = plan;
  return {
    ...workload({
      name: `${name}-migrate`,
      description: `Migrations of ${name}`,
      component: 'job',
      controller: 'Job',
      image,
      resources,
      user,
      group,
      zone,
    }),
    service: name,
    settings,
    env,
    authorities,
    scratch,
    waits: storeWaits(service, stores, new Set(), 'direct'),
    run: service.migrations.run,
    ready: service.migrations.ready,
    timeoutSeconds: service.migrations.timeoutSeconds,
  };
}

/** A tier may do without the store. */
function workOf({ stores }: Context, { scaling }: ParsedService): WorkPlan | undefined {
  const queue = scaling?.queue;
  return queue !== undefined && stores.has(queue.store) ? { ...queue, database: queue.database ?? 0 } : undefined;
}

function autoscalerOf(
  { environment }: Context,
  { kind, scaling }: ParsedService,
  { min, max }: ServicePlan['replicas'],
  work: WorkPlan | undefined,
): AutoscalerPlan | undefined {
  if (max <= min) return undefined;
  const byQueue = environment.keda && kind === 'worker' && work !== undefined;
  return { cpuPercent: scaling?.cpuPercent ?? 70, by: byQueue ? 'queue' : 'cpu' };
}

/** What resolving one service needs of all of them. */
interface Shared {
  readonly stores: ReadonlyMap<string, StorePlan>;
  readonly cycleOf: ReadonlyMap<string, number>;
  readonly byVolume: ReadonlyMap<string, readonly string[]>;
  readonly migrators: ReadonlyMap<string, Migrator>;
}

function resolveService(context: Context, name: string, service: ParsedService, shared: Shared): ServicePlan {
  const scratch = scratchOf(service);
  const mounts = mountsOf(context, service);
  const proxy = proxyOf(context, name, service);
  const replicas = replicasOf(service, context.tier, defaultScaling);
  const schemas = otherSchemas(context, service, shared);
  const user = service.user ?? defaultUser;
  const work = workOf(context, service);
  const plan: Omit<ServicePlan, 'migration'> = {
    ...workload({
      name,
      description: service.description,
      component: componentOf(service),
      controller: service.kind === 'cron' ? 'CronJob' : 'Deployment',
      image: context.images.get(service.image) ?? '',
      resources: resourcesOf(
        service.resources ?? asQuantities,
        service.highResources,
        context.tier,
        ephemeralOf([...scratch, ...schemas.flatMap((schema) => schema.scratch)]),
      ),
      ports: portsOf(service, proxy?.tlsSecret !== undefined),
      replicas,
      user,
      group: user,
      zone: service.zone,
    }),
    kind: service.kind,
    command: service.command,
    args: service.args,
    health: healthOf(service),
    settings: settingsOf(context, name, service),
    env: envOf(context, service, shared.stores),
    waits: [
      ...storeWaits(service, shared.stores, provenStores(service, shared)),
      ...serviceWaits(context, name, service, shared.cycleOf),
    ],
    authorities: authoritiesOf(service, shared.stores),
    mounts,
    scratch,
    prepare: service.prepare,
    awaitSchema: ownSchema(service, shared),
    otherSchemas: schemas,
    autoscaler: autoscalerOf(context, service, replicas, work),
    work,
    schedule: service.schedule,
    graceSeconds: service.graceSeconds ?? (service.proxy ? 60 : 30),
    processes: service.processes,
    proxy,
    metrics: service.metrics,
    sameNodeAs: sameNode(context, mounts, shared.byVolume),
  };
  // Past a pooler: a migration holds locks and settings for longer than a transaction.
  const direct = { ...plan, env: envOf(context, service, shared.stores, 'direct') };
  return { ...plan, migration: migrationOf(name, service, direct, shared.stores) };
}

const asQuantities = {
  requests: { cpu: `${defaultResources.requests.cpu}m`, memory: `${defaultResources.requests.memory}Mi` },
  limits: { cpu: `${defaultResources.limits.cpu}m`, memory: `${defaultResources.limits.memory}Mi` },
};

/** The services of a Plan, in the order of the system's file. */
export function resolveServices(context: Context, stores: readonly StorePlan[]): ServicePlan[] {
  const shared: Shared = {
    stores: new Map(stores.map((store) => [store.name, store])),
    cycleOf: cycles(context),
    byVolume: mounters(context),
    migrators: migratorsByStore(context.system, context.services),
  };
  return [...context.services].map(([name, service]) => resolveService(context, name, service, shared));
}
