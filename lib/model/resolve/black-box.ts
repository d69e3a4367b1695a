import type { CheckPlan, EdgePlan, RoutePlan, ServicePlan } from '../plan';
import { proxyPages } from '../proxy-pages';
import type { Context } from './context';
import { routesOf, stem } from './routes';

/** Each service that has a port and no metrics of its own, by its documented health page. */
function inside(services: readonly ServicePlan[]): CheckPlan[] {
  return services
    .filter(({ kind, metrics, proxy }) => kind === 'web' && metrics === undefined && proxy === undefined)
    .flatMap(({ name, ports, health }): CheckPlan[] => {
      const port = ports[0];
      return port === undefined
        ? []
        : [{ name, url: `http://${name}:${port.port}${health.path ?? '/'}`, public: false, expects: 'page' }];
    });
}

type Table = ReadonlyMap<string, RoutePlan>;

/** The route that a request for a path takes. By looking up its parents: a table may have thousands. */
function taken(table: Table, path: string): RoutePlan | undefined {
  const exact = table.get(`exact ${path}`);
  if (exact !== undefined) return exact;
  for (let parent = stem(path); ; parent = parent.slice(0, parent.lastIndexOf('/'))) {
    const route = table.get(`prefix ${parent}`);
    if (route !== undefined || parent === '') return route;
  }
}

interface Asked {
  readonly path: string;
  readonly expects: CheckPlan['expects'];
}

/**
 * What a route is asked for: the health page of its service where that lies under it, since it is known to answer without
 * a log-in; else its own path, of which is only known that no answer is to be of status 500 or above.
 */
function pageOf(
  route: RoutePlan,
  table: Table,
  services: ReadonlyMap<string, ServicePlan>,
  own: ReadonlySet<string>,
): Asked {
  const service = services.get(route.to);
  const path = service?.health.path;
  const known =
    path !== undefined &&
    !own.has(path) &&
    service?.proxy === undefined &&
    service?.ports[0]?.port === route.port &&
    taken(table, path) === route;
  return known ? { path, expects: 'page' } : { path: route.path, expects: 'any' };
}

/**
 * Every public route that a GET without a log-in can ask, one by one and through the edge. A WebSocket's is none of them:
 * what a plain GET gets there is the framework's taste. All hosts have the same routes, so every further host is asked for
 * the last one alone, for its name and its certificate.
 */
function outside(context: Context, services: readonly ServicePlan[], edge: EdgePlan): CheckPlan[] {
  const routes = routesOf(context);
  const table = new Map(
    routes.map((route) => [`${route.match} ${route.match === 'exact' ? route.path : stem(route.path)}`, route]),
  );
  const byName = new Map(services.map((service) => [service.name, service]));
  const own = new Set<string>(edge.proxy === undefined ? [] : Object.values(proxyPages));
  const pages = routes.filter(({ websocket }) => !websocket).map((route) => pageOf(route, table, byName, own));
  const last: Asked = pages.at(-1) ?? { path: '/', expects: 'any' };
  const asked = pages.length === 0 ? [last] : pages;
  const scheme = edge.tls.by === 'none' ? 'http' : 'https';
  return edge.hosts.flatMap((host, index) =>
    (index === 0 ? asked : [last]).map(
      ({ path, expects }): CheckPlan => ({ name: host, url: `${scheme}://${host}${path}`, public: true, expects }),
    ),
  );
}

/** What is asked as a client would: services inside, and public routes through the edge. */
export function questionsOf(context: Context, services: readonly ServicePlan[], edge: EdgePlan): CheckPlan[] {
  return [...inside(services), ...(edge.kind === 'none' ? [] : outside(context, services, edge))];
}
