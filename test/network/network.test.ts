import { App, Chart } from 'cdk8s';
import { mergePatch } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';
import { Network } from '../../lib/network';
import { type Change, resolveShop } from '../model/shop';
import { type NetworkPolicy, readPolicy } from '../simulation';

/** Without monitoring, whose ports have tests of their own. */
function planOf(change: Change = {}): Plan {
  const environment = mergePatch({ monitoring: 'none' }, change.environment ?? {});
  const { plan, problems } = resolveShop({ ...change, environment });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

function policiesOf(plan: Plan): NetworkPolicy[] {
  const chart = new Chart(new App(), 'test');
  new Network(chart, 'network', { plan });
  return (chart.toJson() as unknown[]).map(readPolicy);
}

function policyOf(plan: Plan, name: string): NetworkPolicy['spec'] {
  const policy = policiesOf(plan).find(({ metadata }) => metadata.name === name);
  if (policy === undefined) throw new Error(`no policy "${name}"`);
  return policy.spec;
}

const dnsPorts = [
  { port: 53, protocol: 'TCP' },
  { port: 53, protocol: 'UDP' },
];

function podPeer(name: string): unknown {
  return { podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } };
}

function namespacePeer(name: string): unknown {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

describe('Network', () => {
  const plan = planOf();

  test('closes both directions for every pod', () => {
    expect(policyOf(plan, 'default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test('has one policy for each workload, by its name and one label', () => {
    const named = policiesOf(plan).filter(({ metadata }) => metadata.name !== 'default-deny');
    expect(named.map(({ metadata }) => metadata.name).sort()).toEqual(plan.workloads.map(({ name }) => name).sort());
    for (const { metadata, spec } of named) {
      expect(metadata.namespace).toBe('shop-prod');
      expect(spec.podSelector).toEqual({ matchLabels: { 'app.kubernetes.io/name': metadata.name } });
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    }
  });

  test('writes the whole policy of a service', () => {
    expect(policyOf(plan, 'web')).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podPeer('gateway')], ports: [{ port: 8000, protocol: 'TCP' }] }],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
            { ipBlock: { cidr: '169.254.20.10/32' } },
          ],
          ports: dnsPorts,
        },
        { to: [{ ipBlock: { cidr: '203.0.113.7/32' } }], ports: [{ port: 587, protocol: 'TCP' }] },
        { to: [podPeer('db')], ports: [{ port: 5432, protocol: 'TCP' }] },
        { to: [podPeer('queue')], ports: [{ port: 5672, protocol: 'TCP' }] },
        { to: [podPeer('cache')], ports: [{ port: 6379, protocol: 'TCP' }] },
      ],
    });
  });

  test('lets in at a store whom its arrows name: services, Jobs and roles', () => {
    expect(policyOf(plan, 'db').ingress).toEqual([
      {
        from: ['db-backup', 'db-restore', 'db-roles', 'nightly', 'web', 'web-migrate'].map(podPeer),
        ports: [{ port: 5432, protocol: 'TCP' }],
      },
    ]);
  });

  test('a store that opens no connection has no egress, DNS included', () => {
    expect(policyOf(plan, 'db').egress).toBeUndefined();
  });

  test('no empty list is written: it would not come back from the API server', () => {
    for (const { spec } of policiesOf(plan)) {
      expect(spec.ingress).not.toEqual([]);
      expect(spec.egress).not.toEqual([]);
    }
  });

  test('a store outside has its addresses for peers, and no policy', () => {
    const cloud = planOf({ environment: { managedStores: { host: '{store}.example.com', cidrs: ['10.64.0.0/16'] } } });
    expect(policyOf(cloud, 'web').egress).toContainEqual({
      to: [{ ipBlock: { cidr: '10.64.0.0/16' } }],
      ports: [5432, 5671, 6379].map((port) => ({ port, protocol: 'TCP' })),
    });
    expect(policiesOf(cloud).map(({ metadata }) => metadata.name)).not.toContain('db');
  });

  test('"public" excepts what is private', () => {
    const outside = { mail: { cidrs: 'public' } };
    const [rule] = (policyOf(planOf({ system: { outside } }), 'worker').egress ?? []).filter(({ ports }) =>
      ports?.some(({ port }) => port === 587),
    );
    expect(rule?.to?.[0]?.ipBlock?.cidr).toBe('0.0.0.0/0');
    expect(rule?.to?.[0]?.ipBlock?.except).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']));
  });

  test('the order of the arrows changes nothing', () => {
    const turned = { ...plan, arrows: [...plan.arrows].reverse() };
    expect(policiesOf(turned)).toEqual(policiesOf(plan));
  });

  test('an arrow of nobody is refused, for a policy could only drop it', () => {
    const to = { kind: 'workload', name: 'dbb' } as const;
    const wrong: Plan = { ...plan, arrows: [{ from: 'web', to, port: 1, why: 'drawn' }] };
    expect(() => policiesOf(wrong)).toThrow('Cannot draw an arrow: the Plan has no workload "dbb"');
  });
});

