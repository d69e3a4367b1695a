import type { ProxyPlan } from '../../model/plan';
import { placeholder } from '../layout';
import type { ProxyService } from '../proxy-service';
import { cdnRateZone, rateZone } from './limits';
import { healthLocations, routeLocations } from './locations';
import { requestErrorLog } from './log';
import { cdnEarlyAnswers, earlyAnswers } from './policy';
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

function common(name: string, headers: string): string[] {
  return [
    `server_name ${name};`,
    requestErrorLog,
    `include ${headers};`,
    'set $cache_control "";',
    ...errorPage(),
    ...healthLocations(),
  ];
}

function connectionLimit(limit: number | undefined): string[] {
  return limit === undefined ? [] : [`limit_conn connections ${limit};`];
}

/** Every host but the one of static files. */
function application(service: ProxyService): string[] {
  const { proxy } = service;
  return [
    ...common('_', 'headers.conf'),
    ...connectionLimit(proxy.connectionsPerAddress),
    'include proxy.conf;',
    `client_max_body_size ${proxy.bodySize}m;`,
    ...earlyAnswers(proxy),
    ...routeLocations(service, { routes: proxy.routes, zone: rateZone, immutable: 'immutable.conf' }),
  ];
}

/** The host of static files: their paths and nothing else. A network's few addresses hold all its connections, so these have no limit. */
function files(service: ProxyService, cdn: NonNullable<ProxyPlan['cdn']>): string[] {
  return [
    ...common(cdn.host, 'cdn-headers.conf'),
    'include cdn-proxy.conf;',
    ...cdnEarlyAnswers(),
    ...routeLocations(service, { routes: cdn.routes, zone: cdnRateZone, immutable: 'cdn-immutable.conf' }),
  ];
}

/** `servers.conf`: the application on 8080, or on 8443 with 8080 redirecting to it. */
export function servers(service: ProxyService): string[] {
  const { proxy } = service;
  const { cdn } = proxy;
  const whole = { parameters: ' default_server', lines: application(service) };
  const hosts = cdn === undefined ? [whole] : [whole, { parameters: '', lines: files(service, cdn) }];
  if (proxy.tlsSecret === undefined) {
    return hosts.flatMap(({ parameters, lines }) => block('server', [...listen(httpPort, parameters), ...lines]));
  }
  return [
    ...block('server', [
      ...listen(httpPort, ' default_server'),
      ...common('_', 'headers.conf'),
      ...connectionLimit(proxy.connectionsPerAddress),
      ...redirectLocation(),
    ]),
    ...hosts.flatMap(({ parameters, lines }) =>
      block('server', [...listen(httpsPort, ` ssl${parameters}`), ...tlsSettings(), ...lines]),
    ),
  ];
}
