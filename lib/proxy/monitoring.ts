import type { ExporterPlan, Plan, ServicePlan } from '../model/plan';
import {
  type Alert,
  type Contribution,
  type Contributor,
  type DashboardRow,
  downAlert,
  exporterContainer,
  exportersOf,
  memberAlert,
  placed,
  scrapeOf,
  seriesOf,
} from '../monitoring/contribution';
import { statusPath, statusPort } from './layout';
import { workerConnections, workerProcesses } from './nginx/main';

type Series = ReturnType<typeof seriesOf>;

/** The most connections of one pod; each request that is passed on takes two of them. */
function mostConnections(service: ServicePlan): number {
  return workerProcesses(service) * workerConnections;
}

/** The status page knows connections and requests, and no status codes: errors are the applications' to count. */
function alerts(plan: Plan, service: ServicePlan, series: Series): Alert[] {
  const base = { service: service.name } as const;
  return [
    downAlert(plan, 'NginxDown', service.name, {
      for: '1m',
      summary: `nginx of ${service.name} is down`,
      description: 'No pod serves its status page.',
    }),
    ...(service.replicas.min > 1 ? [memberAlert('NginxMemberDown', service.name, `${series('nginx_up')} == 0`)] : []),
    {
      ...base,
      name: 'NginxConnectionsHigh',
      expr: `${series('nginx_connections_active')} > ${Math.floor(mostConnections(service) * 0.8)}`,
      for: '5m',
      severity: 'warning',
      summary: `${service.name} runs short of connections`,
      description: `{{ $labels.pod }} has {{ $value }} of ${mostConnections(service)} connections open.`,
    },
    {
      ...base,
      name: 'NginxDroppedConnections',
      expr: `rate(${series('nginx_connections_accepted')}[5m]) - rate(${series('nginx_connections_handled')}[5m]) > 0.1`,
      for: '5m',
      severity: 'critical',
      summary: `${service.name} drops connections`,
      description: '{{ $labels.pod }} drops {{ $value | humanize }} connections each second.',
    },
  ];
}

function row(service: ServicePlan, series: Series): DashboardRow {
  const base = { shape: 'timeseries' } as const;
  return {
    title: `nginx: ${service.name}`,
    panels: [
      {
        ...base,
        title: 'Requests',
        description: 'Requests that nginx answers each second, whoever asked and whatever the answer was.',
        unit: 'reqps',
        queries: [
          { expr: `sum by (pod) (rate(${series('nginx_http_requests_total')}[$__rate_interval]))`, legend: '{{pod}}' },
        ],
      },
      {
        ...base,
        title: 'Connections',
        description: 'Open connections of clients, and those that wait between two requests.',
        unit: 'short',
        queries: [
          { expr: `sum(${series('nginx_connections_active')})`, legend: 'active' },
          { expr: `sum(${series('nginx_connections_waiting')})`, legend: 'waiting' },
        ],
      },
    ],
  };
}

function contribution(plan: Plan, service: ServicePlan, exporter: ExporterPlan): Contribution {
  const series = seriesOf(plan, service.name);
  const container = exporterContainer({
    exporter,
    args: [
      `--web.listen-address=:${exporter.port}`,
      `--nginx.scrape-uri=http://127.0.0.1:${statusPort}${statusPath}`,
      '--log.format=json',
    ],
  });
  return {
    component: 'proxy',
    part: service.name,
    ...placed(exporter, container),
    scrapes: [scrapeOf(exporter)],
    alerts: alerts(plan, service, series),
    status: `max(${series('nginx_up')})`,
    row: row(service, series),
  };
}

/** What the proxy of the Plan brings. */
export const proxyMonitoring: Contributor = (plan) =>
  exportersOf(plan, 'nginx').flatMap((exporter) => {
    const service = plan.services.find(({ name }) => name === exporter.of);
    return service === undefined ? [] : [contribution(plan, service, exporter)];
  });