describe('Network: the edge', () => {
  test('an Ingress controller reaches the proxy', () => {
    expect(policyOf(planOf(), 'gateway').ingress).toEqual([
      { from: [namespacePeer('ingress')], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
  });

  test('without a proxy it reaches each service that is routed to, on the port that is routed', () => {
    const change = {
      images: { nginx: null },
      services: { gateway: null, web: { ports: { http: 8000, admin: 9000 } } },
    };
    const plan = planOf({ system: change });
    expect(policyOf(plan, 'web').ingress).toEqual([
      { from: [namespacePeer('ingress')], ports: [{ port: 8000, protocol: 'TCP' }] },
    ]);
  });

  test('the controller may be narrowed to its pods', () => {
    const peer = { namespace: 'kube-system', podLabels: { 'app.kubernetes.io/name': 'traefik' } };
    const [rule] = policyOf(planOf({ environment: { ingress: { peer } } }), 'gateway').ingress ?? [];
    expect(rule?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
      },
    ]);
  });

  test('behind a load balancer everybody reaches the proxy, on both of its ports', () => {
    const plan = planOf({
      system: { edge: 'load-balancer', services: { gateway: { proxy: { tls: true } } } },
      environment: { tls: { by: 'secret', secret: 'edge' } },
    });
    expect(policyOf(plan, 'gateway').ingress).toEqual([
      {
        ports: [
          { port: 8080, protocol: 'TCP' },
          { port: 8443, protocol: 'TCP' },
        ],
      },
    ]);
  });

  test('without a route nobody comes in', () => {
    expect(policyOf(planOf({ system: { routes: [] } }), 'gateway').ingress).toBeUndefined();
  });

  test("cert-manager's solver is reached by the controller, and reaches nobody", () => {
    const tls = { by: 'cert-manager', issuer: 'letsencrypt' };
    expect(policyOf(planOf({ environment: { tls } }), 'acme-solver')).toEqual({
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [namespacePeer('ingress')], ports: [{ port: 8089, protocol: 'TCP' }] }],
    });
  });

  test('without cert-manager there is no policy for it', () => {
    expect(policiesOf(planOf()).map(({ metadata }) => metadata.name)).not.toContain('acme-solver');
  });
});

describe('Network: the API server, DNS, visitors', () => {
  const ports = [
    { port: 443, protocol: 'TCP' },
    { port: 6443, protocol: 'TCP' },
  ];

  test('the bootstrap alone reaches the API server; at any address, nodes included, unless the environment knows it', () => {
    const reaching = policiesOf(planOf()).filter(({ spec }) =>
      spec.egress?.some((rule) => rule.ports?.some(({ port }) => port === 6443)),
    );
    expect(reaching.map(({ metadata }) => metadata.name)).toEqual(['bootstrap']);
    expect(policyOf(planOf(), 'bootstrap').egress).toContainEqual({ ports });
  });

  test('the environment narrows it to its addresses and ports', () => {
    const environment = { apiServer: { cidrs: ['10.96.0.1/32', '192.0.2.10/32'], ports: [443, 6443] } };
    expect(policyOf(planOf({ environment }), 'bootstrap').egress).toContainEqual({
      to: [{ ipBlock: { cidr: '10.96.0.1/32' } }, { ipBlock: { cidr: '192.0.2.10/32' } }],
      ports,
    });
  });

  test('DNS is where the environment says', () => {
    const environment = { dns: { peer: { namespace: 'dns', podLabels: { 'k8s-app': null, app: 'x' } }, cidrs: [] } };
    expect(policyOf(planOf({ environment }), 'bootstrap').egress?.[0]).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dns' } },
          podSelector: { matchLabels: { app: 'x' } },
        },
      ],
      ports: dnsPorts,
    });
  });

  test('KEDA reaches the queue that a worker is scaled by', () => {
    const scaling = { low: 1, medium: 2, high: 2, queue: { store: 'queue', name: 'mail', depth: 20 } };
    const plan = planOf({
      system: { services: { worker: { scaling } } },
      environment: { keda: true },
      tier: 'medium',
    });
    expect(policyOf(plan, 'queue').ingress).toEqual([
      {
        from: [podPeer('web'), podPeer('web-migrate'), podPeer('worker'), namespacePeer('keda')],
        ports: [{ port: 5672, protocol: 'TCP' }],
      },
    ]);
  });
});
