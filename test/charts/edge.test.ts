import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import { type Shop, shopPlan } from '../proxy/fixture';

type Manifest = { kind: string; metadata: { name: string }; spec: unknown };

function objects(
  shop: Shop,
  change: (plan: ReturnType<typeof shopPlan>) => ReturnType<typeof shopPlan> = (plan) => plan,
): Manifest[] {
  return new EdgeChart(new App(), change(shopPlan(shop))).toJson() as Manifest[];
}

const names = (manifests: Manifest[]): string[] => manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

const issued = { by: 'cert-manager', issuer: 'letsencrypt' } as const;

describe('50-edge', () => {
  test('is called so, because its name is its file', () => {
    expect(new EdgeChart(new App(), shopPlan()).node.id).toBe('50-edge');
  });

  test('has the proxy and an Ingress that leads to it', () => {
    expect(names(objects({}))).toEqual(expect.arrayContaining(['Deployment/proxy', 'Service/proxy', 'Ingress/edge']));
  });

  test('has an Ingress alone where the system has no proxy', () => {
    expect(names(objects({ proxy: null }))).toEqual(['Ingress/edge']);
  });

  test('has no Ingress where a load balancer leads to the proxy, and a Certificate, which no Ingress could ask for', () => {
    const found = names(objects({ proxy: { tls: true }, environment: { edge: 'load-balancer', tls: issued } }));
    expect(found).toContain('Certificate/edge-tls');
    expect(found.filter((name) => name.startsWith('Ingress/'))).toEqual([]);
  });

  test('has a Certificate beside an Ingress by one word', () => {
    expect(names(objects({ environment: { tls: issued } }))).not.toContain('Certificate/edge-tls');
    const found = objects({ environment: { tls: { ...issued, certificate: true } } });
    expect(found.find(({ kind }) => kind === 'Certificate')?.spec).toEqual({
      secretName: 'edge-tls',
      dnsNames: ['shop.example.org'],
      issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    });
  });

  test('is empty where nothing comes in', () => {
    const none = objects({ proxy: null }, (plan) => ({ ...plan, edge: { ...plan.edge, kind: 'none' } }));
    expect(none).toEqual([]);
  });
});
