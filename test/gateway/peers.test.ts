import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import { NetworkChart } from '../../charts/network';
import { ServicesChart } from '../../charts/services';
import type { Plan } from '../../lib/model/plan';
import { proxyOf, type Shop, shopPlan } from '../proxy/fixture';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

const className = 'traefik';
const issued = { by: 'cert-manager', issuer: 'letsencrypt' } as const;

function policy(plan: Plan, name: string): Manifest {
  const found = (new NetworkChart(new App(), plan).toJson() as Manifest[]).find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name,
  );
  if (found === undefined) throw new Error(`no policy ${name}`);
  return found;
}

describe('where requests come from', () => {
  const nodes = ['10.66.0.0/24', '2001:db8:66::/64'];
  const of = (peer: NonNullable<NonNullable<Shop['environment']>['gateway']>['peer']): Plan =>
    shopPlan({ environment: { edge: 'gateway', gateway: { className, peer }, tls: issued } });

  test('may be addresses: those of nodes, or of a load balancer of the cloud', () => {
    const plan = of({ cidrs: nodes });
    const from = nodes.map((cidr) => ({ ipBlock: { cidr } }));
    expect(policy(plan, 'proxy').spec['ingress']).toContainEqual({ from, ports: [{ port: 8080, protocol: 'TCP' }] });
    expect(policy(plan, 'acme-solver').spec['ingress']).toEqual([{ from, ports: [{ port: 8089, protocol: 'TCP' }] }]);
    // Whoever may come in from there says whose request it is, and nobody else does.
    expect(proxyOf(plan).proxy.trustedProxies).toEqual(nodes);
  });

  test('may be pods and addresses', () => {
    const plan = of({ namespace: 'gateways', podLabels: { app: 'envoy' }, cidrs: ['10.66.0.0/24'] });
    const [rule] = policy(plan, 'proxy').spec['ingress'] as { from: unknown[] }[];
    expect(rule?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateways' } },
        podSelector: { matchLabels: { app: 'envoy' } },
      },
      { ipBlock: { cidr: '10.66.0.0/24' } },
    ]);
    expect(proxyOf(plan).proxy.trustedProxies).toEqual([
      '10.0.0.0/8',
      '100.64.0.0/10',
      '172.16.0.0/12',
      '192.168.0.0/16',
      'fc00::/7',
      '10.66.0.0/24',
    ]);
  });

  test('may be addresses behind an Ingress, too', () => {
    const plan = shopPlan({ environment: { ingress: { className: 'alb', peer: { cidrs: ['10.66.0.0/24'] } } } });
    expect(JSON.stringify(policy(plan, 'proxy').spec['ingress'])).toContain('10.66.0.0/24');
    expect(JSON.stringify(policy(plan, 'proxy'))).not.toContain('metadata.name":"ingress"');
  });
});

describe('a port over which WebSockets are opened', () => {
  const routes: Shop['routes'] = [
    { path: '/', to: 'frontend' },
    { path: '/ws/', to: 'backend', websocket: true },
  ];
  const said = (shop: Shop): string[] => {
    const [app, plan] = [new App(), shopPlan(shop)];
    const manifests = [...new ServicesChart(app, plan).toJson(), ...new EdgeChart(app, plan).toJson()] as Manifest[];
    return manifests
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata, spec }) => {
        const ports = spec['ports'] as { appProtocol?: string }[];
        return `${metadata.name} ${ports.map(({ appProtocol }) => appProtocol ?? '-').join()}`;
      })
      .sort();
  };
  const gateway: Shop['environment'] = { edge: 'gateway', gateway: { className } };

  test('says so behind a Gateway: that of the service itself, or that of the proxy', () => {
    expect(said({ proxy: null, routes, environment: gateway })).toEqual(['backend kubernetes.io/ws', 'frontend -']);
    expect(said({ routes, environment: gateway })).toEqual(['backend -', 'frontend -', 'proxy kubernetes.io/ws']);
    expect(said({ environment: gateway })).toEqual(['backend -', 'frontend -', 'proxy -']);
  });

  test('says nothing elsewhere', () => {
    expect(said({ proxy: null, routes })).toEqual(['backend -', 'frontend -']);
    expect(said({ routes })).toEqual(['backend -', 'frontend -', 'proxy -']);
  });
});
