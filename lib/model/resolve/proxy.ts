import type { EdgePlan, ProxyPlan, RoutePlan, TlsPlan } from '../plan';
import { mib } from '../quantities';
import type { ParsedService } from '../schema/system';
import { fill } from './connection';
import type { Context } from './context';
import { settingParts } from './env';

/** The Secret that holds the edge's certificate, whoever makes it. */
const edgeCertificate = 'edge-tls';

export function edgeKind(context: Context): EdgePlan['kind'] {
  return context.routes.length === 0
    ? 'none'
    : (context.own.edge ?? context.environment.edge ?? choiceOfSystem(context));
}

/** A load balancer leads to the proxy's pod; where development has no proxy, the Ingress leads to the services. */
function choiceOfSystem(context: Context): 'ingress' | 'load-balancer' {
  return context.proxy === undefined ? 'ingress' : context.system.edge;
}

function tlsOf(context: Context): TlsPlan {
  const { tls } = context.environment;
  if (tls.by !== 'cert-manager') return tls;
  // The annotation works on an Ingress only: a load balancer's pod needs the Certificate object.
  return { ...tls, certificate: tls.certificate || edgeKind(context) === 'load-balancer', secret: edgeCertificate };
}

/** The Secret of the certificate when TLS ends at the proxy's pod. */
function podCertificate(context: Context): string | undefined {
  const tls = tlsOf(context);
  return edgeKind(context) === 'load-balancer' && tls.by !== 'none' ? tls.secret : undefined;
}

function routeOf(context: Context, route: Context['routes'][number]): RoutePlan {
  const ports = context.services.get(route.to)?.ports ?? {};
  const port = route.port === undefined ? Object.values(ports)[0] : ports[route.port];
  const { path, match, to, websocket, streaming, timeoutSeconds, immutable } = route;
  const bodySize = route.bodySize === undefined ? undefined : mib(route.bodySize);
  return {
    path,
    match,
    to,
    port: port ?? 0,
    websocket,
    streaming,
    rate: route.rate,
    bodySize,
    timeoutSeconds,
    immutable,
  };
}

/** Longest path first, an exact one before a prefix of the same path: the order in which they match. */
export function routesOf(context: Context): RoutePlan[] {
  return context.routes
    .map((route) => routeOf(context, route))
    .sort(
      (a, b) =>
        b.path.length - a.path.length || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.match < b.match ? -1 : 1),
    );
}

/** Where the pods of an Ingress controller are: the private ranges (RFC 1918). */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * Whose `X-Forwarded-For` is believed. A load balancer of layer 4 never adds one: where it hides the client behind a
 * private address, a forged header would be taken for the truth.
 */
function trustedProxies(context: Context): readonly string[] {
  return context.environment.trustedProxies ?? (edgeKind(context) === 'load-balancer' ? [] : privateRanges);
}

/** What the proxy does, where the service is one. */
export function proxyOf(context: Context, name: string, service: ParsedService): ProxyPlan | undefined {
  const stated = service.proxy;
  if (!stated || name !== context.proxy) return undefined;
  const parts = settingParts(context);
  const withRate = (route: RoutePlan): RoutePlan => ({ ...route, rate: route.rate ?? stated.rate });
  const { root, contentSecurityPolicy, frameOptions, gzip, brotli, methods, connectionsPerAddress, cors } = stated;
  return {
    root,
    contentSecurityPolicy: fill(contentSecurityPolicy, parts),
    frameOptions,
    gzip,
    brotli,
    bodySize: mib(stated.bodySize),
    methods,
    connectionsPerAddress,
    cors: cors && {
      ...cors,
      origins: cors.origins.flatMap((origin) =>
        origin === '{origin}' ? (parts['origins'] ?? '').split(',') : [fill(origin, parts)],
      ),
    },
    tlsSecret: podCertificate(context),
    hsts: context.environment.hsts,
    trustedProxies: trustedProxies(context),
    routes: routesOf(context).map(withRate),
  };
}

/** How the outside comes in. Behind a proxy everything goes to it; without one each route to its service. */
export function resolveEdge(context: Context): EdgePlan {
  const routes = routesOf(context);
  const whole: RoutePlan = {
    path: '/',
    match: 'prefix',
    to: context.proxy ?? '',
    port: 80,
    websocket: false,
    streaming: false,
    rate: undefined,
    bodySize: undefined,
    timeoutSeconds: 60,
    immutable: false,
  };
  return {
    kind: edgeKind(context),
    hosts: context.hosts,
    tls: tlsOf(context),
    ingressClass: context.environment.ingress.className,
    peer: context.environment.ingress.peer,
    proxy: context.proxy,
    routes: context.proxy === undefined ? routes : [whole],
  };
}
