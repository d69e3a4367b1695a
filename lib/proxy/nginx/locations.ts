import type { RoutePlan } from '../../model/plan';
import { hiddenFiles } from '../../model/proxy-pages';
import { healthPath, livePath, readyPath } from '../layout';
import type { ProxyService } from '../proxy-service';
import { block, type Lines, quoted } from './syntax';
import { upstreamName } from './upstreams';

/** The routes of a host. */
export interface RouteTable {
  readonly routes: readonly RoutePlan[];
  /** The zone of a route's rate limit, by its place. */
  readonly zone: (index: number) => string;
  /** The file with the headers that a hashed file's upstream does not say. */
  readonly immutable: string;
}

/** A WebSocket or an event stream may be silent this long, seconds; applications ping more often than once an hour. */
const idleSeconds = 3600;

const aYear = '"public, max-age=31536000, immutable"';

/** Files of the image: a page of the application falls back to the route's index.html, a hashed file does not. */
function staticFiles(route: RoutePlan, root: string | undefined): string[] {
  if (root === undefined) return ['return 404;'];
  return [
    ...block(`if ($uri ~ "${hiddenFiles}")`, ['return 404;']),
    `root ${quoted(root)};`,
    // A new release must be seen at once; only its hashed files may be kept.
    `set $cache_control ${route.immutable ? aYear : '"no-cache"'};`,
    `try_files $uri ${route.immutable ? '' : `${quoted(`${stem(route.path)}/index.html`)} `}=404;`,
  ];
}

function timeouts(seconds: number): string[] {
  return [`proxy_read_timeout ${seconds}s;`, `proxy_send_timeout ${seconds}s;`];
}

function proxied(route: RoutePlan, usualBodySize: number, { immutable }: RouteTable): string[] {
  const open = route.websocket || route.streaming;
  const large = (route.bodySize ?? 0) > usualBodySize;
  return [
    ...timeouts(open ? Math.max(idleSeconds, route.timeoutSeconds) : route.timeoutSeconds),
    ...(open ? ['proxy_buffering off;'] : []),
    // A large upload passes through as it comes: /tmp would hold only a few of them.
    ...(large ? ['proxy_request_buffering off;'] : []),
    ...(route.websocket ? ['include websocket.conf;'] : []),
    ...(route.immutable ? [`include ${immutable};`, `set $cache_control ${aYear};`] : []),
    `proxy_pass http://${upstreamName(route)};`,
  ];
}

function body(service: ProxyService, table: RouteTable, route: RoutePlan, index: number): string[] {
  const { proxy, name } = service;
  const { rate, bodySize } = route;
  return [
    ...(rate === undefined ? [] : [`limit_req zone=${table.zone(index)} burst=${rate.burst} nodelay;`]),
    ...(bodySize === undefined ? [] : [`client_max_body_size ${bodySize}m;`]),
    ...(route.to === name ? staticFiles(route, proxy.root) : proxied(route, proxy.bodySize, table)),
  ];
}

/** A prefix without its last slash: the element-wise prefix that Ingress and Gateway API know. */
export function stem(path: string): string {
  return path.replace(/\/+$/, '');
}

/**
 * The locations of a route. A prefix matches whole elements, as in Ingress and Gateway API: `/api/` and `/api` both mean
 * `/api` and all below it, never `/apix`.
 */
function locations(route: RoutePlan, lines: Lines, exact: ReadonlySet<string>): string[] {
  if (route.match === 'exact') return block(`location = ${quoted(route.path)}`, lines);
  const base = stem(route.path);
  const own = base === '' || exact.has(base) ? [] : block(`location = ${quoted(base)}`, lines);
  return [...own, ...block(`location ^~ ${quoted(`${base}/`)}`, lines)];
}

/** Health of the proxy itself: it asks nobody, so that an upstream's failure never restarts or removes the proxy. No route has these paths. */
export function healthLocations(): string[] {
  return [healthPath, livePath, readyPath].flatMap((path) =>
    block(`location = ${path}`, ['access_log off;', 'default_type text/plain;', 'return 200 "ok\\n";']),
  );
}

/** All locations, in the table's order (nginx itself takes the longest). What no route takes answers 404. */
export function routeLocations(service: ProxyService, table: RouteTable): string[] {
  const { routes } = table;
  const exact = new Set(routes.filter(({ match }) => match === 'exact').map(({ path }) => path));
  const whole = routes.some(({ path, match }) => match === 'prefix' && stem(path) === '');
  return [
    ...routes.flatMap((route, index) => locations(route, body(service, table, route, index), exact)),
    ...(whole ? [] : block('location /', ['return 404;'])),
  ];
}
