import type { ExporterPlan, Plan, RedisPlan } from '../model/plan';
import {
  type Alert,
  bytes,
  type Contribution,
  type Contributor,
  clientsOf,
  type DashboardRow,
  downAlert,
  exporterContainer,
  exportersOf,
  memberAlert,
  placed,
  scrapeOf,
  seriesOf,
} from '../monitoring/contribution';
import { queueAlerts, queueArguments, queuePanels } from './queues';

type Series = ReturnType<typeof seriesOf>;

/** The labels of one server's pod: what belongs together in a query. */
const server = 'namespace, job, pod';

/** A replica acknowledges every second; what it has not for this long is lost with the primary. */
const lagSeconds = 30;

/** Of every Redis Cluster: each key has one. */
const slots = 16384;

/** The server that takes writes. */
function primary(series: Series): string {
  return series('redis_instance_info', 'role="master"');
}

/**
 * The exporter reads its password from a file that maps addresses to passwords, which no Secret of ours is; so it comes
 * as a variable. Besides its own, only who may exec into the pod can read it.
 */
function exporterParts(
  plan: Plan,
  store: RedisPlan,
  exporter: ExporterPlan,
): Pick<Contribution, 'sidecars' | 'ownPods'> {
  const host = store.external ? `${store.host}:${store.port}` : `127.0.0.1:${store.port}`;
  const container = exporterContainer({
    exporter,
    args: [`--web.listen-address=:${exporter.port}`, '--log-format=json', ...queueArguments(plan, store)],
    env: [
      { name: 'REDIS_ADDR', value: `${store.external?.tls ? 'rediss' : 'redis'}://${host}` },
      ...(exporter.secret === undefined
        ? []
        : [{ name: 'REDIS_PASSWORD', secret: exporter.secret, key: 'password', optional: false }]),
    ],
  });
  return placed(exporter, container);
}

function alerts(plan: Plan, store: RedisPlan, series: Series): Alert[] {
  const base = { service: store.name } as const;
  return [
    downAlert(plan, 'RedisDown', store.name, {
      for: '1m',
      summary: `${store.name} is down`,
      description: 'No server answers that would take writes.',
    }),
    ...(store.replicas.min > 1 ? [memberAlert('RedisMemberDown', store.name, `${series('redis_up')} == 0`)] : []),
    ...memory(store, series),
    {
      ...base,
      name: 'RedisRejectedConnections',
      expr: `increase(${series('redis_rejected_connections_total')}[5m]) > 0`,
      severity: 'warning',
      summary: `${store.name} refuses connections`,
      description: '{{ $labels.pod }} has reached maxclients.',
    },
    ...persistence(store, series),
    ...replication(store, series),
    ...queueAlerts(plan, store, series),
  ];
}

/** What a full server does depends on what it is for: a cache evicts, a queue refuses to write. */
function memory(store: RedisPlan, series: Series): Alert[] {
  const used = series('redis_memory_used_bytes');
  const evicts = store.evictionPolicy !== 'noeviction';
  // A managed server's size is its provider's; ours is the Plan's.
  const most = store.external ? `(${series('redis_memory_max_bytes')} > 0)` : bytes(store.maxMemory);
  return [
    {
      name: 'RedisMemoryHigh',
      expr: `${used} > 0.9 * ${most}`,
      for: '5m',
      // A cache is full by nature; then it is evictions that count.
      severity: evicts ? 'info' : 'critical',
      service: store.name,
      summary: evicts ? `${store.name} is full and evicts` : `${store.name} will refuse writes`,
      description: '{{ $labels.pod }} uses {{ $value | humanize1024 }}B, more than nine tenths of maxmemory.',
    },
    ...(evicts
      ? []
      : [
          {
            name: 'RedisEvictions',
            expr: `increase(${series('redis_evicted_keys_total')}[10m]) > 0`,
            severity: 'critical',
            service: store.name,
            summary: `${store.name} loses keys`,
            description: '{{ $labels.pod }} evicts, although it must not: sessions or queued work are lost.',
          } as const,
        ]),
  ];
}

