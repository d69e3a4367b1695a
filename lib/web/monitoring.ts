import type { Plan, ServicePlan } from '../model/plan';
import {
  type Alert,
  availableOf,
  blackboxJob,
  burnAlerts,
  type Contribution,
  type Contributor,
  type DashboardRow,
  type DrawnPanels,
  downAlert,
  hpaAlerts,
  type Panel,
  type Recording,
  type Scrape,
  seriesOf,
  windows,
} from '../monitoring/contribution';

type Metrics = NonNullable<ServicePlan['metrics']>;
type Series = ReturnType<typeof seriesOf>;

/** What each library calls the same things; `status` is `500` or `5xx`. */
const names: Readonly<Record<Metrics['exports'], { readonly requests: string; readonly seconds: string }>> = {
  http: { requests: 'http_requests_total', seconds: 'http_request_duration_seconds' },
  django: {
    requests: 'django_http_responses_total_by_status_total',
    seconds: 'django_http_requests_latency_including_middlewares_seconds',
  },
};

/** Requests each second below which a share of errors means nothing: one failed probe would be all of them. */
const trafficFloor = 0.05;

/** What 19 of 20 requests should need at most, seconds: above it a page feels slow. */
const slowSeconds = 1;

function scrapes({ name, ports, metrics }: ServicePlan): Scrape[] {
  const port = metrics && ports.find((one) => one.name === metrics.port);
  return metrics && port
    ? [{ job: name, workload: name, port: port.containerPort, portName: port.name, path: metrics.path }]
    : [];
}

/** Requests, failures and time under names that do not depend on the library. */
function recordings(service: string, metrics: Metrics, series: Series): Recording[] {
  const { requests, seconds } = names[metrics.exports];
  const labels = { service };
  const rate = (metric: string, window: string): string => `sum by (namespace, job) (rate(${metric}[${window}]))`;
  const all = (window: string): string => rate(series(requests), window);
  // Without a failure there is no such series: then the share is 0, not unknown.
  const failed = (window: string): string =>
    `(${rate(series(requests, 'status=~"5.."'), window)} or 0 * ${all(window)})`;
  return [
    { record: 'service:http_requests:rate5m', expr: all('5m'), labels },
    { record: 'service:http_errors:rate5m', expr: failed('5m'), labels },
    { record: 'service:http_request_seconds:rate5m', expr: rate(series(`${seconds}_sum`), '5m'), labels },
    {
      record: 'service:http_request_duration_seconds:p95_5m',
      expr: `histogram_quantile(0.95, sum by (namespace, job, le) (rate(${series(`${seconds}_bucket`)}[5m])))`,
      labels,
    },
    ...windows.map((window) => ({
      record: `service:http_errors_per_request:ratio_rate${window}`,
      expr: `${failed(window)} / ${all(window)}`,
      labels,
    })),
  ];
}

function requestAlerts(plan: Plan, service: string, series: Series): Alert[] {
  return [
    ...burnAlerts({
      name: 'ErrorBudgetBurn',
      service,
      objective: plan.monitors?.objective ?? 0,
      ratio: (window) => series(`service:http_errors_per_request:ratio_rate${window}`),
      floor: () => `on (namespace, job) ${series('service:http_requests:rate5m')} > ${trafficFloor}`,
      what: 'requests',
    }),
    {
      name: 'ServiceSlow',
      expr: `${series('service:http_request_duration_seconds:p95_5m')} > ${slowSeconds}`,
      for: '10m',
      severity: 'warning',
      service,
      summary: `${service} is slow`,
      description: `One request in 20 takes longer than {{ $value | humanizeDuration }}.`,
    },
  ];
}

/**
 * What says that a service works: a question as a client asks it; or, where it has metrics, those or its pods' readiness,
 * which is its health page: a library that is missing in a new image is no outage.
 */
