import type { ProxyPlan, RoutePlan } from '../../model/plan';

/** Shared memory for the addresses of one limit, about 16,000 of them to a MiB; the oldest make room for new ones. */
const zoneSize = '4m';

/** The zone of a route's rate limit: by its place in the table, which is sorted. */
export function rateZone(routes: readonly RoutePlan[], route: RoutePlan): string {
  return `rate_${routes.indexOf(route)}`;
}

/** Zones are keyed by the address after `real_ip`: the client's own, not the last proxy's. */
export function limitZones(proxy: ProxyPlan): string[] {
  const rates = proxy.routes.flatMap((route) =>
    route.rate === undefined
      ? []
      : [
          `limit_req_zone $binary_remote_addr zone=${rateZone(proxy.routes, route)}:${zoneSize} rate=${route.rate.perSecond}r/s;`,
        ],
  );
  return [
    ...rates,
    ...(proxy.connectionsPerAddress === undefined
      ? []
      : [`limit_conn_zone $binary_remote_addr zone=connections:${zoneSize};`]),
    'limit_req_status 429;',
    'limit_conn_status 429;',
  ];
}
