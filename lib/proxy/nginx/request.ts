import type { ProxyPlan } from '../../model/plan';
import { hiddenFromCdn, hiddenHeaders } from './headers';
import { map } from './syntax';

/** Headers that a client could use to speak to the upstream in a proxy's name; an empty value is not sent. */
const refused = [
  'Forwarded',
  'X-Forwarded-Port',
  'X-Forwarded-Server',
  'X-Forwarded-Prefix',
  'X-Original-URL',
  'X-Rewrite-URL',
  'Proxy',
];

/**
 * What an upstream is told. `X-Forwarded-For` holds one address, the client's: whichever end of the list an application
 * believes, it is the right one.
 */
function toldUpstream(upgrade: boolean, host = '$host$host_port'): string[] {
  return [
    `proxy_set_header Host ${host};`,
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Forwarded-For $remote_addr;',
    'proxy_set_header X-Forwarded-Proto $forwarded_proto;',
    `proxy_set_header X-Forwarded-Host ${host};`,
    'proxy_set_header X-Request-ID $request_id;',
    // Upgrades pass on WebSocket routes only: any other would open a tunnel past every rule (h2c).
    ...(upgrade
      ? ['proxy_set_header Upgrade $upgrade_header;', 'proxy_set_header Connection $connection_header;']
      : ['proxy_set_header Upgrade "";', 'proxy_set_header Connection "";']),
    ...refused.map((name) => `proxy_set_header ${name} "";`),
  ];
}

function exchange(): string[] {
  return [
    'proxy_http_version 1.1;',
    'proxy_connect_timeout 5s;',
    'proxy_next_upstream error timeout;',
    'proxy_next_upstream_tries 2;',
    'proxy_next_upstream_timeout 10s;',
    // Large cookies and policies of an upstream still fit.
    'proxy_buffer_size 16k;',
    'proxy_buffers 8 16k;',
    'proxy_busy_buffers_size 32k;',
    // A slow client is served from memory: /tmp would fill up, and the pod be evicted.
    'proxy_max_temp_file_size 0;',
  ];
}

/** `proxy.conf`, included once for each server: inherited by every location that sets none of these itself. */
export function proxyDefaults(proxy: ProxyPlan): string[] {
  return [...exchange(), ...toldUpstream(false), ...hiddenHeaders(proxy)];
}

/**
 * `cdn-proxy.conf`, for the host of static files: the upstream is asked in the name of the main host, the only one that it
 * need know, and without a cookie: the same file for everybody.
 */
export function cdnDefaults(proxy: ProxyPlan, mainHost: string): string[] {
  return [
    ...exchange(),
    ...toldUpstream(false, mainHost),
    'proxy_set_header Cookie "";',
    ...hiddenHeaders(proxy, hiddenFromCdn),
  ];
}

/** `websocket.conf`, included by WebSocket routes: everything the defaults tell, and the upgrade. */
export function websocketHeaders(): string[] {
  return toldUpstream(true);
}

/** `immutable.conf`, included by routes to hashed files of an upstream: its own word on caching gives way. */
export function immutableHeaders(proxy: ProxyPlan, more: readonly string[] = []): string[] {
  return hiddenHeaders(proxy, ['Cache-Control', 'Expires', 'Pragma', ...more]);
}

/** A request without an upgrade goes over a kept connection, so `Connection` is empty there. */
export function upgradeMaps(): string[] {
  return [
    ...map('$http_upgrade', 'upgrade_header', [
      ['default', '""'],
      ['"~*^websocket$"', 'websocket'],
    ]),
    ...map('$upgrade_header', 'connection_header', [
      ['default', '""'],
      ['websocket', 'upgrade'],
    ]),
  ];
}
