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

/** Handing over (6.2), and a stop that waits for the replicas (7.0), are what the scripts rely on. */
function checkVersion(context: Context, store: Cache, path: string): void {
  const reference = context.images.get(store.image) ?? '';
  const version = versionOf(reference);
  if (version === undefined || version >= oldestReplicated * 1000 || tiers.every((tier) => store.replicas[tier] === 1))
    return;
  context.problems.error(
    'redis-replica-version',
    `${path}.image`,
    `"${reference}"`,
    `Redis ${oldestReplicated} or newer where it has replicas`,
  );
}

/**
 * Cluster mode splits the keys over several servers. A managed Redis has it; here there is one primary with replicas, as
 * large as the file says. To a client that does not speak it, a cluster answers with errors.
 */
function checkCluster(context: Context, name: string, store: Cache, path: string): void {
  if (!store.cluster) return;
  const { problems, system, at } = context;
  const managed = engineOf(context, name, store) === 'external';
  const unaware = Object.entries(system.services).filter(([, { arrows }]) => arrows[name]?.clusterAware === false);
  for (const [service] of unaware) {
    const field = `${at.system}.services.${service}.arrows.${name}.clusterAware`;
    if (managed)
      problems.error('redis-cluster', field, 'false', 'true: a cluster sends a client that does not speak it away');
    else
      problems.warning(
        'redis-cluster',
        field,
        'false',
        'true: a client that does not speak Redis Cluster keeps it at one',
      );
  }
  if (!managed && unaware.length === 0)
    problems.warning(
      'redis-cluster-engine',
      `${path}.cluster`,
      'true, at engine "statefulset"',
      'engine "external", a managed Redis in cluster mode; here it is one primary with replicas',
    );
}

/** What a Redis must be by itself, and with its clients. */
export function checkCache(context: Context, name: string, store: ParsedStore, path: string): void {
  if (store.kind !== 'redis') return;
  checkMemory(context, store, path);
  checkVersion(context, store, path);
  checkCluster(context, name, store, path);
}
