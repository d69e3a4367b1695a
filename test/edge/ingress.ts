/**
 * Who answers a request, by the text of the Ingress specification alone. Fields that it does not know are refused, so that
 * nothing we emit is passed over.
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types
 * @see https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
 */
import { z } from 'zod';
import { type Answer, elements, greatest, nobody, type Request, startsWithElements } from './answer';

const backend = z.strictObject({
  service: z.strictObject({ name: z.string(), port: z.strictObject({ number: z.int() }) }),
});

const path = z.strictObject({ path: z.string().startsWith('/'), pathType: z.enum(['Exact', 'Prefix']), backend });

const ingress = z.object({
  kind: z.literal('Ingress'),
  spec: z.strictObject({
    ingressClassName: z.string().optional(),
    tls: z.array(z.strictObject({ hosts: z.array(z.string()), secretName: z.string() })).optional(),
    defaultBackend: backend.optional(),
    rules: z.array(
      z.strictObject({ host: z.string().optional(), http: z.strictObject({ paths: z.array(path).min(1) }) }),
    ),
  }),
});

type Path = z.output<typeof path>;

/** "The host in the request matches exactly, or is equal to the suffix of the wildcard rule": one label more, no other. */
function matchesHost(rule: string | undefined, host: string): boolean {
  if (rule === undefined) return true;
  if (!rule.startsWith('*.')) return rule === host;
  const [first, ...rest] = host.split('.');
  return first !== '' && rest.join('.') === rule.slice(2);
}

/** A precise host before a wildcard, a wildcard before a rule for all. */
function precision(rule: string | undefined): number {
  return rule === undefined ? 0 : rule.startsWith('*.') ? 1 : 2;
}

/** "Exact: matches the URL path exactly and with case sensitivity. Prefix: element by element." */
function matchesPath({ pathType, path: wanted }: Path, asked: string): boolean {
  return pathType === 'Exact' ? asked === wanted : startsWithElements(asked, wanted);
}

/**
 * "Precedence will be given first to the longest matching path. If two paths are still equally matched, to paths with an
 * exact path type over prefix." A slash at a prefix' end is ignored when it matches, so it has no length either.
 */
function length({ pathType, path: wanted }: Path): number {
  return pathType === 'Exact' ? wanted.length : `/${elements(wanted).join('/')}`.length;
}

/** @throws ZodError when it has a field that the specification's matching does not know */
export function answerByIngress(manifest: unknown, request: Request): Answer {
  const { rules, defaultBackend } = ingress.parse(manifest).spec;
  const ofHost = rules.filter(({ host }) => matchesHost(host, request.host));
  const hosts = ofHost.length ? greatest(ofHost, ({ host }) => precision(host)) : [];
  const matching = hosts.flatMap(({ http }) => http.paths).filter((each) => matchesPath(each, request.path));
  const longest = matching.length ? greatest(matching, length) : [];
  const [found] = longest.length ? greatest(longest, ({ pathType }) => (pathType === 'Exact' ? 1 : 0)) : [];
  const service = (found?.backend ?? defaultBackend)?.service;
  return service === undefined ? nobody : { kind: 'service', name: service.name, port: service.port.number };
}
