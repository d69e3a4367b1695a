import { hiddenFiles, proxyPages } from '../proxy-pages';
import type { Context } from '../resolve/context';
import { stem } from '../resolve/routes';
import type { ParsedSystem } from '../schema/system';

type Route = ParsedSystem['routes'][number];
type Check = (context: Context, route: Route, path: string) => void;

/** What of a path no request ever has when nginx and the controllers are done with it. */
export function checkPlainPath({ problems }: Context, path: string, place: string): void {
  // Of the characters that a URL's path has unencoded: HTTPRoutes take no others, and a browser encodes them.
  const foreign = !/^[-A-Za-z0-9/._~!&'()*+,;=:@]+$/.test(path);
  if (foreign || /\/\/|\/\.{1,2}(\/|$)/.test(path))
    problems.error(
      'route-path',
      place,
      `"${path}"`,
      'a plain path without "//", "..", "?", "#", "%" or blanks: a normalised request never matches another',
    );
  if (path.includes('*'))
    problems.error('route-wildcard', place, `"${path}"`, 'no "*": a prefix takes everything below it, as "/api/" does');
}

const checkPlain: Check = (context, route, path) => checkPlainPath(context, route.path, `${path}.path`);

const ownPages: ReadonlySet<string> = new Set(Object.values(proxyPages));

/** The proxy's own pages are no path of anybody else's. */
export function checkOwnPage({ problems, proxy }: Context, path: string, place: string): void {
  if (proxy !== undefined && ownPages.has(stem(path)))
    problems.error(
      'proxy-page-route',
      place,
      `"${path}", which ${proxy} answers itself`,
      `a path besides ${[...ownPages].join(', ')}: the kubelet asks the proxy there`,
    );
}

const checkOwnPages: Check = (context, route, path) => checkOwnPage(context, route.path, `${path}.path`);

/** The proxy serves no file whose path has a hidden element, so that such a route would answer 404 to everybody. */
const checkHidden: Check = ({ problems, proxy }, { to, path: asked, match }, path) => {
  const least = match === 'exact' ? asked : `${stem(asked)}/`;
  if (to === proxy && new RegExp(hiddenFiles).test(least))
    problems.error(
      'hidden-files',
      `${path}.path`,
      `"${asked}" of ${to}'s own files`,
      'no element that begins with a dot but /.well-known/: nginx answers 404 there, whatever lies in its folder',
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
    for (const check of [checkPlain, checkOwnPages, checkHidden, checkImmutable])
      check(context, route, `${context.at.system}.routes[${index}]`);
}