function persistence(store: RedisPlan, series: Series): Alert[] {
  if (store.external) return [];
  return [
    {
      name: 'RedisPersistenceFailing',
      expr: `${series('redis_rdb_last_bgsave_status')} == 0 or ${series('redis_aof_last_write_status')} == 0`,
      for: '5m',
      severity: 'critical',
      service: store.name,
      summary: `${store.name} cannot save`,
      description: '{{ $labels.pod }}: a snapshot or the append-only file could not be written; a restart loses data.',
    },
  ];
}

function replication(store: RedisPlan, series: Series): Alert[] {
  const { shards = 1 } = store.cluster ?? {};
  const replicas = store.replicas.min / shards - 1;
  if (store.external || replicas < 1) return [];
  const followers = `${series('redis_connected_slaves')} and on (${server}) ${primary(series)}`;
  return [
    {
      name: 'RedisReplicationBroken',
      // As the primary counts them: a replica that is gone says nothing of its link.
      expr: `${shards > 1 ? 'min' : 'max'} by (namespace, job) (${followers}) < ${replicas}`,
      for: '5m',
      severity: 'critical',
      service: store.name,
      summary: `${store.name} has too few replicas`,
      description: `{{ $value }} of ${replicas} replicas follow the primary.`,
    },
    {
      name: 'RedisReplicationLag',
      expr: `max by (${server}, slave_ip) (${series('redis_connected_slave_lag_seconds')}) > ${lagSeconds}`,
      for: '5m',
      severity: 'warning',
      service: store.name,
      summary: 'a replica is behind',
      description: 'The replica at {{ $labels.slave_ip }} was last heard of {{ $value | humanizeDuration }} ago.',
    },
  ];
}

function row(plan: Plan, store: RedisPlan, series: Series): DashboardRow {
  const base = { shape: 'timeseries' } as const;
  return {
    title: `Redis: ${store.name}`,
    panels: [
      {
        ...base,
        title: 'Memory',
        description: 'Bytes that the data set uses, and maxmemory.',
        unit: 'bytes',
        queries: [
          { expr: `max by (pod) (${series('redis_memory_used_bytes')})`, legend: '{{pod}}' },
          { expr: `max(${series('redis_memory_max_bytes')})`, legend: 'at most', limit: true },
        ],
      },
      {
        ...base,
        title: 'Commands',
        description: 'Commands that are processed each second.',
        unit: 'ops',
        queries: [
          {
            expr: `sum by (pod) (rate(${series('redis_commands_processed_total')}[$__rate_interval]))`,
            legend: '{{pod}}',
          },
        ],
      },
      {
        ...base,
        title: 'Clients',
        description: 'Open connections of clients, by server.',
        unit: 'short',
        queries: [{ expr: `max by (pod) (${series('redis_connected_clients')})`, legend: '{{pod}}' }],
      },
      {
        ...base,
        title: 'Evicted keys',
        description: 'Keys that are given up for others each second.',
        unit: 'short',
        queries: [
          { expr: `sum by (pod) (rate(${series('redis_evicted_keys_total')}[$__rate_interval]))`, legend: '{{pod}}' },
        ],
      },
      ...queuePanels(plan, store, series),
    ],
  };
}

/** Replicas refuse writes: without a primary the store is down, whoever else answers. */
function status(store: RedisPlan, series: Series): string {
  // Of a cluster without one of its shards a part of all requests fails.
  if (store.cluster !== undefined)
    return `max(${series('redis_cluster_state')} * (${series('redis_cluster_slots_ok')} == bool ${slots}))`;
  return store.replication === undefined || store.external
    ? `max(${series('redis_up')})`
    : `max(${series('redis_up')} and on (${server}) ${primary(series)})`;
}

function contribution(plan: Plan, store: RedisPlan, exporter: ExporterPlan): Contribution {
  const series = seriesOf(plan, store.name);
  return {
    component: 'redis',
    part: store.name,
    ...exporterParts(plan, store, exporter),
    scrapes: [scrapeOf(exporter)],
    alerts: alerts(plan, store, series),
    status: status(store, series),
    row: row(plan, store, series),
    down: { alert: 'RedisDown', silences: clientsOf(plan, store.name) },
  };
}

/** What each Redis of the Plan brings. */
export const redisMonitoring: Contributor = (plan) =>
  exportersOf(plan, 'redis').flatMap((exporter) => {
    const store = plan.stores.find(({ name }) => name === exporter.of);
    return store?.kind === 'redis' ? [contribution(plan, store, exporter)] : [];
  });
