import type { ProxyPlan } from '../../model/plan';

/** Shared memory for the addresses of one limit, about 16,000 of them to a MiB; the oldest make room for new ones. */
const zoneSize = '4m';

/** The zone of a route's rate limit: by its place in the table, which is sorted. */
export function rateZone(index: number): string {
  return `rate_${index}`;
}

/** Zones are keyed by the address after `real_ip`: the client's own, not the last proxy's. */
export function limitZones(proxy: ProxyPlan): string[] {
  const rates = proxy.routes.flatMap((route, index) =>
    route.rate === undefined
      ? []
      : [`limit_req_zone $binary_remote_addr zone=${rateZone(index)}:${zoneSize} rate=${route.rate.perSecond}r/s;`],
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
