import type { CdnEdgePlan, EdgePeer, EdgePlan, GatewayPlan, Plan, RoutePlan, TlsPlan } from '../plan';
import type { Context } from './context';
import { routesBelow, routesOf, wholeRoute } from './routes';

/** The Secrets that hold the edge's certificates, whoever makes them. */
const edgeCertificate = 'edge-tls';
const cdnCertificate = 'edge-cdn-tls';

export function edgeKind(context: Context): EdgePlan['kind'] {
  return context.routes.length === 0
    ? 'none'
    : (context.own.edge ?? context.environment.edge ?? choiceOfSystem(context));
}

/** A load balancer leads to the proxy's pod; where development has no proxy, the Ingress leads to the services. */
function choiceOfSystem(context: Context): 'ingress' | 'load-balancer' {
  return context.proxy === undefined ? 'ingress' : context.system.edge;
}

/** The annotation works on an Ingress and on a Gateway of ours: elsewhere the Certificate is an object. */
function isAnnotated(context: Context): boolean {
  const kind = edgeKind(context);
  return kind === 'ingress' || (kind === 'gateway' && context.environment.gateway.parent === undefined);
}

export function tlsOf(context: Context): TlsPlan {
  const { tls } = context.environment;
  if (tls.by === 'self-signed') return { ...tls, secret: edgeCertificate };
  if (tls.by !== 'cert-manager') return tls;
  return { ...tls, certificate: tls.certificate || !isAnnotated(context), secret: edgeCertificate };
}

/** The class of a Gateway of ours: a program that does both has one name for both. */
export function gatewayClass(context: Context): string | undefined {
  return context.environment.gateway.className ?? context.environment.ingress.className;
}

/** Where the requests come from. */
export function edgePeer(context: Context): EdgePeer {
  const { gateway, ingress } = context.environment;
  const { namespace, podLabels, cidrs } = (edgeKind(context) === 'gateway' ? gateway.peer : undefined) ?? ingress.peer;
  return { pods: namespace === undefined ? undefined : { namespace, podLabels }, cidrs };
}

function gatewayOf(context: Context): GatewayPlan | undefined {
  if (edgeKind(context) !== 'gateway') return undefined;
  const { parent } = context.environment.gateway;
  if (parent === undefined) return { kind: 'made', className: gatewayClass(context) ?? '' };
  const { name, namespace = context.namespace, sectionName, redirectSectionName } = parent;
  return { kind: 'parent', name, namespace, sectionName, redirectSectionName };
}

/** Which host static files have at this tier, and which paths are such files. */
export function cdnOf(context: Context): Plan['cdn'] {
  const { cdn } = context.system;
  return cdn?.tiers.includes(context.tier) ? { host: `static.${context.hosts[0] ?? ''}`, paths: cdn.paths } : undefined;
}

function cdnEdge(context: Context, routes: readonly RoutePlan[]): CdnEdgePlan | undefined {
  const cdn = cdnOf(context);
  if (cdn === undefined || routes.length === 0) return undefined;
  const tls = tlsOf(context);
  const own = tls.by === 'cert-manager' && edgeKind(context) !== 'load-balancer';
  const shared = 'secret' in tls ? tls.secret : undefined;
  return { host: cdn.host, routes: routesBelow(routes, cdn.paths), secret: own ? cdnCertificate : shared };
}

/** How the outside comes in. Behind a proxy everything goes to it; without one each route to its service. */
export function resolveEdge(context: Context): EdgePlan {
  const table = routesOf(context);
  const routes = context.proxy === undefined ? table : [wholeRoute(context.proxy, table)];
  const kind = edgeKind(context);
  return {
    kind,
    hosts: context.hosts,
    tls: tlsOf(context),
    ingressClass: context.environment.ingress.className,
    gateway: gatewayOf(context),
    peer: edgePeer(context),
    proxy: context.proxy,
    routes,
    cdn: kind === 'none' ? undefined : cdnEdge(context, routes),
  };
}
