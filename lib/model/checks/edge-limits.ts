import type { EdgePlan, Plan, RoutePlan } from '../plan';
import type { Problem } from '../problem';

/** What an API has no field for, and every controller does its own way. */
type Lack = { readonly field: keyof RoutePlan; readonly found: string };

const api = { ingress: 'Ingress API', gateway: "Gateway API's standard channel" } as const;

/** The time-out that routes have unless they say otherwise, and that controllers have too, seconds. */
const usualTimeout = 60;

/** What neither API can say. */
function unsaid({ rate, bodySize, immutable }: RoutePlan): Lack[] {
  return [
    ...(rate === undefined ? [] : [{ field: 'rate', found: `${rate.perSecond} requests a second` } as const]),
    ...(bodySize === undefined ? [] : [{ field: 'bodySize', found: `${bodySize}Mi` } as const]),
    ...(immutable ? [{ field: 'immutable', found: 'files cached for a year' } as const] : []),
  ];
}

/** What an Ingress cannot say, and an HTTPRoute says with its time-out. */
function unsaidByIngress({ websocket, streaming, timeoutSeconds }: RoutePlan): Lack[] {
  return [
    ...(websocket ? [{ field: 'websocket', found: 'connections that last for hours' } as const] : []),
    ...(streaming ? [{ field: 'streaming', found: 'answers that must not be buffered' } as const] : []),
    ...(timeoutSeconds === usualTimeout ? [] : [{ field: 'timeoutSeconds', found: `${timeoutSeconds}` } as const]),
  ];
}

/** Where requests of port 80 stay there unless somebody else redirects them. */
function unredirected({ kind, tls, gateway }: EdgePlan): Pick<Problem, 'rule' | 'found' | 'wanted'> | undefined {
  if (tls.by === 'none') return undefined;
  if (kind === 'ingress')
    return {
      rule: 'ingress-redirect',
      found: 'TLS that ends at an Ingress',
      wanted:
        "the redirect from port 80 in the Ingress controller's own configuration, because the Ingress API has none",
    };
  if (gateway?.kind !== 'parent' || gateway.redirectSectionName !== undefined) return undefined;
  return {
    rule: 'gateway-redirect',
    found: `TLS that ends at the Gateway ${gateway.name}`,
    wanted: 'gateway.parent.redirectSectionName, its listener of port 80, unless that Gateway redirects by itself',
  };
}

/** What a proxy does for a whole system whatever its routes say, and without one only the application can. */
function leftToApplication({ edge, system }: Pick<Plan, 'system' | 'edge'>, kind: keyof typeof api): Problem {
  return {
    severity: 'warning',
    rule: `${kind}-without-proxy`,
    path: `systems/${system.id}.routes`,
    found: `no proxy in front of ${[...new Set(edge.routes.map(({ to }) => to))].sort().join(', ')}`,
    wanted: `security headers (HSTS too), CORS, allowed methods, rates, limits of connections and bodies, and logs without tokens done by the application itself, or a service with a proxy: the ${api[kind]} has no fields that every controller knows`,
  };
}

/** Behind a load balancer nobody answers an HTTP-01 challenge: the pod itself waits for the certificate before it starts. */
function challenge({ edge, environment }: Pick<Plan, 'environment' | 'edge'>): Problem[] {
  if (edge.tls.by !== 'cert-manager') return [];
  return [
    {
      severity: 'warning',
      rule: 'acme-challenge',
      path: `environments/${environment.name}.tls.issuer`,
      found: `"${edge.tls.issuer}" behind a load balancer`,
      wanted:
        'an issuer that solves DNS-01: no Ingress is there to answer HTTP-01, and the proxy starts with its certificate',
    },
  ];
}

/**
 * What an Ingress or an HTTPRoute cannot do for this system: warnings, by route. Without a proxy it is what a route says
 * that the API has no field for; with TLS the redirect from port 80, with a proxy or without.
 */
export function edgeLimits(plan: Pick<Plan, 'system' | 'environment' | 'edge'>): Problem[] {
  const { edge, system, environment } = plan;
  const { kind } = edge;
  if (kind === 'load-balancer') return challenge(plan);
  if (kind !== 'ingress' && kind !== 'gateway') return [];
  const redirect = unredirected(edge);
  const redirects: Problem[] =
    redirect === undefined ? [] : [{ severity: 'warning', path: `environments/${environment.name}.tls`, ...redirect }];
  if (edge.proxy !== undefined) return redirects;
  const wanted = `a proxy in front, because the ${api[kind]} cannot say it and its controller decides`;
  const routes = edge.routes.flatMap((route) =>
    [...unsaid(route), ...(kind === 'ingress' ? unsaidByIngress(route) : [])].map(
      ({ field, found }): Problem => ({
        severity: 'warning',
        rule: `${kind}-limits`,
        path: `systems/${system.id}.routes["${route.path}"].${field}`,
        found,
        wanted,
      }),
    ),
  );
  return [...redirects, leftToApplication(plan, kind), ...routes];
}
