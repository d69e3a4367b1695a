import type { Plan, PostgresPlan } from '../model/plan';
import { type Alert, bytes, downAlert, memberAlert, type seriesOf } from '../monitoring/contribution';

type Series = ReturnType<typeof seriesOf>;

/** The labels of one server's pod: what belongs together in a query. */
export const server = 'namespace, job, pod';

/** Connections that applications may open: what the server grants, less what is kept for its operator. */
export function grantable({ budget }: PostgresPlan): number {
  return budget.maxConnections - budget.reserved;
}

function availability(plan: Plan, store: PostgresPlan, series: Series): Alert[] {
  const connections = `sum by (${server}) (${series('pg_stat_database_numbackends')})`;
  const most = grantable(store);
  const base = { service: store.name } as const;
  return [
    downAlert(plan, 'PostgresDown', store.name, {
      for: '1m',
      summary: `${store.name} is down`,
      description: 'No server answers that would take writes.',
    }),
    ...(store.replicas.min > 1 ? [memberAlert('PostgresMemberDown', store.name, `${series('pg_up')} == 0`)] : []),
    {
      ...base,
      name: 'PostgresConnectionsHigh',
      // The Plan's own sum of all pools is what should never be passed; 80 % of what is granted is the earlier of the two.
      expr: `${connections} > ${Math.min(Math.floor(most * 0.8), store.budget.total)}`,
      for: '5m',
      severity: 'warning',
      summary: `${store.name} runs short of connections`,
      description: `{{ $labels.pod }} has {{ $value }} of ${most} connections that applications may open.`,
    },
    {
      ...base,
      name: 'PostgresConnectionsExhausted',
      expr: `${connections} > ${Math.floor(most * 0.95)}`,
      for: '1m',
      severity: 'critical',
      summary: `${store.name} is about to refuse connections`,
      description: `{{ $labels.pod }} has {{ $value }} of ${most} connections that applications may open.`,
    },
    {
      ...base,
      name: 'PostgresLongTransaction',
      expr: `max by (${server}, datname, usename) (${series('pg_stat_activity_max_tx_duration', 'backend_type="client backend",state!~"idle|disabled"')}) > 900`,
      for: '2m',
      severity: 'warning',
      summary: 'a transaction is open for more than 15 minutes',
      description:
        '{{ $labels.usename }} in {{ $labels.datname }}: {{ $value | humanizeDuration }}. It holds locks and keeps vacuum from its work.',
    },
    {
      ...base,
      name: 'PostgresDeadlocks',
      expr: `sum by (${server}, datname) (increase(${series('pg_stat_database_deadlocks')}[15m])) > 3`,
      severity: 'warning',
      summary: 'transactions block each other',
      description:
        '{{ $labels.datname }}: {{ $value | humanize }} deadlocks in 15 minutes; each is an error that somebody saw.',
    },
    {
      ...base,
      name: 'PostgresExporterErrors',
      expr: `${series('pg_exporter_last_scrape_error')} > 0`,
      for: '10m',
      severity: 'warning',
      summary: `what is known of ${store.name} is incomplete`,
      description: '{{ $labels.pod }}: the exporter fails, so alerts may be blind. Is its role a member of pg_monitor?',
    },
  ];
}

/** A disconnected replica reports a lag of 0: so the streams are counted as well. */
function replication(store: PostgresPlan, series: Series): Alert[] {
  const replicas = store.replicas.min - 1;
  if (store.external || replicas < 1) return [];
  const isReplica = series('pg_replication_is_replica');
  const base = { service: store.name } as const;
  return [
    {
      ...base,
      name: 'PostgresReplicationLag',
      expr: `${series('pg_replication_lag_seconds')} > 30 and on (${server}) ${isReplica} == 1`,
      for: '5m',
      severity: 'warning',
      summary: 'a replica is behind',
      description: '{{ $labels.pod }} is {{ $value | humanizeDuration }} behind the primary.',
    },
    {
      ...base,
      name: 'PostgresReplicationBroken',
      expr: `count by (namespace, job) (${isReplica} == 0) >= 1 unless on (namespace, job) (count by (namespace, job) (${series('pg_stat_replication_pg_wal_lsn_diff', 'state="streaming"')}) >= ${replicas})`,
      for: '5m',
      severity: 'critical',
      summary: `${store.name} has too few replicas`,
      description: `Fewer than ${replicas} replicas stream from the primary of {{ $labels.job }}.`,
    },
    {
      ...base,
      name: 'PostgresReplicationSlotInactive',
      expr: `${series('pg_replication_slots_active')} == 0`,
      for: '10m',
      severity: 'warning',
      summary: 'a replication slot keeps log for nobody',
      description:
        'Slot {{ $labels.slot_name }} is inactive: write-ahead log piles up for it, up to max_slot_wal_keep_size.',
    },
  ];
}

/** What the database has written against what was asked for; without a look at the volume itself. */
function size(store: PostgresPlan, series: Series): Alert[] {
  const claim = store.claims[0]?.size;
  if (store.external || claim === undefined) return [];
  return [
    {
      name: 'PostgresSizeNearClaim',
      expr: `sum by (${server}) (${series('pg_database_size_bytes')}) + on (${server}) max by (${server}) (${series('pg_wal_size_bytes')}) > 0.8 * ${bytes(claim)}`,
      for: '30m',
      severity: 'warning',
      service: store.name,
      summary: `${store.name} fills its volume`,
      description: `{{ $labels.pod }} holds {{ $value | humanize1024 }}B of a claim of ${claim} MiB.`,
    },
  ];
}

/** What must not happen to a database, with the figures of the Plan. */
export function postgresAlerts(plan: Plan, store: PostgresPlan, series: Series): Alert[] {
  return [...availability(plan, store, series), ...replication(store, series), ...size(store, series)];
}
