import { block, map } from './syntax';

/**
 * One line of JSON for each request. The path stands in it as it was asked for, without its query: a query holds tokens
 * (`/ws/game/<room>/?token=…`), and so does a referrer, which is left out altogether.
 */
const fields: readonly (readonly [string, string])[] = [
  ['time', '"$time_iso8601"'],
  ['address', '"$remote_addr"'],
  ['method', '"$request_method"'],
  ['host', '"$host"'],
  ['path', '"$logged_path"'],
  ['protocol', '"$server_protocol"'],
  ['status', '$logged_status'],
  ['bytes', '$body_bytes_sent'],
  ['seconds', '$request_time'],
  ['upstream', '"$upstream_addr"'],
  ['upstream_status', '"$upstream_status"'],
  ['upstream_seconds', '"$upstream_response_time"'],
  ['rate_limit', '"$limit_req_status"'],
  ['connection_limit', '"$limit_conn_status"'],
  ['request_id', '"$request_id"'],
  ['agent', '"$http_user_agent"'],
];

/** The access log. */
export function accessLog(): string[] {
  return [
    // `$uri` is no longer what was asked for once a page falls back to index.html; without a request line it is all there is.
    ...map('$request_uri', 'logged_path', [
      ['default', '$uri'],
      ['"~^(?<path_asked_for>[^?#]+)"', '$path_asked_for'],
    ]),
    // HTTP/0.9 is logged as 009, which is no JSON number.
    ...map('$status', 'logged_status', [
      ['default', '$status'],
      ['~^0', '0'],
    ]),
    'log_format json escape=json',
    ...fields.map(([name, value], index) => {
      const open = index === 0 ? '{' : ',';
      return `    '${open}"${name}":${value}${index === fields.length - 1 ? "}';" : "'"}`;
    }),
    'access_log /dev/stdout json;',
  ];
}

/**
 * nginx writes the whole request line, query included, into every error that concerns a request, and its form cannot be
 * changed. So servers log only what is critical; an upstream's failure is in the access log, with its address and status.
 * What concerns no request (start, resolver, workers) is logged as usual.
 */
export const requestErrorLog = 'error_log stderr crit;';

/** The status page for an exporter in the same pod. */
export function statusServer(port: number, path: string): string[] {
  return block('server', [
    `listen 127.0.0.1:${port};`,
    'access_log off;',
    ...block(`location = ${path}`, ['stub_status;']),
    ...block('location /', ['return 404;']),
  ]);
}
