import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import type { Plan } from '../../lib/model/plan';
import { type Shop, shopPlan } from '../proxy/fixture';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly annotations?: unknown };
  readonly spec: Record<string, unknown>;
}

const kinds = ['Gateway', 'HTTPRoute', 'ReferenceGrant', 'Certificate', 'Ingress'];

function objects(plan: Plan): Manifest[] {
  return (new EdgeChart(new App(), plan).toJson() as Manifest[]).filter(({ kind }) => kinds.includes(kind));
}

const className = 'traefik';
const issued = { by: 'cert-manager', issuer: 'letsencrypt' } as const;

const of = (environment: Shop['environment'], shop: Shop = {}): Manifest[] =>
  objects(shopPlan({ ...shop, environment: { edge: 'gateway', gateway: { className }, ...environment } }));

const names = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

function named(manifests: readonly Manifest[], name: string): Manifest {
  const found = manifests.find(({ kind, metadata }) => `${kind}/${metadata.name}` === name);
  if (found === undefined) throw new Error(`no ${name} among ${names(manifests).join(', ')}`);
  return found;
}

const ownRoutes = { namespaces: { from: 'Same' } };

describe('a Gateway of our own', () => {
  test('is chosen by one word, with the class of the Ingress where no other is given', () => {
    const plan = shopPlan({
      environment: { edge: 'gateway', ingress: { className: 'contour', peer: { namespace: 'contour' } } },
    });
    expect(names(objects(plan))).toEqual(['Gateway/edge', 'HTTPRoute/edge']);
    expect(named(objects(plan), 'Gateway/edge').spec['gatewayClassName']).toBe('contour');
    expect(plan.edge.peer.pods?.namespace).toBe('contour');
  });

  test('listens on port 80 alone without TLS', () => {
    expect(named(of({}), 'Gateway/edge').spec).toEqual({
      gatewayClassName: className,
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: ownRoutes }],
    });
  });

  test('has a listener for each host with TLS, and the annotation that cert-manager reads', () => {
    const manifests = of({ tls: issued, systems: { shop: { hosts: ['a.example', 'b.example'] } } });
    const { metadata, spec } = named(manifests, 'Gateway/edge');
    expect(metadata.annotations).toEqual({ 'cert-manager.io/cluster-issuer': 'letsencrypt' });
    const tls = { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'edge-tls' }] };
    const https = { port: 443, protocol: 'HTTPS', tls, allowedRoutes: ownRoutes };
    expect(spec['listeners']).toEqual([
      { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: ownRoutes },
      { name: 'https', hostname: 'a.example', ...https },
      { name: 'https-2', hostname: 'b.example', ...https },
    ]);
    expect(names(manifests)).not.toContain('Certificate/edge-tls');
  });

  test.each([
    ['a named Secret', { by: 'secret', secret: 'mine' }, 'mine'],
    ['a self-signed pair', { by: 'self-signed' }, 'edge-tls'],
    ['a Certificate', { ...issued, certificate: true }, 'edge-tls'],
  ] as const)('has no annotation with %s', (_, tls, secret) => {
    const secrets = { provider: 'existing' } as const;
    const manifests = of({ tls, secrets });
    const { metadata, spec } = named(manifests, 'Gateway/edge');
    expect(metadata.annotations).toBeUndefined();
    expect(JSON.stringify(spec)).toContain(`"name":"${secret}"`);
    expect(names(manifests).includes('Certificate/edge-tls')).toBe(tls.by === 'cert-manager');
  });

  test('redirects everything from port 80 to https', () => {
    expect(named(of({ tls: issued }), 'HTTPRoute/edge-redirect').spec).toEqual({
      parentRefs: [{ name: 'edge', sectionName: 'http' }],
      hostnames: ['shop.example.org'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
        },
      ],
    });
  });
});

