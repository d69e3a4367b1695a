import {
  type HttpRouteSpec,
  type HttpRouteSpecParentRefs,
  type HttpRouteSpecRules,
  HttpRouteSpecRulesFiltersRequestRedirectScheme,
  HttpRouteSpecRulesFiltersType,
  HttpRouteSpecRulesMatchesPathType,
} from '../../imports/gateway.networking.k8s.io';
import type { EdgePlan, GatewayPlan, RoutePlan } from '../model/plan';
import { type Entries, type Entry, gatewayName } from './listeners';

/** The most hosts and the most rules that one HTTPRoute may have. */
const most = 16;

function inParts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, part) =>
    items.slice(part * most, (part + 1) * most),
  );
}

/** By name: an HTTPRoute holds 16 hosts and 16 rules, and a Gateway looks at all of them together. */
export type Named = readonly (readonly [name: string, spec: HttpRouteSpec])[];

function parentRefs(
  gateway: GatewayPlan,
  namespace: string,
  sections: readonly (string | undefined)[],
): HttpRouteSpecParentRefs[] {
  const name = gateway.kind === 'made' ? gatewayName : gateway.name;
  const elsewhere = gateway.kind === 'parent' && gateway.namespace !== namespace ? gateway.namespace : undefined;
  return [...new Set(sections)].map((sectionName) => ({ name, namespace: elsewhere, sectionName }));
}

/**
 * A time-out here is for the whole answer, in nginx for the silence between two parts of it. So none where a connection
 * stays open, and none before a proxy, which has its own.
 */
function timeout(route: RoutePlan, proxy: string | undefined): string {
  return route.websocket || route.streaming || route.to === proxy ? '0s' : `${route.timeoutSeconds}s`;
}

/** `PathPrefix` matches whole elements and takes `/api` and `/api/` for the same. */
function rule(route: RoutePlan, proxy: string | undefined): HttpRouteSpecRules {
  const path =
    route.match === 'exact'
      ? { type: HttpRouteSpecRulesMatchesPathType.EXACT, value: route.path }
      : { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: route.path.replace(/\/+$/, '') || '/' };
  return {
    matches: [{ path }],
    backendRefs: [{ name: route.to, port: route.port }],
    timeouts: { request: timeout(route, proxy) },
  };
}

const redirectRule: HttpRouteSpecRules = {
  matches: [{ path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: '/' } }],
  filters: [
    {
      type: HttpRouteSpecRulesFiltersType.REQUEST_REDIRECT,
      requestRedirect: { scheme: HttpRouteSpecRulesFiltersRequestRedirectScheme.HTTPS, statusCode: 301 },
    },
  ],
};

interface Table {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly rules: readonly HttpRouteSpecRules[];
}

function named(gateway: GatewayPlan, namespace: string, { name, entries, rules }: Table): Named {
  const parts = inParts(entries).flatMap((hosts) => inParts(rules).map((some) => ({ hosts, some })));
  return parts.map(({ hosts, some }, index) => [
    index === 0 ? name : `${name}-${index + 1}`,
    {
      parentRefs: parentRefs(
        gateway,
        namespace,
        hosts.map(({ section }) => section),
      ),
      hostnames: hosts.map(({ host }) => host),
      rules: some,
    },
  ]);
}

/** Every HTTPRoute: the table's, the static files' and the redirect to https. */
export function httpRoutes(edge: EdgePlan, gateway: GatewayPlan, namespace: string, entries: Entries): Named {
  const { hosts, cdn, redirect } = entries;
  const rules = (routes: readonly RoutePlan[]): HttpRouteSpecRules[] => routes.map((route) => rule(route, edge.proxy));
  const every = [...hosts, ...(cdn === undefined ? [] : [cdn])].map(({ host }) => ({ host, section: redirect }));
  const tables: Table[] = [
    { name: 'edge', entries: hosts, rules: rules(edge.routes) },
    { name: 'edge-cdn', entries: cdn === undefined ? [] : [cdn], rules: rules(edge.cdn?.routes ?? []) },
    { name: 'edge-redirect', entries: redirect === undefined ? [] : every, rules: [redirectRule] },
  ];
  return tables.flatMap((table) => named(gateway, namespace, table));
}
