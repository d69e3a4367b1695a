import { exporterPorts, type monitoringImages, monitoringResources, monitoringClaims as sizes } from '../defaults';
import type {
  ClaimPlan,
  EdgePlan,
  ExporterPlan,
  MonitoringPlan,
  MonitoringServer,
  ReceiverPlan,
  ServicePlan,
  StorePlan,
  Workload,
} from '../plan';
import { mib } from '../quantities';
import type { Sidecar } from '../quota';
import { monitoringDetails, type ParsedMonitoring, type ParsedReceiver } from '../schema/monitoring';
import { questionsOf } from './black-box';
import type { Context } from './context';
import { monitorRole } from './monitor-role';
import { isOperator } from './operators';
import { storageClassOf } from './stores';
import { workload } from './workload';

/** What the environment says of monitoring, whether in one word or with details. */
export function monitoringOf({ environment }: Pick<Context, 'environment'>): ParsedMonitoring {
  const { monitoring } = environment;
  return typeof monitoring === 'string' ? monitoringDetails.parse({ mode: monitoring }) : monitoring;
}

type ServerName = keyof typeof monitoringResources & keyof typeof monitoringImages;

const serverPorts: Readonly<Record<ServerName, number>> = {
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  'kube-state-metrics': 8080,
  'blackbox-exporter': 9115,
};

function part<C extends 'StatefulSet' | 'Deployment'>(
  context: Context,
  name: ServerName,
  controller: C,
  description: string,
  apiServer = false,
): Workload & { readonly controller: C } {
  const port = serverPorts[name];
  return workload({
    name,
    description,
    component: 'monitoring',
    controller,
    image: context.images.get(name) ?? '',
    resources: monitoringResources[name],
    ports: [{ name: 'http', port, containerPort: port }],
    apiServer,
  });
}

function server(context: Context, name: ServerName, size: number, description: string): MonitoringServer {
  const claim = {
    name: `data-${name}-0`,
    owner: name,
    component: 'monitoring',
    size,
    storageClass: storageClassOf(context, undefined, false),
    accessMode: 'ReadWriteOnce',
  } as const;
  return { workload: part(context, name, 'StatefulSet', description, name === 'prometheus'), claim };
}

function exporter(
  context: Context,
  kind: ExporterPlan['kind'],
  of: string,
  pods: number | undefined,
  login: Pick<ExporterPlan, 'secret' | 'user'>,
): ExporterPlan {
  const image = context.images.get(`${kind}-exporter`) ?? '';
  const port = exporterPorts[kind];
  const resources = monitoringResources[kind];
  const own =
    pods === undefined
      ? workload({
          name: `${of}-exporter`,
          description: `Metrics of ${of}`,
          component: 'monitoring',
          controller: 'Deployment',
          image,
          resources,
          ports: [{ name: 'metrics', port, containerPort: port }],
        })
      : undefined;
  return { kind, of, image, port, resources, pods, workload: own, ...login };
}

/** One for each part that does not export by itself. A managed broker's metrics are its provider's. */
function exportersOf(context: Context, services: readonly ServicePlan[], stores: readonly StorePlan[]): ExporterPlan[] {
  const proxies = services.filter(({ proxy }) => proxy !== undefined);
  return [
    ...stores.flatMap((store): ExporterPlan[] => {
      if (store.kind === 'rabbitmq') return [];
      const role = monitorRole(store.name);
      const login =
        store.kind === 'postgres'
          ? { user: role.name, secret: role.secret }
          : { user: undefined, secret: store.secret };
      // Beside each server of ours; in a pod of its own for one whose pods somebody else makes.
      const pods = store.external || isOperator(store.engine) ? undefined : store.replicas.max;
      return [exporter(context, store.kind, store.name, pods, login)];
    }),
    ...proxies.map(({ name, replicas }) =>
      exporter(context, 'nginx', name, replicas.max, { user: undefined, secret: undefined }),
    ),
  ];
}

