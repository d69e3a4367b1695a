import type { ProxyPlan, RoutePlan } from '../plan';
import { mib } from '../quantities';
import type { ParsedService } from '../schema/system';
import type { Context } from './context';
import { cdnOf, edgeKind, edgePeer, tlsOf } from './edge';
import { settingParts } from './env';
import { routesBelow, routesOf } from './routes';
import { fill } from './template';

/** The Secret of the certificate when TLS ends at the proxy's pod. */
function podCertificate(context: Context): string | undefined {
  const tls = tlsOf(context);
  return edgeKind(context) === 'load-balancer' && 'secret' in tls ? tls.secret : undefined;
}

/**
 * Where the pods of an Ingress controller or a Gateway are: private ranges (RFC 1918), shared address space, from which
 * some providers give pods their addresses (RFC 6598), unique local addresses of IPv6 (RFC 4193). A policy lets nobody but
 * the edge reach the proxy, so that none of them is believed too easily; one that is missed would make all users one.
 */
const privateRanges = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/**
 * Whose `X-Forwarded-For` is believed. A load balancer of layer 4 never adds one: where it hides the client behind a
 * private address, a forged header would be taken for the truth. Who comes by stated addresses is believed there, and in
 * the private ranges only if pods come, too.
 */
function trustedProxies(context: Context): readonly string[] {
  const stated = context.environment.trustedProxies;
  if (stated !== undefined) return stated;
  if (edgeKind(context) === 'load-balancer') return [];
  const { pods, cidrs } = edgePeer(context);
  return [...(pods === undefined ? [] : privateRanges), ...cidrs];
}

function cdnOfProxy(context: Context, routes: readonly RoutePlan[]): ProxyPlan['cdn'] {
  const cdn = cdnOf(context);
  return cdn && { host: cdn.host, routes: routesBelow(routes, cdn.paths) };
}

function corsOf(
  cors: NonNullable<NonNullable<ParsedService['proxy']>['cors']>,
  parts: Readonly<Record<string, string>>,
): ProxyPlan['cors'] {
  const origins = cors.origins.flatMap((origin) =>
    origin === '{origin}' ? (parts['origins'] ?? '').split(',') : [fill(origin, parts)],
  );
  return { ...cors, origins };
}

/** What the proxy does, where the service is one. */
export function proxyOf(context: Context, name: string, service: ParsedService): ProxyPlan | undefined {
  const stated = service.proxy;
  if (!stated || name !== context.proxy) return undefined;
  const parts = settingParts(context);
  const routes = routesOf(context).map((route): RoutePlan => ({ ...route, rate: route.rate ?? stated.rate }));
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
    cors: cors && corsOf(cors, parts),
    tlsSecret: podCertificate(context),
    hsts: context.environment.hsts,
    trustedProxies: trustedProxies(context),
    routes,
    cdn: cdnOfProxy(context, routes),
  };
}
