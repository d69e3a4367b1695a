import { placeholder } from '../layout';
import type { ProxyService } from '../proxy-service';
import { healthLocations, routeLocations } from './locations';
import { requestErrorLog } from './log';
import { earlyAnswers } from './policy';
import { block } from './syntax';
import { redirectLocation, tlsSettings } from './tls';

/** The port of plain HTTP, and of HTTPS where TLS ends at this pod. */
export const httpPort = 8080;
export const httpsPort = 8443;

function listen(port: number, parameters: string): string[] {
  return [`listen ${port}${parameters};`, `${placeholder.ipv6}listen [::]:${port}${parameters};`];
}

/**
 * Errors that nginx itself answers: a page with the number and the request's id, by which the log line is found. Not 400,
 * which can arise before there is a path.
 */
function errorPage(): string[] {
  return [
    'error_page 403 404 405 408 411 413 414 429 431 500 501 502 503 504 @error;',
    ...block('location @error', [
      'default_type text/html;',
      'return 200 "<!doctype html><title>$status</title><h1>$status</h1><p>Request $request_id</p>\\n";',
    ]),
  ];
}

function common(service: ProxyService): string[] {
  const { proxy } = service;
  const limit = proxy.connectionsPerAddress;
  return [
    'server_name _;',
    requestErrorLog,
    'include headers.conf;',
    'set $cache_control "";',
    ...(limit === undefined ? [] : [`limit_conn connections ${limit};`]),
    ...errorPage(),
    ...healthLocations(service),
  ];
}

function application(service: ProxyService): string[] {
  return [
    'include proxy.conf;',
    `client_max_body_size ${service.proxy.bodySize}m;`,
    ...earlyAnswers(service.proxy),
    ...routeLocations(service),
  ];
}

/** `servers.conf`: the application on 8080, or on 8443 with 8080 redirecting to it. */
export function servers(service: ProxyService): string[] {
  if (service.proxy.tlsSecret === undefined) {
    return block('server', [...listen(httpPort, ' default_server'), ...common(service), ...application(service)]);
  }
  return [
    ...block('server', [...listen(httpPort, ' default_server'), ...common(service), ...redirectLocation()]),
    ...block('server', [
      ...listen(httpsPort, ' ssl default_server'),
      ...tlsSettings(),
      ...common(service),
      ...application(service),
    ]),
  ];
}
