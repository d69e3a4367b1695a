import type { RoutePlan } from '../plan';
import { mib } from '../quantities';
import type { Context } from './context';

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

function byPrecedence(a: RoutePlan, b: RoutePlan): number {
  return b.path.length - a.path.length || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.match < b.match ? -1 : 1);
}

/** Longest path first, an exact one before a prefix of the same path: the order in which they match. */
export function routesOf(context: Context): RoutePlan[] {
  return context.routes.map((route) => routeOf(context, route)).sort(byPrecedence);
}

/** Everything to the proxy, WebSockets included where its table has some. */
export function wholeRoute(proxy: string, table: readonly RoutePlan[]): RoutePlan {
  return {
    path: '/',
    match: 'prefix',
    to: proxy,
    port: 80,
    websocket: table.some(({ websocket }) => websocket),
    streaming: false,
    rate: undefined,
    bodySize: undefined,
    timeoutSeconds: 60,
    immutable: false,
  };
}

/** A path without the slashes at its end; empty for the root. */
export function stem(path: string): string {
  return path.replace(/\/+$/, '');
}

/** Whether a path lies below a prefix or is it, element by element. */
function covers(prefix: string, path: string): boolean {
  return stem(path) === stem(prefix) || stem(path).startsWith(`${stem(prefix)}/`);
}

function below(routes: readonly RoutePlan[], path: string): RoutePlan[] {
  const inside = routes.filter((route) => covers(path, route.path));
  if (inside.some((route) => route.match === 'prefix' && stem(route.path) === stem(path))) return inside;
  const around = routes.find((route) => route.match === 'prefix' && covers(route.path, path));
  return around === undefined ? inside : [...inside, { ...around, path }];
}

/**
 * The routes cut down to some paths: what leads to them and below them, and nothing else. Files are no WebSockets.
 * @param routes in their order
 */
export function routesBelow(routes: readonly RoutePlan[], paths: readonly string[]): RoutePlan[] {
  const found = new Map(
    paths.flatMap((path) => below(routes, path)).map((route) => [`${route.match} ${route.path}`, route]),
  );
  return [...found.values()].map((route) => ({ ...route, websocket: false, streaming: false })).sort(byPrecedence);
}