function statusOf(plan: Plan, { name, metrics }: ServicePlan): string {
  if (metrics === undefined) return `max(${seriesOf(plan, blackboxJob)('probe_success', `service="${name}"`)})`;
  return `max(max by (job) (${seriesOf(plan, name)('up')}) or max by (deployment) (${availableOf(plan, name)} > bool 0))`;
}

function contribution(plan: Plan, service: ServicePlan): Contribution {
  const { name, metrics } = service;
  const series = seriesOf(plan, name);
  return {
    component: 'application',
    part: name,
    scrapes: scrapes(service),
    recordings: metrics ? recordings(name, metrics, series) : [],
    alerts: [
      downAlert(plan, 'ServiceDown', name, {
        for: '2m',
        summary: `${name} is down`,
        description: 'None of its pods answers.',
      }),
      ...(metrics ? requestAlerts(plan, name, series) : []),
      ...hpaAlerts(plan, service),
    ],
    status: statusOf(plan, service),
  };
}

/** Services that say how their requests went: what *Request Metrics* sums up. */
function requestPanels(plan: Plan): DrawnPanels {
  const all = (record: string): string => `sum(${record}{namespace="${plan.namespace}"})`;
  const base = { shape: 'stat', steps: [[null, 'green']] } as const;
  const requests = all('service:http_requests:rate5m');
  return {
    'Requests/sec': {
      ...base,
      title: 'Requests/sec',
      description:
        'Requests that the applications answer each second, averaged over five minutes; static files are nginx’ own.',
      unit: 'reqps',
      queries: [{ expr: requests, legend: 'requests' }],
    },
    'Avg Response': {
      ...base,
      title: 'Avg Response',
      description:
        'Seconds from the arrival of a request at the application to the end of its answer, on average over five minutes.',
      unit: 's',
      queries: [{ expr: `${all('service:http_request_seconds:rate5m')} / ${requests}`, legend: 'average' }],
      steps: [
        [null, 'green'],
        [slowSeconds / 2, 'orange'],
        [slowSeconds, 'red'],
      ],
    },
    'Error Rate': {
      ...base,
      title: 'Error Rate',
      description:
        'Requests that the applications answered with a status of 500 or above, of all requests, over five minutes.',
      unit: 'percentunit',
      queries: [{ expr: `${all('service:http_errors:rate5m')} / ${requests}`, legend: 'errors' }],
      steps: [
        [null, 'green'],
        [0.001, 'orange'],
        [0.01, 'red'],
      ],
    },
    'Active Users': {
      ...base,
      title: 'Active Users',
      description:
        'Users who sent an authenticated request within the last five minutes. The application counts them over all its pods, as the gauge app_active_users; without it this panel says n/a.',
      unit: 'short',
      // Every pod counts all users, in the database or in Redis, and so does every service: the highest, not the sum.
      queries: [{ expr: `max(app_active_users{namespace="${plan.namespace}"})`, legend: 'users' }],
    },
  };
}

function requestRow(plan: Plan, panels: DrawnPanels): DashboardRow {
  const slow: Panel = {
    title: 'Response time, p95',
    description: 'Seconds that 19 of 20 requests need at most, by service, over five minutes.',
    unit: 's',
    shape: 'timeseries',
    queries: [
      {
        expr: `max by (service) (service:http_request_duration_seconds:p95_5m{namespace="${plan.namespace}"})`,
        legend: '{{service}}',
      },
    ],
  };
  return { title: 'Request Metrics', panels: [...Object.values(panels), slow] };
}

/** What each web service brings, and what all of them together do. */
export const webMonitoring: Contributor = (plan) => {
  const services = plan.services.filter(({ kind, proxy }) => kind === 'web' && proxy === undefined);
  if (plan.monitors === undefined || services.length === 0) return [];
  const own = services.map((service) => contribution(plan, service));
  if (services.every(({ metrics }) => metrics === undefined)) return own;
  const panels = requestPanels(plan);
  return [...own, { component: 'application', part: 'requests', panels, row: requestRow(plan, panels) }];
};
