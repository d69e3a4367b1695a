import type { Plan, RedisPlan } from '../model/plan';
import {
  type Alert,
  backlogAlert,
  type Panel,
  type seriesOf,
  type WorkedOff,
  workedOff,
} from '../monitoring/contribution';

type Series = ReturnType<typeof seriesOf>;
/** How the exporter calls them. */
function keyOf({ name, database }: WorkedOff): string {
  return `db="db${database}",key=${JSON.stringify(name)}`;
}

/**
 * Which lists the exporter measures besides the server itself: by TYPE, MEMORY USAGE and LLEN, without a search through
 * the keys. One that is empty is no key, and given as 0.
 * @see https://github.com/oliver006/redis_exporter#command-line-flags
 */
export function queueArguments(plan: Plan, store: RedisPlan): string[] {
  const keys = workedOff(plan, store.name).map(({ name, database }) => `db${database}=${encodeURIComponent(name)}`);
  return keys.length > 0 ? [`--check-single-keys=${keys.join(',')}`] : [];
}

export function queueAlerts(plan: Plan, store: RedisPlan, series: Series): Alert[] {
  return workedOff(plan, store.name).map((list) =>
    backlogAlert({
      name: 'RedisQueueBacklog',
      service: store.name,
      waiting: series('redis_key_size', keyOf(list)),
      by: 'namespace, job, db, key',
      called: 'key',
      most: list.depth,
      labels: { queue: list.name, database: String(list.database) },
    }),
  );
}

export function queuePanels(plan: Plan, store: RedisPlan, series: Series): Panel[] {
  const known = workedOff(plan, store.name);
  if (known.length === 0) return [];
  return [
    {
      title: 'Messages ready',
      description: 'Messages that wait in a list for a worker. Those that a worker has taken already do not count.',
      unit: 'short',
      shape: 'timeseries',
      queries: known.map((list) => ({
        expr: `max(${series('redis_key_size', keyOf(list))})`,
        legend: list.name,
      })),
    },
  ];
}
