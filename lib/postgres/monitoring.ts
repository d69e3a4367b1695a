import type { k8s } from 'cdk8s-plus-28';
import { authoritiesOf } from '../kubernetes/authority';
import type { ClientTlsPlan, ExporterPlan, Plan, PoolerPlan, PostgresPlan } from '../model/plan';
import {
  type Contribution,
  type Contributor,
  clientsOf,
  type DashboardRow,
  type DrawnPanels,
  exporterContainer,
  exportersOf,
  type Panel,
  placed,
  readinessOf,
  scrapeOf,
  seriesOf,
} from '../monitoring/contribution';
import { grantable, postgresAlerts, server } from './monitoring-alerts';

const passwordFolder = '/run/secrets/exporter';

type Series = ReturnType<typeof seriesOf>;

function sslParameters(tls: ClientTlsPlan | undefined): string {
  const root = authoritiesOf(tls).map(({ file }) => `&sslrootcert=${file}`);
  return `sslmode=${tls?.sslmode ?? 'disable'}${root.join('')}`;
}

function exporterParts(store: PostgresPlan, exporter: ExporterPlan): Pick<Contribution, 'sidecars' | 'ownPods'> {
  const volume: k8s.Volume = {
    name: 'exporter-password',
    secret: {
      secretName: exporter.secret,
      items: [{ key: 'password', path: 'password' }],
      defaultMode: 0o440,
    },
  };
  // Beside the server it is loopback, where nothing is gained by encryption; one that is not ours, or an operator's, is asked as clients ask it.
  const apart = exporter.workload !== undefined;
  const address = apart ? `${store.host}:${store.port}` : `127.0.0.1:${store.port}`;
  const parameters = apart ? sslParameters(store.tls) : 'sslmode=disable';
  const container = exporterContainer({
    exporter,
    args: [`--web.listen-address=:${exporter.port}`, '--log.format=json'],
    env: [
      { name: 'DATA_SOURCE_URI', value: `${address}/${store.database}?${parameters}` },
      { name: 'DATA_SOURCE_USER', value: exporter.user ?? '' },
      { name: 'DATA_SOURCE_PASS_FILE', value: `${passwordFolder}/password` },
    ],
    mounts: [{ name: volume.name, mountPath: passwordFolder, readOnly: true }],
    authorities: apart ? authoritiesOf(store.tls) : [],
  });
  return placed(exporter, container, [volume]);
}

function panels(store: PostgresPlan, series: Series): DrawnPanels {
  const rate = (metric: string): string => `sum(rate(${series(metric)}[$__rate_interval]))`;
  const most = grantable(store);
  const base = { shape: 'stat', steps: [[null, 'green']] } as const;
  return {
    Connections: {
      ...base,
      title: 'Connections',
      description: `Open connections of all databases, and the ${most} that applications may open: max_connections less those kept for the operator.`,
      unit: 'short',
      queries: [
        { expr: `sum(${series('pg_stat_database_numbackends')})`, legend: 'open' },
        { expr: `vector(${most})`, legend: 'at most', limit: true },
      ],
      steps: [
        [null, 'green'],
        [Math.floor(most * 0.8), 'orange'],
        [Math.floor(most * 0.95), 'red'],
      ],
    },
    'Query Time': {
      ...base,
      title: 'Query Time',
      description:
        'Time that the server spent on statements, divided by the transactions that ended: seconds for an average transaction. Needs no extension.',
      unit: 's',
      queries: [
        {
          expr: `${rate('pg_stat_database_active_time_seconds_total')} / (${rate('pg_stat_database_xact_commit')} + ${rate('pg_stat_database_xact_rollback')})`,
          legend: 'average',
        },
      ],
    },
    'Cache Hit': {
      ...base,
      title: 'Cache Hit',
      description: "Blocks found in the server's shared buffers, of all that were asked for.",
      unit: 'percentunit',
      queries: [
        {
          expr: `${rate('pg_stat_database_blks_hit')} / (${rate('pg_stat_database_blks_hit')} + ${rate('pg_stat_database_blks_read')})`,
          legend: 'hits',
        },
      ],
      steps: [
        [null, 'red'],
        [0.9, 'orange'],
        [0.98, 'green'],
      ],
    },
    Size: {
      ...base,
      title: 'Size',
      description: 'Bytes of all databases of one server, without its write-ahead log.',
      unit: 'bytes',
      queries: [{ expr: `max(sum by (pod) (${series('pg_database_size_bytes')}))`, legend: 'size' }],
    },
  };
}

function row(store: PostgresPlan, drawn: DrawnPanels, series: Series): DashboardRow {
  const lag: Panel = {
    title: 'Replication lag',
    description:
      'Seconds that the last replayed transaction of a replica is old. 0 as well for a replica that is cut off.',
    unit: 's',
    shape: 'timeseries',
    queries: [{ expr: `max by (pod) (${series('pg_replication_lag_seconds')})`, legend: '{{pod}}' }],
  };
  const replicated = !store.external && store.replicas.min > 1;
  return { title: `PostgreSQL: ${store.name}`, panels: [...Object.values(drawn), ...(replicated ? [lag] : [])] };
}

function contribution(plan: Plan, store: PostgresPlan, exporter: ExporterPlan): Contribution {
  const series = seriesOf(plan, store.name);
  const drawn = panels(store, series);
  // A managed server may be one that this exporter calls a replica; what answers is up.
  const primary = store.external ? '' : ` and on (${server}) ${series('pg_replication_is_replica')} == 0`;
  return {
    component: 'postgres',
    part: store.name,
    ...exporterParts(store, exporter),
    scrapes: [scrapeOf(exporter)],
    alerts: postgresAlerts(plan, store, series),
    status: `max(${series('pg_up')}${primary})`,
    row: row(store, drawn, series),
    panels: drawn,
    down: { alert: 'PostgresDown', silences: clientsOf(plan, store.name) },
  };
}

/**
 * A pooler that is gone takes all applications with it, and the server knows nothing of it. By its pods' readiness, which
 * is that it takes connections.
 */
function poolerContribution(plan: Plan, { name }: PoolerPlan): Contribution {
  const { status, down } = readinessOf(plan, name, {
    name: 'PostgresPoolerDown',
    for: '2m',
    summary: `${name} is down`,
    description: 'No pod of the pooler takes connections: applications cannot reach their database.',
  });
  return {
    component: 'postgres',
    part: name,
    alerts: [down],
    status,
    down: { alert: down.name, silences: clientsOf(plan, name) },
  };
}

/** What each PostgreSQL of the Plan brings, and the pooler before it. */
export const postgresMonitoring: Contributor = (plan) =>
  exportersOf(plan, 'postgres').flatMap((exporter) => {
    const store = plan.stores.find(({ name }) => name === exporter.of);
    if (store?.kind !== 'postgres') return [];
    return [contribution(plan, store, exporter), ...(store.pooler ? [poolerContribution(plan, store.pooler)] : [])];
  });
