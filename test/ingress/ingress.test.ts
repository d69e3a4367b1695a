import { App, Chart } from 'cdk8s';
import { Ingress } from '../../lib/ingress';
import type { Plan } from '../../lib/model/plan';
import { planWith } from '../edge/renderings';
import { type Shop, shopPlan } from '../proxy/fixture';

interface Manifest {
  readonly metadata: { readonly annotations?: Record<string, string>; readonly namespace: string };
  readonly spec: {
    readonly ingressClassName?: string;
    readonly tls?: unknown;
    readonly rules: readonly { readonly host?: string; readonly http: { readonly paths: readonly unknown[] } }[];
  };
}

function ingress(plan: Plan): Manifest {
  const chart = new Chart(new App(), 'test');
  new Ingress(chart, 'ingress', { plan });
  return chart.toJson()[0] as Manifest;
}

const of = (shop: Shop): Manifest => ingress(shopPlan(shop));
const backend = (name: string, number: number): unknown => ({ service: { name, port: { number } } });

describe('an Ingress', () => {
  test('leads everything to the proxy where there is one', () => {
    expect(of({}).spec.rules).toEqual([
      { host: 'shop.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend('proxy', 80) }] } },
    ]);
  });

  test('leads each route to its service where there is none', () => {
    const routes: Shop['routes'] = [
      { path: '/', to: 'frontend' },
      { path: '/api/', to: 'backend' },
      { path: '/old', match: 'exact', to: 'backend' },
    ];
    expect(of({ proxy: null, routes }).spec.rules[0]?.http.paths).toEqual([
      { path: '/api/', pathType: 'Prefix', backend: backend('backend', 8000) },
      { path: '/old', pathType: 'Exact', backend: backend('backend', 8000) },
      { path: '/', pathType: 'Prefix', backend: backend('frontend', 3000) },
    ]);
  });

  test('has the same rules for each host', () => {
    const { rules } = of({ environment: { systems: { shop: { hosts: ['a.example', 'b.example'] } } } }).spec;
    expect(rules.map(({ host }) => host)).toEqual(['a.example', 'b.example']);
    expect(rules[0]?.http).toEqual(rules[1]?.http);
  });

  test('has a class only where one is given', () => {
    expect(of({}).spec).not.toHaveProperty('ingressClassName');
    const className = 'traefik';
    expect(of({ environment: { ingress: { className, peer: { namespace: 'x' } } } }).spec.ingressClassName).toBe(
      className,
    );
  });

  test.each([
    ['ClusterIssuer', { 'cert-manager.io/cluster-issuer': 'letsencrypt' }],
    ['Issuer', { 'cert-manager.io/issuer': 'letsencrypt' }],
  ] as const)('asks a %s for its certificate by annotation, and has no other annotation', (issuerKind, annotations) => {
    const manifest = of({ environment: { tls: { by: 'cert-manager', issuer: 'letsencrypt', issuerKind } } });
    expect(manifest.metadata.annotations).toEqual(annotations);
    expect(manifest.spec.tls).toEqual([{ hosts: ['shop.example.org'], secretName: 'edge-tls' }]);
  });

  test('asks nobody where the certificate is an object of its own, a Secret, or none', () => {
    const tls = { by: 'cert-manager', issuer: 'letsencrypt', certificate: true } as const;
    expect(of({ environment: { tls } }).metadata.annotations).toBeUndefined();
    const named = of({ environment: { tls: { by: 'secret', secret: 'mine' } } });
    expect(named.metadata.annotations).toBeUndefined();
    expect(named.spec.tls).toEqual([{ hosts: ['shop.example.org'], secretName: 'mine' }]);
    expect(of({}).spec.tls).toBeUndefined();
  });

  test('has the host of static files with its paths, and a certificate of its own where cert-manager makes it', () => {
    const { tls, rules } = ingress(planWith('lms', 'production', {}, 'high')).spec;
    expect(rules.map(({ host, http }) => [host, http.paths])).toEqual([
      ['lms.example.com', [{ path: '/', pathType: 'Prefix', backend: backend('nginx', 80) }]],
      ['static.lms.example.com', [{ path: '/static/', pathType: 'Prefix', backend: backend('nginx', 80) }]],
    ]);
    expect(tls).toEqual([
      { hosts: ['lms.example.com'], secretName: 'edge-tls' },
      { hosts: ['static.lms.example.com'], secretName: 'edge-cdn-tls' },
    ]);
    const named = { tls: { by: 'secret', secret: 'mine', issuer: null } };
    expect(ingress(planWith('lms', 'production', named, 'high')).spec.tls).toEqual([
      { hosts: ['lms.example.com', 'static.lms.example.com'], secretName: 'mine' },
    ]);
  });
});
