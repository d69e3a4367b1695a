/** The route table of a system as an Ingress and as HTTPRoutes, with nothing in front of its services. */
import { App, Chart } from 'cdk8s';
import { GatewayRoutes } from '../../lib/gateway';
import { Ingress } from '../../lib/ingress';
import { resolvePlan } from '../../lib/model';
import { mergePatch } from '../../lib/model/merge';
import type { Plan, RoutePlan, Tier } from '../../lib/model/plan';
import { Workspace } from '../../lib/workspace';
import { root } from '../structure/sources';

const workspace = new Workspace(root);

/** The ways in that are rendered from the table itself; `parent` is a Gateway that somebody else made. */
export const edges = ['ingress', 'gateway', 'parent'] as const;

export type Edge = (typeof edges)[number];

const gateways = 'gateways';

/** @throws Error when the combination is refused */
export function planWith(system: string, environment: string, patch: unknown, tier?: Tier): Plan {
  const { plan, problems } = resolvePlan({
    system: { id: system, raw: workspace.system(system) },
    environment: { name: environment, raw: mergePatch(workspace.environment(environment), patch) },
    tier,
  });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

/** The routes that the proxy has, or that lead straight to the services. */
function tableOf(plan: Plan): readonly RoutePlan[] {
  return plan.services.find(({ proxy }) => proxy)?.proxy?.routes ?? plan.edge.routes;
}

/** As if the system had no proxy: each route to its own service. */
export function withoutProxy(plan: Plan): Plan {
  const cdn = plan.services.find(({ proxy }) => proxy)?.proxy?.cdn;
  const edgeCdn = plan.edge.cdn && cdn && { ...plan.edge.cdn, routes: cdn.routes };
  return { ...plan, edge: { ...plan.edge, proxy: undefined, routes: tableOf(plan), cdn: edgeCdn ?? plan.edge.cdn } };
}

/** The objects of the way in, as JSON; a Gateway that exists is the last of them. */
export function rendered(plan: Plan): unknown[] {
  const chart = new Chart(new App(), 'edge');
  if (plan.edge.kind === 'ingress') new Ingress(chart, 'ingress', { plan });
  if (plan.edge.gateway) new GatewayRoutes(chart, 'gateway', { plan, gateway: plan.edge.gateway });
  return [...chart.toJson(), ...(plan.edge.gateway?.kind === 'parent' ? [foreignGateway()] : [])];
}

/** Somebody's Gateway in a namespace of its own, open to the routes of all namespaces. */
export function foreignGateway(name = 'public'): unknown {
  const allowedRoutes = { namespaces: { from: 'All' } };
  const listeners = [
    { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes },
    { name: 'https', port: 443, protocol: 'HTTPS', allowedRoutes },
  ];
  return { kind: 'Gateway', metadata: { name, namespace: gateways }, spec: { gatewayClassName: 'any', listeners } };
}

/** For one system alone; without TLS there is one listener to attach to, and nothing to redirect. */
export function edgePatch(system: string, edge: Edge, tls = true): Readonly<Record<string, unknown>> {
  if (edge !== 'parent') return { gateway: { className: 'any' }, systems: { [system]: { edge } } };
  const sections = tls ? { sectionName: 'https', redirectSectionName: 'http' } : { sectionName: 'http' };
  const parent = { name: 'public', namespace: gateways, ...sections };
  return { gateway: { parent, peer: { namespace: gateways } }, systems: { [system]: { edge: 'gateway' } } };
}
