import type { ProxyPlan } from '../../model/plan';
import { map, quoted } from './syntax';

/** What no page of these systems needs; one that does asks for it in its own system's file once there is such a one. */
const permissionsPolicy = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

const allCorsHeaders = [
  ...['Origin', 'Methods', 'Headers'].map((name) => `Access-Control-Allow-${name}`),
  'Access-Control-Max-Age',
  'Access-Control-Allow-Credentials',
];

/** A year: what browsers' preload lists ask for. No subdomains: those are not ours to decide about. */
const hstsValue = 'max-age=31536000';

/** Security headers by name; a value may be a variable, and an empty one is not sent. */
function security(proxy: ProxyPlan): readonly (readonly [string, string])[] {
  return [
    ['Content-Security-Policy', quoted(proxy.contentSecurityPolicy)],
    ['X-Frame-Options', proxy.frameOptions],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
    ['Permissions-Policy', quoted(permissionsPolicy)],
    ...(proxy.hsts ? [['Strict-Transport-Security', '$hsts'] as const] : []),
  ];
}

/** What a browser keeps of a static file that says nothing itself, seconds: short, because its name may stay when it changes. */
const briefSeconds = 300;

/**
 * `headers.conf`, included once for each server. `add_header` is inherited only by a level that has none of its own, so
 * no location has one: what differs between locations comes in by a variable.
 */
export function responseHeaders(proxy: ProxyPlan): string[] {
  const always = security(proxy).map(([name, value]) => `add_header ${name} ${value} always;`);
  const limits = ['add_header Retry-After $retry_after always;'];
  const allow = proxy.methods === undefined ? [] : ['add_header Allow $allow always;'];
  const cors =
    proxy.cors === undefined
      ? []
      : [
          'add_header Access-Control-Allow-Origin $cors_origin always;',
          'add_header Access-Control-Allow-Methods $cors_methods always;',
          'add_header Access-Control-Allow-Headers $cors_headers always;',
          'add_header Access-Control-Max-Age $cors_max_age always;',
          'add_header Vary Origin always;',
        ];
  // Without `always`: an error must not be cached for a year.
  return [...always, ...limits, ...allow, ...cors, 'add_header Cache-Control $cache_control;'];
}

/**
 * `cdn-headers.conf`, for the host of static files. Any origin may read them, without a word about which one asked: a
 * network that ignores `Vary: Origin` would hand the answer to one page to all others, and fonts would not load.
 */
export function cdnHeaders(proxy: ProxyPlan): string[] {
  return [
    ...security(proxy).map(([name, value]) => `add_header ${name} ${value} always;`),
    'add_header Retry-After $retry_after always;',
    'add_header Access-Control-Allow-Origin "*" always;',
    'add_header Cache-Control $cdn_cache_control;',
  ];
}

/**
 * What an upstream says and the proxy does not pass on: the headers that the proxy sets itself, or they would be there
 * twice, and what tells about its insides. As `proxy_hide_header` is inherited like `add_header`, a location that hides
 * more repeats them all.
 */
export function hiddenHeaders(proxy: ProxyPlan, more: readonly string[] = []): string[] {
  const names = [
    ...security(proxy).map(([name]) => name),
    ...(proxy.hsts ? [] : ['Strict-Transport-Security']),
    'X-Powered-By',
    ...(proxy.cors === undefined ? [] : allCorsHeaders),
    ...more,
  ];
  return [...new Set(names)].map((name) => `proxy_hide_header ${name};`);
}

/** What a static file's upstream does not say either: a cookie would keep the network from storing the file, or be stored with it. */
export const hiddenFromCdn = [...allCorsHeaders, 'Set-Cookie'];

/** The variables that the headers use. */
export function headerMaps(proxy: ProxyPlan): string[] {
  return [
    ...(proxy.hsts
      ? map('$forwarded_proto', 'hsts', [
          ['default', '""'],
          ['https', quoted(hstsValue)],
        ])
      : []),
    ...(proxy.cdn === undefined
      ? []
      : map('"$cache_control:$upstream_http_cache_control"', 'cdn_cache_control', [
          ['default', '$cache_control'],
          ['":"', quoted(`public, max-age=${briefSeconds}`)],
        ])),
    ...map('"$limit_req_status:$limit_conn_status"', 'retry_after', [
      ['default', '""'],
      ['"~REJECTED"', '1'],
    ]),
  ];
}
