/**
 * Who answers a request, by the text of the Gateway API alone: Gateways, and the HTTPRoutes that attach to them. Fields
 * that it does not know are refused, so that nothing we emit is passed over.
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httproute
 */
import { z } from 'zod';
import { type Answer, elements, greatest, nobody, type Request, startsWithElements } from './answer';

const metadata = z.object({ name: z.string(), namespace: z.string() });

const listener = z.strictObject({
  name: z.string(),
  hostname: z.string().optional(),
  port: z.int(),
  protocol: z.enum(['HTTP', 'HTTPS']),
  tls: z.unknown().optional(),
  allowedRoutes: z.strictObject({ namespaces: z.strictObject({ from: z.enum(['Same', 'All']) }) }).optional(),
});

const gateway = z.object({
  kind: z.literal('Gateway'),
  metadata,
  spec: z.strictObject({ gatewayClassName: z.string(), listeners: z.array(listener).min(1) }),
});

const pathMatch = z.strictObject({ type: z.enum(['Exact', 'PathPrefix']), value: z.string().startsWith('/') });

const filter = z.strictObject({
  type: z.literal('RequestRedirect'),
  requestRedirect: z.strictObject({
    scheme: z.enum(['http', 'https']).optional(),
    hostname: z.string().optional(),
    port: z.int().optional(),
    statusCode: z.int().default(302),
  }),
});

const rule = z.strictObject({
  matches: z.array(z.strictObject({ path: pathMatch })).default([{ path: { type: 'PathPrefix', value: '/' } }]),
  filters: z.array(filter).max(1).optional(),
  backendRefs: z
    .array(z.strictObject({ name: z.string(), port: z.int() }))
    .length(1)
    .optional(),
  timeouts: z.strictObject({ request: z.string() }).optional(),
});

const httpRoute = z.object({
  kind: z.literal('HTTPRoute'),
  metadata,
  spec: z.strictObject({
    parentRefs: z.array(
      z.strictObject({ name: z.string(), namespace: z.string().optional(), sectionName: z.string().optional() }),
    ),
    hostnames: z.array(z.string()).max(16).default(['*']),
    rules: z.array(rule).max(16),
  }),
});

type Gateway = z.output<typeof gateway>;
type Listener = z.output<typeof listener>;
type HttpRoute = z.output<typeof httpRoute>;
type Rule = z.output<typeof rule>;

interface Candidate {
  readonly route: string;
  readonly place: number;
  readonly rule: Rule;
  readonly type: 'Exact' | 'PathPrefix';
  readonly path: string;
  readonly hostname: string;
}

/** "A wildcard matches any number of labels": unlike an Ingress'. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : pattern === host;
}

/** "The most specific": without a wildcard before one, then the one with more characters. */
function precision(pattern: string): number {
  return pattern === '*' ? 0 : pattern.length + (pattern.startsWith('*.') ? 0 : 1000);
}

/** The listener that takes the connection, and one only: of the port, with the most specific host. */
function listenerOf({ spec }: Gateway, { host, port = 443 }: Request): Listener | undefined {
  const fitting = spec.listeners.filter((each) => each.port === port && matchesHost(each.hostname ?? '*', host));
  return fitting.length ? greatest(fitting, ({ hostname = '*' }) => precision(hostname))[0] : undefined;
}

function attaches(route: HttpRoute, { metadata: own }: Gateway, { name, allowedRoutes }: Listener): boolean {
  const { namespace } = route.metadata;
  const from = allowedRoutes?.namespaces.from ?? 'Same';
  if (from === 'Same' && namespace !== own.namespace) return false;
  return route.spec.parentRefs.some(
    (ref) =>
      ref.name === own.name &&
      (ref.namespace ?? namespace) === own.namespace &&
      (ref.sectionName === undefined || ref.sectionName === name),
  );
}

function candidates(route: HttpRoute, { host, path }: Request): Candidate[] {
  const hostnames = route.spec.hostnames.filter((hostname) => matchesHost(hostname, host));
  return hostnames.flatMap((hostname) =>
    route.spec.rules.flatMap((each, place) =>
      each.matches
        .map((match) => match.path)
        .filter(({ type, value }) => (type === 'Exact' ? path === value : startsWithElements(path, value)))
        .map(({ type, value }) => ({ route: route.metadata.name, place, rule: each, type, path: value, hostname })),
    ),
  );
}

/**
 * "Precedence must be given to the match having: exact path match; prefix path match with largest number of characters.
 * […] If ties still exist across multiple routes: the oldest; the first in alphabetical order. Within a route: the first
 * matching rule." All of ours are of one age.
 */
function first(all: readonly Candidate[]): Candidate | undefined {
  if (all.length === 0) return undefined;
  const ofHost = greatest(all, ({ hostname }) => precision(hostname));
  const exact = greatest(ofHost, ({ type }) => (type === 'Exact' ? 1 : 0));
  const longest = greatest(exact, ({ path }) => elements(path).join('/').length);
  return [...longest].sort((a, b) => (a.route < b.route ? -1 : a.route > b.route ? 1 : a.place - b.place))[0];
}

/** "If the scheme is given and the port is not, the port is the scheme's own", and such a port is not written. */
function location(redirect: z.output<typeof filter>['requestRedirect'], request: Request): string {
  const { scheme = request.port === 80 ? 'http' : 'https', hostname = request.host } = redirect;
  const usual = scheme === 'https' ? 443 : 80;
  const port = redirect.port ?? (redirect.scheme === undefined ? (request.port ?? 443) : usual);
  return `${scheme}://${hostname}${port === usual ? '' : `:${port}`}${request.path}`;
}

/** @throws ZodError when a manifest has a field that the specification's matching does not know */
export function answerByGateway(manifests: readonly unknown[], request: Request): Answer {
  const kind = (manifest: unknown): unknown => (manifest as { kind?: unknown }).kind;
  const gateways = manifests.filter((each) => kind(each) === 'Gateway').map((each) => gateway.parse(each));
  const routes = manifests.filter((each) => kind(each) === 'HTTPRoute').map((each) => httpRoute.parse(each));
  const found = gateways.flatMap((each) => {
    const taking = listenerOf(each, request);
    return taking === undefined
      ? []
      : routes.filter((route) => attaches(route, each, taking)).flatMap((route) => candidates(route, request));
  });
  const chosen = first(found)?.rule;
  const redirect = chosen?.filters?.[0]?.requestRedirect;
  if (redirect) return { kind: 'redirect', status: redirect.statusCode, location: location(redirect, request) };
  const [backend] = chosen?.backendRefs ?? [];
  return backend === undefined ? nobody : { kind: 'service', ...backend };
}
