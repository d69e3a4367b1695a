import type { ProxyPlan } from '../../model/plan';
import { block, map, quoted } from './syntax';

/**
 * Paths that nginx and an upstream could read differently: dot segments and a leading double slash (a host to a URL
 * parser), also encoded, a backslash (a slash to one), encoded control characters (some leave them out). nginx chooses the
 * location by the normal form but passes on what was sent, so that such a path could reach a page of an upstream that no
 * route leads to. Browsers never send them.
 */
const ambiguousPaths = [
  '"~*^/(/|%2f)"',
  // A backslash is written four times: nginx takes one half of them, the expression the other.
  String.raw`"~^[^?]*\\\\"`,
  '"~*^[^?]*%([01][0-9a-f]|7f)"',
  // A dot segment: one or two dots, plain or encoded, between slashes, plain or encoded, before any query. Servlets forget
  // what follows a semicolon.
  String.raw`"~*^[^?]*(/|%2f|%5c)(\.|%2e)(\.|%2e)?(/|%2f|%5c|;|%3b|\?|$)"`,
];

/** Methods that are not allowed get 405 and are told which are. */
function methodMaps(methods: readonly string[]): string[] {
  return [
    ...map('$request_method', 'method_refused', [['default', '1'], ...methods.map((method) => [method, '0'] as const)]),
    ...map('$method_refused', 'allow', [
      ['default', '""'],
      ['1', quoted(methods.join(', '))],
    ]),
  ];
}

/** Another origin's script may ask when its origin is on the list; the browser enforces it. */
function corsMaps(cors: NonNullable<ProxyPlan['cors']>): string[] {
  const onPreflight = (variable: string, value: string): string[] =>
    map('"$cors_preflight:$cors_origin"', variable, [
      ['default', '""'],
      ['~^1:.', quoted(value)],
    ]);
  return [
    ...map('$http_origin', 'cors_origin', [
      ['default', '""'],
      ...cors.origins.map((origin) => [quoted(origin), quoted(origin)] as const),
    ]),
    ...map('"$request_method:$http_origin:$http_access_control_request_method"', 'cors_preflight', [
      ['default', '0'],
      ['"~^OPTIONS:.+:.+"', '1'],
    ]),
    ...onPreflight('cors_methods', cors.methods.join(', ')),
    ...onPreflight('cors_headers', cors.headers.join(', ')),
    ...onPreflight('cors_max_age', String(cors.maxAgeSeconds)),
  ];
}

/** The variables that decide about a request. */
export function policyMaps(proxy: ProxyPlan): string[] {
  return [
    ...map('$request_uri', 'ambiguous_path', [
      ['default', '0'],
      ...ambiguousPaths.map((pattern) => [pattern, '1'] as const),
    ]),
    ...(proxy.methods === undefined ? [] : methodMaps(proxy.methods)),
    ...(proxy.cors === undefined ? [] : corsMaps(proxy.cors)),
  ];
}

/** The same for the host of static files, which are only read. */
export function cdnEarlyAnswers(): string[] {
  return [
    ...block('if ($ambiguous_path)', ['return 400;']),
    ...block('if ($request_method !~ "^(GET|HEAD)$")', ['return 405;']),
  ];
}

/** Answers before any location is chosen. `if` with nothing but `return` in it is sound. */
export function earlyAnswers(proxy: ProxyPlan): string[] {
  return [
    ...block('if ($ambiguous_path)', ['return 400;']),
    ...(proxy.cors === undefined ? [] : block('if ($cors_preflight)', ['return 204;'])),
    ...(proxy.methods === undefined ? [] : block('if ($method_refused)', ['return 405;'])),
  ];
}
