import type { ArrowPlan, MonitoringPlan, Plan } from '../plan';
import type { ParsedMonitoring } from '../schema/monitoring';
import { outsideEnd } from './arrows';
import type { Context } from './context';
import { monitoringOf } from './monitoring';
import { instanceMetricsPort } from './operators';

type Parts = Pick<Plan, 'services' | 'stores'>;

/** A port of a workload that somebody collects metrics from. */
export interface ScrapedPort {
  readonly name: string;
  readonly port: number;
}

/** Every port that metrics come from, besides those of the monitoring itself. */
export function scrapedPorts(plan: MonitoringPlan, { services, stores }: Parts): ScrapedPort[] {
  return [
    ...plan.exporters.map(({ of, workload, port }) => ({ name: workload?.name ?? of, port })),
    ...stores.flatMap(({ kind, external, name, ports }): ScrapedPort[] => {
      const metrics = kind === 'rabbitmq' && !external ? ports.find(({ port }) => port === 15692) : undefined;
      return metrics ? [{ name, port: metrics.containerPort }] : [];
    }),
    // Its instances export what the operator knows of them; its own Prometheus alone is told of it.
    ...stores.flatMap(({ engine, name }): ScrapedPort[] =>
      engine === 'cloudnative-pg' && plan.mode === 'operator' ? [{ name, port: instanceMetricsPort }] : [],
    ),
    ...services.flatMap(({ name, metrics, ports }): ScrapedPort[] => {
      const found = metrics && ports.find((port) => port.name === metrics.port);
      return found ? [{ name, port: found.containerPort }] : [];
    }),
  ];
}

function to(from: string, name: string, port: number): ArrowPlan {
  return { from, to: { kind: 'workload', name }, port, why: 'monitoring' };
}

interface Outside {
  readonly host: string | undefined;
  readonly cidrs: 'public' | readonly string[];
  readonly port: number;
}

function outside(from: string, name: string, end: Outside): ArrowPlan {
  return { from, to: outsideEnd(name, end), port: end.port, why: 'monitoring' };
}

/** Anywhere: an address of our own edge may be a private one. */
const anywhere = ['0.0.0.0/0'];

/** Where a public host is asked: its own port, and the one an Ingress controller's pod usually has behind it. */
const edgePorts = { http: [80, 8080], https: [443, 8443] } as const;

function ofChecks(plan: MonitoringPlan, { services }: Parts): ArrowPlan[] {
  const from = plan.blackbox?.name;
  if (from === undefined) return [];
  const asked = new Set(plan.checks.filter((check) => !check.public).map(({ name }) => name));
  const inside = services.flatMap(({ name, ports }) =>
    asked.has(name) && ports[0] ? [to(from, name, ports[0].containerPort)] : [],
  );
  const open = plan.checks.find((check) => check.public);
  if (open === undefined) return inside;
  const ports = edgePorts[open.url.startsWith('https:') ? 'https' : 'http'];
  const everywhere = ports.map((port) => outside(from, 'edge', { host: open.name, cidrs: anywhere, port }));
  return [...inside, ...everywhere];
}

function ofServers(context: Context, stated: ParsedMonitoring, plan: MonitoringPlan, parts: Parts): ArrowPlan[] {
  const { servers, blackbox } = plan;
  if (servers === undefined) return [];
  const [prometheus, alertmanager, grafana] = [
    servers.prometheus.workload.name,
    servers.alertmanager.workload.name,
    servers.grafana.workload.name,
  ];
  const own = [servers.alertmanager.workload, servers.kubeStateMetrics, ...(blackbox ? [blackbox] : [])];
  const nodes = { host: undefined, cidrs: stated.kubelets, port: 10250 };
  return [
    ...scrapedPorts(plan, parts).map(({ name, port }) => to(prometheus, name, port)),
    ...own.flatMap(({ name, ports }) => ports.map(({ containerPort }) => to(prometheus, name, containerPort))),
    ...servers.prometheus.workload.ports.map(({ containerPort }) => to(grafana, prometheus, containerPort)),
    ...(context.environment.resourceMetrics === 'kubelet' ? [outside(prometheus, 'kubelets', nodes)] : []),
    ...(stated.remoteWrite ? [outside(prometheus, 'remote-write', stated.remoteWrite)] : []),
    ...(plan.platform && stated.platform ? [outside(grafana, 'platform', stated.platform)] : []),
    ...Object.entries(stated.receivers).map(([name, { cidrs, port, ...rest }]) =>
      outside(alertmanager, name, { host: 'host' in rest ? rest.host : undefined, cidrs, port }),
    ),
  ];
}

function ofExporters(plan: MonitoringPlan, { stores }: Parts): ArrowPlan[] {
  return plan.exporters.flatMap(({ of, workload }): ArrowPlan[] => {
    const store = stores.find(({ name }) => name === of);
    if (workload === undefined || store === undefined) return [];
    if (store.external === undefined) return [to(workload.name, of, store.port)];
    const { host, cidrs, port } = store.external;
    return [outside(workload.name, of, { host, cidrs, port })];
  });
}

/** Who collects from whom: exactly the ports that metrics come from, and the ways out to those who are told. */
export function monitoringArrows(context: Context, plan: MonitoringPlan | undefined, parts: Parts): ArrowPlan[] {
  if (plan === undefined) return [];
  const stated = monitoringOf(context);
  return [...ofExporters(plan, parts), ...ofChecks(plan, parts), ...ofServers(context, stated, plan, parts)];
}

/** An operator's Prometheus reaches in from its own namespace. */
export function monitoringVisitors(
  context: Context,
  plan: MonitoringPlan | undefined,
  parts: Parts,
): Plan['network']['visitors'] {
  if (plan?.mode !== 'operator') return [];
  const { namespace, podLabels } = monitoringOf(context).operator;
  const blackbox = plan.blackbox;
  const ports = [
    ...scrapedPorts(plan, parts),
    ...(blackbox?.ports ?? []).map(({ containerPort }) => ({ name: blackbox?.name ?? '', port: containerPort })),
  ];
  return ports.map(({ name, port }) => ({ peer: { namespace, podLabels }, to: name, port }));
}
