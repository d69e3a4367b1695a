import type { ProxyPlan, RoutePlan } from '../../model/plan';

/** Shared memory for the addresses of one limit, about 16,000 of them to a MiB; the oldest make room for new ones. */
const zoneSize = '4m';

/** The zone of a route's rate limit: by its place in the table, which is sorted. */
export function rateZone(index: number): string {
  return `rate_${index}`;
}

/** The zone of a route of the host of static files. */
export function cdnRateZone(index: number): string {
  return `cdn_rate_${index}`;
}

function rateZones(routes: readonly RoutePlan[], zone: (index: number) => string): string[] {
  return routes.flatMap((route, index) =>
    route.rate === undefined
      ? []
      : [`limit_req_zone $binary_remote_addr zone=${zone(index)}:${zoneSize} rate=${route.rate.perSecond}r/s;`],
  );
}

/** Zones are keyed by the address after `real_ip`: the client's own, not the last proxy's. */
export function limitZones(proxy: ProxyPlan): string[] {
  return [
    ...rateZones(proxy.routes, rateZone),
    ...rateZones(proxy.cdn?.routes ?? [], cdnRateZone),
    ...(proxy.connectionsPerAddress === undefined
      ? []
      : [`limit_conn_zone $binary_remote_addr zone=connections:${zoneSize};`]),
    'limit_req_status 429;',
    'limit_conn_status 429;',
  ];
}
