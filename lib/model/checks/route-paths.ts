import { proxyPages } from '../proxy-pages';
import type { Context } from '../resolve/context';
import { stem } from '../resolve/routes';
import type { ParsedSystem } from '../schema/system';

type Route = ParsedSystem['routes'][number];
type Check = (context: Context, route: Route, path: string) => void;

const checkPlain: Check = ({ problems }, route, path) => {
  const plain = decodeURIComponent(route.path.replace(/%(?![0-9a-fA-F]{2})/g, '%25'));
  // Of the characters that a URL's path has: HTTPRoutes take no others, and a browser encodes them.
  const foreign = !/^[-A-Za-z0-9/._~!&'()*+,;=:@]+$/.test(plain);
  if (/\/\/|\/\.{1,2}(\/|$)/.test(plain) || foreign || plain !== route.path)
    problems.error(
      'route-path',
      `${path}.path`,
      `"${route.path}"`,
      'a plain path without "//", "..", "?", "#", "%" or blanks: a normalised request never matches another',
    );
  if (plain.includes('*'))
    problems.error(
      'route-wildcard',
      `${path}.path`,
      `"${route.path}"`,
      'no "*": a prefix takes everything below it, as "/api/" does',
    );
};

const ownPages: ReadonlySet<string> = new Set(Object.values(proxyPages));

const checkOwnPages: Check = ({ problems, proxy }, route, path) => {
  if (proxy !== undefined && ownPages.has(stem(route.path)))
    problems.error(
      'proxy-page-route',
      `${path}.path`,
      `"${route.path}", which ${proxy} answers itself`,
      `a path besides ${[...ownPages].join(', ')}: the kubelet asks the proxy there`,
    );
};

const checkImmutable: Check = ({ problems }, { immutable, websocket, streaming }, path) => {
  if (immutable && (websocket || streaming))
    problems.error(
      'immutable-stream',
      `${path}.immutable`,
      'a stream that is cached for a year',
      'immutable on static files only',
    );
};

/** One route for each path; the same path may lead elsewhere in the other mode. */
function checkTwins({ problems, at, system }: Context): void {
  const seen = new Map<string, number>();
  for (const [index, route] of system.routes.entries())
    for (const mode of route.in === undefined ? ['development', 'production'] : [route.in]) {
      const key = `${mode} ${route.match} ${stem(route.path)}`;
      const earlier = seen.get(key);
      if (earlier !== undefined)
        problems.error(
          'duplicate-route',
          `${at.system}.routes[${index}].path`,
          `"${route.path}", which routes[${earlier}] has too`,
          'one route for each path',
        );
      else seen.set(key, index);
      if (earlier !== undefined) break;
    }
}

/** What the paths of routes must be, by themselves and beside each other. */
export function checkRoutePaths(context: Context): void {
  checkTwins(context);
  for (const [index, route] of context.system.routes.entries())
    for (const check of [checkPlain, checkOwnPages, checkImmutable])
      check(context, route, `${context.at.system}.routes[${index}]`);
}
