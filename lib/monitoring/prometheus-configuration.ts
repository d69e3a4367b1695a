import { stringify } from 'yaml';
import type { CheckPlan, Plan } from '../model/plan';
import type { Contribution, Scrape } from './contract';
import { blackboxJob, kubeletJob } from './promql';
import { timingOf } from './timing';

const meta = (label: string): string => `__meta_kubernetes_pod_${label}`;

/** Folders in Prometheus' pod. */
export const folders = {
  configuration: '/etc/prometheus/config',
  rules: '/etc/prometheus/rules',
  data: '/prometheus',
  remoteWrite: '/run/secrets/remote-write',
} as const;

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

type Relabeling = Readonly<Record<string, unknown>>;

/** The same for every job, so that Prometheus watches the namespace's pods once. */
function discovery(plan: Plan): readonly unknown[] {
  return [{ role: 'pod', namespaces: { names: [plan.namespace] } }];
}

function rename(label: string, target: string): Relabeling {
  return { source_labels: [meta(label)], target_label: target };
}

/** Exactly one port of one workload's pods. By number: a pod's other ports make targets of their own. */
function targetsOf(workload: string, port: number): readonly Relabeling[] {
  return [
    {
      source_labels: [meta('label_app_kubernetes_io_name'), meta('container_port_number')],
      regex: `${workload};${port}`,
      action: 'keep',
    },
    { source_labels: [meta('phase')], regex: 'Pending|Succeeded|Failed|Unknown', action: 'drop' },
  ];
}

function jobName({ job, endpoint }: Scrape): string {
  return endpoint === undefined ? job : `${job}-${endpoint}`;
}

function scrapeConfig(plan: Plan, scrape: Scrape): object {
  const { workload, port, path, params, endpoint, keep, honorLabels } = scrape;
  return {
    job_name: jobName(scrape),
    ...(path === undefined ? {} : { metrics_path: path }),
    ...(params === undefined ? {} : { params }),
    ...(honorLabels ? { honor_labels: true } : {}),
    kubernetes_sd_configs: discovery(plan),
    relabel_configs: [
      ...targetsOf(workload, port),
      { target_label: 'job', replacement: scrape.job },
      { ...rename('name', 'instance') },
      // What describes other objects names their pods and containers itself.
      ...(honorLabels ? [] : [rename('name', 'pod'), rename('container_name', 'container')]),
      { target_label: 'namespace', replacement: plan.namespace },
      ...(endpoint === undefined ? [] : [{ target_label: 'endpoint', replacement: endpoint }]),
    ],
    ...(keep === undefined
      ? {}
      : { metric_relabel_configs: [{ source_labels: ['__name__'], regex: keep, action: 'keep' }] }),
  };
}

/** Prometheus itself, without a way round through the network. */
function itself(plan: Plan): object {
  const labels = { namespace: plan.namespace, pod: 'prometheus-0' };
  return { job_name: 'prometheus', static_configs: [{ targets: ['localhost:9090'], labels }] };
}

/** How the black-box exporter asks: for a public route through the edge, or a service by its own name. */
const askModules = ['page', 'reachable', 'inside'] as const;

export function moduleOf(check: CheckPlan): (typeof askModules)[number] {
  if (!check.public) return 'inside';
  return check.expects === 'page' ? 'page' : 'reachable';
}

function checkConfig(plan: Plan, checks: readonly CheckPlan[]): object[] {
  const blackbox = plan.monitors?.blackbox;
  const port = blackbox?.ports[0]?.port;
  if (blackbox === undefined || port === undefined) return [];
  return [
    {
      job_name: blackboxJob,
      metrics_path: '/probe',
      static_configs: askModules
        .map((module) => ({
          targets: checks.filter((check) => moduleOf(check) === module).map(({ url }) => url),
          labels: { namespace: plan.namespace, __param_module: module },
        }))
        .filter(({ targets }) => targets.length > 0),
      relabel_configs: [
        { source_labels: ['__address__'], target_label: '__param_target' },
        { source_labels: ['__param_target'], target_label: 'instance' },
        // The host of each address is the service, or the public host.
        { source_labels: ['__param_target'], regex: 'https?://([^/:]+).*', target_label: 'service' },
        { target_label: '__address__', replacement: `${blackbox.name}:${port}` },
      ],
    },
  ];
}

/** Of all that a kubelet knows, what rules and dashboards ask for, and of this namespace alone. */
const kubeletMetrics = {
  '/metrics/cadvisor':
    'container_cpu_usage_seconds_total|container_memory_working_set_bytes|container_network_(receive|transmit)_bytes_total',
  '/metrics': 'kubelet_volume_stats_(available|capacity)_bytes',
} as const;

function kubelets(plan: Plan): object[] {
  if (plan.resourceMetrics !== 'kubelet') return [];
  return Object.entries(kubeletMetrics).map(([path, metrics]) => ({
    job_name: `kubelet${path.replaceAll('/', '-')}`,
    scheme: 'https',
    metrics_path: path,
    honor_labels: true,
    authorization: { credentials_file: `${serviceAccount}/token` },
    // A kubelet signs its own certificate unless the cluster was told otherwise: the token is what proves who asks.
    tls_config: { ca_file: `${serviceAccount}/ca.crt`, insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_node_name'], target_label: 'node' },
      { target_label: 'job', replacement: kubeletJob },
      // As kube-prometheus has it: without it the two pages of a kubelet would be one target to `up`.
      { source_labels: ['__metrics_path__'], target_label: 'metrics_path' },
    ],
    metric_relabel_configs: [
      { source_labels: ['namespace'], regex: plan.namespace, action: 'keep' },
      { source_labels: ['__name__'], regex: metrics, action: 'keep' },
    ],
  }));
}

function remoteWrite(plan: Plan): object {
  const stated = plan.monitors?.remoteWrite;
  if (stated === undefined) return {};
  const authorization = stated.secret ? { authorization: { credentials_file: `${folders.remoteWrite}/token` } } : {};
  return { remote_write: [{ name: 'long-term', url: stated.url, ...authorization }] };
}

function alerting(plan: Plan): object {
  const alertmanager = plan.monitors?.servers?.alertmanager.workload;
  const port = alertmanager?.ports[0]?.port;
  if (alertmanager === undefined || port === undefined) return {};
  // There is one, and its Service is always there; discovery would only be another way to lose it.
  return { alerting: { alertmanagers: [{ static_configs: [{ targets: [`${alertmanager.name}:${port}`] }] }] } };
}

/** `prometheus.yml`: a job for each endpoint that a component brought. */
export function prometheusConfiguration(plan: Plan, contributions: readonly Contribution[]): string {
  const scrapes = contributions.flatMap((one) => one.scrapes ?? []);
  const timing = timingOf(plan);
  const configuration = {
    global: {
      scrape_interval: timing.interval,
      scrape_timeout: timing.timeout,
      evaluation_interval: timing.interval,
      external_labels: { system: plan.system.id, environment: plan.environment.name },
    },
    rule_files: [`${folders.rules}/*.yml`],
    ...alerting(plan),
    scrape_configs: [
      itself(plan),
      ...scrapes.map((scrape) => scrapeConfig(plan, scrape)),
      ...checkConfig(plan, plan.monitors?.checks ?? []),
      ...kubelets(plan),
    ],
    ...remoteWrite(plan),
  };
  return stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false });
}
