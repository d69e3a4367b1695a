import type { Plan } from '../model/plan';
import {
  type Alert,
  blackboxJob,
  budgetOf,
  burnAlerts,
  type Contributor,
  type DashboardRow,
  type Panel,
  seriesOf,
} from '../monitoring/contribution';

const day = 86_400;

/** Days before the end of a certificate: cert-manager renews at 30, so at 14 it has failed for two weeks. */
const lateDays = 14;
const lastDays = 3;

/** Questions that may fail in any window: of a few asked in an hour, two are a large share and no outage. */
const fewFailures = 4;

function certificates(host: string, expiry: string): Alert[] {
  const left = `min(${expiry}) - time()`;
  const base = { name: 'CertificateExpiring', service: host, summary: `the certificate of ${host} ends soon` } as const;
  const description = 'It is valid for another {{ $value | humanizeDuration }}, and was not renewed.';
  return [
    { ...base, expr: `${left} < ${lateDays * day}`, for: '1h', severity: 'warning', description },
    { ...base, expr: `${left} < ${lastDays * day}`, for: '10m', severity: 'critical', description },
  ];
}

function ofHost(plan: Plan, host: string): Alert[] {
  const series = seriesOf(plan, blackboxJob);
  const own = `service="${host}"`;
  const success = series('probe_success', own);
  return [
    {
      name: 'PublicRouteDown',
      expr: `max by (namespace, instance) (${success}) == 0`,
      for: '2m',
      severity: 'critical',
      service: host,
      summary: `a route of ${host} does not answer`,
      description:
        '{{ $labels.instance }}, asked through the edge as a browser would: no answer, or one that says it is broken.',
    },
    // Each question is one request: what share of them failed needs no status codes of the proxy.
    ...burnAlerts({
      name: 'PublicErrorBudgetBurn',
      service: host,
      objective: plan.monitors?.objective ?? 0,
      ratio: (window) => `(1 - avg(avg_over_time(${success}[${window}])))`,
      floor: (long) =>
        `sum(count_over_time(${success}[${long}]) - sum_over_time(${success}[${long}])) > ${fewFailures}`,
      what: 'questions through the edge',
    }),
    ...(plan.edge.tls.by === 'none' ? [] : certificates(host, series('probe_ssl_earliest_cert_expiry', own))),
  ];
}

type Steps = NonNullable<Panel['steps']>;

function stat(title: string, description: string, unit: string, expr: string, steps: Steps = [[null, 'green']]): Panel {
  return { title, description, unit, shape: 'stat', queries: [{ expr, legend: '{{service}}' }], steps };
}

function certificatePanel(expiry: string): Panel {
  return stat('Certificate', 'How long the certificate is still valid.', 's', `min by (service) (${expiry}) - time()`, [
    [null, 'red'],
    [lastDays * day, 'orange'],
    [lateDays * day, 'green'],
  ]);
}

function row(plan: Plan, hosts: readonly string[]): DashboardRow {
  const series = seriesOf(plan, blackboxJob);
  const own = `service=~"${hosts.join('|')}"`;
  const allowed = budgetOf(plan.monitors?.objective ?? 0);
  const reached = (burnt: number): number => Number((1 - burnt * allowed).toFixed(9));
  return {
    title: 'Public routes',
    panels: [
      stat(
        'Availability',
        'Share of the questions through the edge that were answered, over a day. Orange: the objective is missed; red: ten times over.',
        'percentunit',
        `avg by (service) (avg_over_time(${series('probe_success', own)}[1d]))`,
        [
          [null, 'red'],
          [reached(10), 'orange'],
          [reached(1), 'green'],
        ],
      ),
      stat(
        'Answer time',
        'Seconds that a question through the edge takes, name look-up and TLS included.',
        's',
        `max by (service) (${series('probe_duration_seconds', own)})`,
      ),
      ...(plan.edge.tls.by === 'none' ? [] : [certificatePanel(series('probe_ssl_earliest_cert_expiry', own))]),
      {
        title: 'Answer time by route',
        description: 'Seconds that each question through the edge takes; of one that fails, how long it took to fail.',
        unit: 's',
        shape: 'timeseries',
        queries: [{ expr: `max by (instance) (${series('probe_duration_seconds', own)})`, legend: '{{instance}}' }],
      },
    ],
  };
}

/** What the public hosts bring: whether their routes answer, and for how long their certificates are good. */
export const edgeMonitoring: Contributor = (plan) => {
  const asked = plan.monitors?.checks.filter((check) => check.public) ?? [];
  const hosts = [...new Set(asked.map(({ name }) => name))];
  if (hosts.length === 0) return [];
  return [
    {
      component: 'edge',
      part: 'public-routes',
      alerts: hosts.flatMap((host) => ofHost(plan, host)),
      row: row(plan, hosts),
    },
  ];
};