describe('HTTPRoutes', () => {
  test('lead everything to the proxy, without a time-out, because the proxy has its own', () => {
    expect(named(of({ tls: issued }), 'HTTPRoute/edge').spec).toEqual({
      parentRefs: [{ name: 'edge', sectionName: 'https' }],
      hostnames: ['shop.example.org'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: 'proxy', port: 80 }],
          timeouts: { request: '0s' },
        },
      ],
    });
  });

  test('lead each route to its service where there is no proxy, with the time-outs of the table', () => {
    const routes: Shop['routes'] = [
      { path: '/', to: 'frontend' },
      { path: '/api/', to: 'backend', timeoutSeconds: 300 },
      { path: '/old', match: 'exact', to: 'backend' },
      { path: '/ws/', to: 'backend', websocket: true },
      { path: '/events/', to: 'backend', streaming: true },
    ];
    const { rules } = named(of({}, { proxy: null, routes }), 'HTTPRoute/edge').spec;
    const said = (rules as { matches: { path: { type: string; value: string } }[]; timeouts: unknown }[]).map(
      ({ matches, timeouts }) => [matches[0]?.path.type, matches[0]?.path.value, timeouts],
    );
    expect(said).toEqual([
      ['PathPrefix', '/events', { request: '0s' }],
      ['PathPrefix', '/api', { request: '300s' }],
      ['Exact', '/old', { request: '60s' }],
      ['PathPrefix', '/ws', { request: '0s' }],
      ['PathPrefix', '/', { request: '60s' }],
    ]);
  });

  test('are as many as their limits of 16 hosts and 16 rules ask for', () => {
    const routes = Array.from({ length: 40 }, (_, index) => ({
      path: `/r${index}/`,
      to: index === 0 ? 'frontend' : 'backend',
    }));
    const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.example.org`);
    const manifests = of({ tls: issued, systems: { shop: { hosts } } }, { proxy: null, routes });
    const found = manifests.filter(({ kind, metadata }) => kind === 'HTTPRoute' && !metadata.name.includes('redirect'));
    expect(found.map(({ metadata }) => metadata.name)).toEqual(
      ['edge', 2, 3, 4, 5, 6].map((n) => (n === 'edge' ? n : `edge-${n}`)),
    );
    const pairs = found.flatMap(({ spec }) =>
      (spec['hostnames'] as string[]).flatMap((host) =>
        (spec['rules'] as unknown[]).map((rule) => `${host} ${JSON.stringify(rule)}`),
      ),
    );
    expect(new Set(pairs).size).toBe(20 * 40);
    for (const { spec } of found) {
      expect((spec['hostnames'] as unknown[]).length).toBeLessThanOrEqual(16);
      expect((spec['rules'] as unknown[]).length).toBeLessThanOrEqual(16);
      expect((spec['parentRefs'] as unknown[]).length).toBeLessThanOrEqual(32);
    }
    expect(names(manifests)).toEqual(expect.arrayContaining(['HTTPRoute/edge-redirect', 'HTTPRoute/edge-redirect-2']));
  });
});

describe('a Gateway that exists', () => {
  const parent = { name: 'public', namespace: 'infra', sectionName: 'https', redirectSectionName: 'http' };

  test('is referred to, and none is made', () => {
    const manifests = of({ tls: { by: 'gateway' }, gateway: { parent } });
    expect(names(manifests)).toEqual(['HTTPRoute/edge', 'HTTPRoute/edge-redirect']);
    expect(named(manifests, 'HTTPRoute/edge').spec['parentRefs']).toEqual([
      { name: 'public', namespace: 'infra', sectionName: 'https' },
    ]);
    expect(named(manifests, 'HTTPRoute/edge-redirect').spec['parentRefs']).toEqual([
      { name: 'public', namespace: 'infra', sectionName: 'http' },
    ]);
  });

  test('of another namespace may read our certificate and nothing else', () => {
    const manifests = of({ tls: issued, gateway: { parent } });
    const { apiVersion, metadata, spec } = named(manifests, 'ReferenceGrant/edge-certificates');
    expect([apiVersion, metadata.namespace]).toEqual(['gateway.networking.k8s.io/v1beta1', 'shop-production']);
    expect(spec).toEqual({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra' }],
      to: [{ group: '', kind: 'Secret', name: 'edge-tls' }],
    });
    // No Gateway of ours could carry cert-manager's annotation.
    expect(names(manifests)).toContain('Certificate/edge-tls');
  });

  test('of the same namespace needs no grant, and any listener where none is named', () => {
    const manifests = of({ tls: issued, gateway: { parent: { name: 'public' } } });
    expect(names(manifests)).toEqual(['Certificate/edge-tls', 'HTTPRoute/edge']);
    expect(named(manifests, 'HTTPRoute/edge').spec['parentRefs']).toEqual([{ name: 'public' }]);
  });
});

test("the policies let in the Gateway's pods, and cert-manager's solver too", () => {
  const peer = { namespace: 'gateways', podLabels: { app: 'envoy' } };
  const plan = shopPlan({ environment: { edge: 'gateway', gateway: { className, peer }, tls: issued } });
  expect(plan.edge.peer).toEqual({ pods: peer, cidrs: [] });
  expect(plan.network.acmeSolver).toBe(true);
  const usual = shopPlan({ environment: { gateway: { className, peer } } });
  expect(usual.edge.peer.pods?.namespace).toBe('ingress');
});