/** The key of each kind of receiver's credential; a mail server may want none. */
function keyOf(receiver: ParsedReceiver): string | undefined {
  if (receiver.by === 'mail') return receiver.user === undefined ? undefined : 'password';
  return receiver.by === 'pagerduty' ? 'routing-key' : 'url';
}

function receiverPlan(name: string, receiver: ParsedReceiver): ReceiverPlan {
  const key = keyOf(receiver);
  const base = {
    name,
    severities: receiver.by === 'heartbeat' ? [] : receiver.severities,
    components: receiver.by === 'heartbeat' ? [] : receiver.components,
    secret: key === undefined ? undefined : { name: `alertmanager-${name}`, key },
  };
  switch (receiver.by) {
    case 'mail': {
      const { to, from, host, port, user } = receiver;
      return { ...base, by: 'mail', to, from, server: `${host}:${port}`, user };
    }
    case 'slack':
      return { ...base, by: 'slack', channel: receiver.channel };
    default:
      return { ...base, by: receiver.by };
  }
}

function serversOf(context: Context, stated: ParsedMonitoring): MonitoringPlan['servers'] {
  if (stated.mode !== 'built-in') return undefined;
  return {
    prometheus: server(context, 'prometheus', mib(stated.size), 'Collects metrics and evaluates alerts'),
    alertmanager: server(context, 'alertmanager', sizes.alertmanager, 'Tells people'),
    grafana: { ...server(context, 'grafana', sizes.grafana, 'Shows dashboards'), secret: 'grafana' },
    kubeStateMetrics: part(context, 'kube-state-metrics', 'Deployment', 'Metrics of the objects', true),
  };
}

/** What watches the system, or undefined where nothing does. */
export function resolveMonitoring(
  context: Context,
  services: readonly ServicePlan[],
  stores: readonly StorePlan[],
  edge: EdgePlan,
): MonitoringPlan | undefined {
  const stated = monitoringOf(context);
  if (stated.mode === 'none') return undefined;
  const { remoteWrite, platform } = stated;
  const checks = questionsOf(context, services, edge);
  return {
    mode: stated.mode,
    exporters: exportersOf(context, services, stores),
    checks,
    servers: serversOf(context, stated),
    blackbox: checks.length
      ? part(context, 'blackbox-exporter', 'Deployment', 'Asks pages as a client would')
      : undefined,
    receivers: Object.entries(stated.receivers).map(([name, receiver]) => receiverPlan(name, receiver)),
    intervalSeconds: stated.intervalSeconds,
    retention: { days: stated.retentionDays, size: Math.floor(mib(stated.size) * 0.8) },
    remoteWrite: remoteWrite && {
      url: `https://${remoteWrite.host}:${remoteWrite.port}${remoteWrite.path}`,
      secret: remoteWrite.token ? 'prometheus-remote-write' : undefined,
    },
    platform:
      context.environment.resourceMetrics === 'platform' && platform
        ? { url: `https://${platform.host}:${platform.port}` }
        : undefined,
    objective: stated.objective,
    runbooks: stated.runbooks,
    operatorLabels: stated.operator.labels,
  };
}

/** The workloads of monitoring, in the order in which they start. */
export function monitoringWorkloads(plan: MonitoringPlan | undefined): Workload[] {
  if (plan === undefined) return [];
  const { servers, blackbox, exporters } = plan;
  return [
    ...exporters.flatMap((one) => one.workload ?? []),
    ...(blackbox ? [blackbox] : []),
    ...(servers
      ? [servers.kubeStateMetrics, servers.prometheus.workload, servers.alertmanager.workload, servers.grafana.workload]
      : []),
  ];
}

/** What the servers keep. */
export function monitoringClaims(plan: MonitoringPlan | undefined): ClaimPlan[] {
  const servers = plan?.servers;
  return servers ? [servers.prometheus.claim, servers.alertmanager.claim, servers.grafana.claim] : [];
}

/** Exporters that run in the pods of others. */
export function sidecarsOf(plan: MonitoringPlan | undefined): Sidecar[] {
  return (plan?.exporters ?? []).flatMap(({ of, pods, resources }) => (pods === undefined ? [] : [{ of, resources }]));
}
