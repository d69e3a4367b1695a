import type { RoutePlan } from '../../model/plan';
import { placeholder } from '../layout';
import { block } from './syntax';

type Target = Pick<RoutePlan, 'to' | 'port'>;

/** The name of the upstream block of a service's port. */
export function upstreamName({ to, port }: Target): string {
  return `${to}-${port}`;
}

/** Each service and port once, sorted. */
export function targets(routes: readonly RoutePlan[], proxy: string): Target[] {
  const byName = new Map(routes.filter(({ to }) => to !== proxy).map((route) => [upstreamName(route), route]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/**
 * An upstream whose name is resolved while nginx runs (`resolve`, open source since 1.27.3), so that nginx starts before
 * its upstreams exist and follows them when they move. A Service is one address: `max_fails=0`, or one failure would
 * take all its pods out. Idle connections are closed before the upstream closes them (gunicorn: 2 s, Node and Uvicorn:
 * 5 s), and none is kept for long, so that new pods get their share.
 */
function upstream(target: Target, namespace: string): string[] {
  const name = upstreamName(target);
  const host = `${target.to}.${namespace}.svc.${placeholder.clusterDomain}`;
  return block(`upstream ${name}`, [
    `zone ${name} 64k;`,
    `server ${host}:${target.port} resolve max_fails=0;`,
    'keepalive 32;',
    'keepalive_timeout 1s;',
    'keepalive_time 60s;',
  ]);
}

/** `upstreams.conf`: the resolver and an upstream for each service and port that a route leads to. */
export function upstreams(routes: readonly RoutePlan[], proxy: string, namespace: string): string[] {
  return [
    // Ten seconds instead of the record's own time: a Service made anew has another address.
    `resolver ${placeholder.resolvers} valid=10s;`,
    'resolver_timeout 5s;',
    ...targets(routes, proxy).flatMap((target) => upstream(target, namespace)),
  ];
}
