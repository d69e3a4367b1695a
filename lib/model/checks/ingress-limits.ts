import type { Plan, RoutePlan } from '../plan';
import type { Problem } from '../problem';

/** What the Ingress API has no field for, and every controller does its own way. */
type Lack = { readonly field: keyof RoutePlan; readonly found: string; readonly wanted: string };

const advice = 'a proxy in front, because the Ingress API cannot say it and its controller decides';

/** The time-out that routes have unless they say otherwise, and that controllers have too, seconds. */
const usualTimeout = 60;

function lacks(route: RoutePlan): Lack[] {
  const { rate, bodySize, timeoutSeconds } = route;
  return [
    ...(rate === undefined
      ? []
      : [{ field: 'rate', found: `${rate.perSecond} requests a second`, wanted: advice } as const]),
    ...(bodySize === undefined ? [] : [{ field: 'bodySize', found: `${bodySize}Mi`, wanted: advice } as const]),
    ...(route.websocket
      ? [{ field: 'websocket', found: 'connections that last for hours', wanted: advice } as const]
      : []),
    ...(route.streaming
      ? [{ field: 'streaming', found: 'answers that must not be buffered', wanted: advice } as const]
      : []),
    ...(timeoutSeconds === usualTimeout
      ? []
      : [{ field: 'timeoutSeconds', found: `${timeoutSeconds}`, wanted: advice } as const]),
    ...(route.immutable ? [{ field: 'immutable', found: 'files cached for a year', wanted: advice } as const] : []),
  ];
}

/**
 * What an Ingress cannot do for this system: warnings, by route. Without a proxy it is everything that a route says beyond
 * its path; with TLS it is the redirect from port 80, with a proxy or without.
 */
export function ingressLimits(plan: Pick<Plan, 'system' | 'environment' | 'edge'>): Problem[] {
  const { edge, system, environment } = plan;
  if (edge.kind !== 'ingress') return [];
  const redirect: Problem[] =
    edge.tls.by === 'none'
      ? []
      : [
          {
            severity: 'warning',
            rule: 'ingress-redirect',
            path: `environments/${environment.name}.tls`,
            found: 'TLS that ends at an Ingress',
            wanted:
              "the redirect from port 80 in the Ingress controller's own configuration, because the Ingress API has none",
          },
        ];
  if (edge.proxy !== undefined) return redirect;
  const routes = edge.routes.flatMap((route) =>
    lacks(route).map(
      ({ field, found, wanted }): Problem => ({
        severity: 'warning',
        rule: 'ingress-limits',
        path: `systems/${system.id}.routes["${route.path}"].${field}`,
        found,
        wanted,
      }),
    ),
  );
  return [...redirect, ...routes];
}
