import type { Context } from '../resolve/context';
import { cdnOf, edgeKind } from '../resolve/edge';
import { routesBelow, routesOf } from '../resolve/routes';
import { checkOwnPage, checkPlainPath } from './route-paths';

/** The host of static files: a name of its own, whose paths are routed. */
export function checkCdn(context: Context): void {
  const { problems, at, system, hosts } = context;
  for (const [index, path] of (system.cdn?.paths ?? []).entries())
    for (const check of [checkPlainPath, checkOwnPage]) check(context, path, `${at.system}.cdn.paths[${index}]`);
  const cdn = cdnOf(context);
  if (cdn === undefined || edgeKind(context) === 'none') return;
  if (hosts.includes(cdn.host))
    problems.error(
      'cdn-host',
      `${at.environment}.systems.${context.id}.hosts`,
      `"${cdn.host}"`,
      'hosts without it: it is the host of static files, and has their paths only',
    );
  const routes = routesOf(context);
  for (const [index, path] of (system.cdn?.paths ?? []).entries())
    if (routesBelow(routes, [path]).length === 0)
      problems.error(
        'cdn-path',
        `${at.system}.cdn.paths[${index}]`,
        `"${path}", where no route leads`,
        'a path that a route takes',
      );
}
