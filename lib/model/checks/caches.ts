import { mib } from '../quantities';
import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { tiers } from '../schema/primitives';
import type { ParsedStore } from '../schema/system';
import { versionOf } from './versions';

type Cache = Extract<ParsedStore, { kind: 'redis' }>;

/** A fork for a snapshot may need a copy of everything that changes meanwhile. */
function checkMemory({ problems }: Context, store: Cache, path: string): void {
  const limit = store.resources.limits.memory;
  if (store.maxMemory !== undefined && mib(store.maxMemory) > mib(limit) * 0.75)
    problems.error(
      'redis-memory',
      `${path}.maxMemory`,
      `"${store.maxMemory}"`,
      `at most three quarters of the memory limit of ${limit}: a snapshot forks the process`,
    );
}

const oldestReplicated = 7;

function isReplicated(context: Context, name: string, store: Cache): boolean {
  return engineOf(context, name, store) === 'redis-cluster' || tiers.some((tier) => store.replicas[tier] > 1);
}

/** Handing over (6.2), a stop that waits for the replicas (7.0), and a cluster that sends clients to names (7.0), are what the scripts rely on. */
function checkVersion(context: Context, name: string, store: Cache, path: string): void {
  const reference = context.images.get(store.image) ?? '';
  const version = versionOf(reference);
  if (version === undefined || version >= oldestReplicated * 1000 || !isReplicated(context, name, store)) return;
  context.problems.error(
    'redis-replica-version',
    `${path}.image`,
    `"${reference}"`,
    `Redis ${oldestReplicated} or newer where it has replicas`,
  );
}

/** To a client that does not speak it, a cluster answers with errors. */
function checkClients(context: Context, name: string, store: Cache): void {
  const { problems, system, at } = context;
  const engine = engineOf(context, name, store);
  if (!store.cluster && engine !== 'redis-cluster') return;
  for (const [service, { arrows, scaling }] of Object.entries(system.services)) {
    const path = `${at.system}.services.${service}`;
    const field = `${path}.arrows.${name}.clusterAware`;
    if (arrows[name]?.clusterAware === false && engine === 'statefulset')
      problems.warning(
        'redis-cluster',
        field,
        'false',
        'true: a client that does not speak Redis Cluster keeps it at one',
      );
    else if (arrows[name]?.clusterAware === false)
      problems.error('redis-cluster', field, 'false', 'true: a cluster sends a client that does not speak it away');
    if (engine !== 'statefulset' && scaling?.queue?.store === name)
      problems.error(
        'redis-cluster-queue',
        `${path}.scaling.queue.store`,
        `${name}, a Redis Cluster, whose lists KEDA and the exporter ask one server for`,
        'a queue at a store of its own, or engine "statefulset"',
      );
  }
}

/** What a cluster of ours cannot do, and what was drawn as one and is none. */
function checkCluster(context: Context, name: string, store: Cache, path: string): void {
  const { problems, system, at, mode } = context;
  const engine = engineOf(context, name, store);
  if (store.cluster && engine === 'statefulset') {
    const unaware = Object.values(system.services).some(({ arrows }) => arrows[name]?.clusterAware === false);
    if (!unaware)
      problems.warning(
        'redis-cluster-engine',
        `${path}.cluster`,
        'true, at engine "statefulset", which is one primary with replicas',
        'engine "redis-cluster", or "external" for a managed one',
      );
  }
  if (engine !== 'redis-cluster') return;
  if (store.backup !== undefined)
    problems.error(
      'redis-cluster-backup',
      `${path}.backup`,
      'a backup of a Redis Cluster, whose keys lie in three servers',
      'none: what must not be lost belongs in PostgreSQL, or at engine "statefulset"',
    );
  else if (mode === 'production' && store.use !== 'cache')
    problems.warning(
      'no-backup',
      `${path}.engine`,
      'a Redis Cluster, which has no backup here',
      'replicas above 1 at every tier, and nothing in it that cannot be made anew',
    );
  for (const [tool, { kind, arrows }] of context.tools)
    if (kind === 'redis-commander' && arrows.includes(name))
      problems.error(
        'redis-cluster-tool',
        `${at.system}.tools.${tool}.arrows`,
        `${name}, a Redis Cluster, which Redis Commander does not speak here`,
        'no arrow to it, or engine "statefulset"',
      );
}

/** What a Redis must be by itself, and with its clients. */
export function checkCache(context: Context, name: string, store: ParsedStore, path: string): void {
  if (store.kind !== 'redis') return;
  checkMemory(context, store, path);
  checkVersion(context, name, store, path);
  checkClients(context, name, store);
  checkCluster(context, name, store, path);
}
