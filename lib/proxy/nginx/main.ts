import { placeholder, statusPath, statusPort } from '../layout';
import type { ProxyService } from '../proxy-service';
import { clientAddress } from './client-address';
import { headerMaps } from './headers';
import { limitZones } from './limits';
import { accessLog, statusServer } from './log';
import { policyMaps } from './policy';
import { upgradeMaps } from './request';
import { block } from './syntax';
import { redirectMaps, tlsMaps } from './tls';

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const compressed = [
  'text/css',
  'text/javascript',
  'text/plain',
  'text/xml',
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/wasm',
  'application/xml',
  'image/svg+xml',
];

function compression(gzip: boolean, brotli: boolean): string[] {
  return [
    ...(gzip
      ? [
          'gzip on;',
          'gzip_static on;',
          'gzip_comp_level 5;',
          'gzip_min_length 1024;',
          'gzip_proxied any;',
          'gzip_vary on;',
          `gzip_types ${compressed.join(' ')};`,
        ]
      : []),
    ...(brotli ? [`${placeholder.brotli}brotli_static on;`] : []),
  ];
}

/**
 * How long a kept connection outlives nginx' order to stop, seconds: closed at once, it would take along the request that
 * its client is just sending. The next answer on it says `Connection: close`. Needs nginx 1.27.4.
 */
const keptSeconds = 10;

/** Slow clients hold a connection, never a worker, and not for ever. */
const clients = [
  'client_header_timeout 15s;',
  'client_body_timeout 30s;',
  'send_timeout 30s;',
  'keepalive_timeout 65s;',
  `keepalive_min_timeout ${keptSeconds}s;`,
  'reset_timedout_connection on;',
  'large_client_header_buffers 4 16k;',
];

function http(service: ProxyService, hosts: readonly string[]): string[] {
  const { proxy } = service;
  return [
    'include /etc/nginx/mime.types;',
    'default_type application/octet-stream;',
    ...temporary.map((name) => `${name}_temp_path /tmp/${name}_temp;`),
    'server_tokens off;',
    'absolute_redirect off;',
    'merge_slashes on;',
    'sendfile on;',
    'tcp_nopush on;',
    'map_hash_bucket_size 256;',
    // A name may be longer than the usual bucket.
    ...(proxy.cdn === undefined ? [] : ['server_names_hash_bucket_size 512;']),
    ...clients,
    ...accessLog(),
    ...clientAddress(proxy.trustedProxies),
    ...upgradeMaps(),
    ...policyMaps(proxy),
    ...headerMaps(proxy),
    ...limitZones(proxy),
    ...compression(proxy.gzip, proxy.brotli),
    ...(proxy.tlsSecret === undefined
      ? []
      : [...tlsMaps(), ...redirectMaps([...hosts, ...(proxy.cdn ? [proxy.cdn.host] : [])])]),
    'include upstreams.conf;',
    'include servers.conf;',
    ...statusServer(statusPort, statusPath),
  ];
}

/**
 * How long connections may last once nginx is told to stop, seconds: its grace, less a margin. Without it a WebSocket
 * would hold the old worker until it is killed.
 */
export function shutdownSeconds(graceSeconds: number): number {
  return Math.max(1, graceSeconds - 5);
}

/** Connections of one worker: to clients and to upstreams together. */
export const workerConnections = 16384;

/** As many as the CPU limit has whole CPUs: `auto` would count the node's. */
export function workerProcesses({ resources }: Pick<ProxyService, 'resources'>): number {
  return Math.max(1, Math.floor(resources.limits.cpu / 1000));
}

/** `nginx.conf`. */
export function main(service: ProxyService, hosts: readonly string[]): string[] {
  const { proxy, graceSeconds } = service;
  return [
    ...(proxy.brotli
      ? [`${placeholder.brotli}load_module ${placeholder.modules}/ngx_http_brotli_static_module.so;`]
      : []),
    'daemon off;',
    'pid /tmp/nginx.pid;',
    'error_log stderr warn;',
    `worker_processes ${workerProcesses(service)};`,
    'worker_rlimit_nofile 65536;',
    `worker_shutdown_timeout ${shutdownSeconds(graceSeconds)}s;`,
    ...block('events', [`worker_connections ${workerConnections};`]),
    ...block('http', http(service, hosts)),
  ];
}
