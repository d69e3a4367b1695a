import { type Address, type ContainerPort, type End, type Pod, Simulation } from '.';
import type { Labels } from './selectors';

/** The examples and sentences of the specification. @see https://kubernetes.io/docs/concepts/services-networking/network-policies/ */

function pod(namespace: string, labels: Labels, ports: readonly ContainerPort[] = [], ip?: string): Pod {
  return { kind: 'pod', namespace, name: 'pod', labels, ports, ...(ip === undefined ? {} : { ip }) };
}

function address(ip: string): Address {
  return { kind: 'address', ip };
}

function policy(spec: unknown, { name = 'policy', namespace = 'default' } = {}): unknown {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

const a = pod('default', { app: 'a' });
const b = pod('default', { app: 'b' });
const elsewhere = pod('other', { app: 'a' });

function allows(policies: readonly unknown[], from: End, to: End, port = 80, protocol?: 'TCP' | 'UDP'): boolean {
  return new Simulation(policies).allows({ from, to, port, ...(protocol === undefined ? {} : { protocol }) });
}

/** Opens ingress of every pod for what the rule says. */
function ingress(rule: unknown): unknown {
  return policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [rule] });
}

describe('the NetworkPolicy resource of the documentation', () => {
  const example = policy({
    podSelector: { matchLabels: { role: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
          { namespaceSelector: { matchLabels: { project: 'myproject' } } },
          { podSelector: { matchLabels: { role: 'frontend' } } },
        ],
        ports: [{ protocol: 'TCP', port: 6379 }],
      },
    ],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
  });
  const simulation = new Simulation([example], { mine: { project: 'myproject' } });
  const db = pod('default', { role: 'db' });

  test.each<[string, End, number, boolean]>([
    ['any pod in the default namespace with the label role=frontend', pod('default', { role: 'frontend' }), 6379, true],
    ['any pod in a namespace with the label project=myproject', pod('mine', {}), 6379, true],
    ['172.17.0.0–172.17.0.255', address('172.17.0.255'), 6379, true],
    ['172.17.2.0–172.17.255.255', address('172.17.2.0'), 6379, true],
    ['the excepted 172.17.1.0/24', address('172.17.1.9'), 6379, false],
    ['an address outside the block', address('172.18.0.1'), 6379, false],
    ['role=frontend of another namespace', pod('other', { role: 'frontend' }), 6379, false],
    ['another label of the default namespace', pod('default', { role: 'backend' }), 6379, false],
    ['role=frontend on another port', pod('default', { role: 'frontend' }), 6380, false],
  ])('ingress from %s', (_, from, port, allowed) => {
    expect(simulation.allows({ from, to: db, port })).toBe(allowed);
  });

  test.each<[string, End, number, boolean]>([
    ['10.0.0.0/24 on 5978', address('10.0.0.7'), 5978, true],
    ['10.0.0.0/24 on another port', address('10.0.0.7'), 5979, false],
    ['an address outside the block', address('10.0.1.7'), 5978, false],
    ['a pod', pod('default', {}), 5978, false],
  ])('egress to %s', (_, to, port, allowed) => {
    expect(simulation.allows({ from: db, to, port })).toBe(allowed);
  });

  test('holds for role=db of its own namespace alone', () => {
    const stranger = address('198.51.100.1');
    expect(simulation.allows({ from: stranger, to: pod('default', { role: 'web' }), port: 6379 })).toBe(true);
    expect(simulation.allows({ from: stranger, to: pod('other', { role: 'db' }), port: 6379 })).toBe(true);
  });

  test('explains which policies decided', () => {
    expect(simulation.explain({ from: pod('mine', {}), to: db, port: 6379 })).toEqual({
      allowed: true,
      egress: { allowed: true, policies: [], allowedBy: [] },
      ingress: { allowed: true, policies: ['policy'], allowedBy: ['policy'] },
    });
  });
});

describe('isolation', () => {
  const denyIngress = policy({ podSelector: {}, policyTypes: ['Ingress'] });
  const denyEgress = policy({ podSelector: {}, policyTypes: ['Egress'] });

  test('without a policy everything is open', () => {
    expect(allows([], a, b)).toBe(true);
  });

  test('default deny of ingress closes what comes in, and nothing that goes out', () => {
    expect(allows([denyIngress], elsewhere, a)).toBe(false);
    expect(allows([denyIngress], a, elsewhere)).toBe(true);
  });

  test('default deny of egress closes what goes out, DNS included, and nothing that comes in', () => {
    expect(allows([denyEgress], a, elsewhere, 53, 'UDP')).toBe(false);
    expect(allows([denyEgress], elsewhere, a)).toBe(true);
  });

  test('allow all: an empty rule lets in everybody on every port', () => {
    expect(allows([denyIngress, ingress({})], elsewhere, a, 12345, 'UDP')).toBe(true);
  });

  test('policies add up, in any order', () => {
    const open = ingress({ from: [{ podSelector: { matchLabels: { app: 'b' } } }] });
    expect(allows([denyIngress, open], b, a)).toBe(true);
    expect(allows([open, denyIngress], b, a)).toBe(true);
  });

  test('both sides must allow a connection', () => {
    const egress = policy({ podSelector: { matchLabels: { app: 'a' } }, egress: [{}], policyTypes: ['Egress'] });
    expect(allows([denyEgress, egress], a, b)).toBe(true);
    expect(allows([denyEgress, egress, denyIngress], a, b)).toBe(false);
    expect(allows([denyIngress, denyEgress, ingress({})], a, b)).toBe(false);
  });

  test('policyTypes left out: ingress always, egress only when there are egress rules', () => {
    expect(allows([policy({ podSelector: {} })], elsewhere, a)).toBe(false);
    expect(allows([policy({ podSelector: {} })], a, elsewhere)).toBe(true);
    const withEgress = policy({ podSelector: {}, egress: [{ ports: [{ port: 443 }] }] });
    expect(allows([withEgress], elsewhere, a)).toBe(false);
    expect(allows([withEgress], a, elsewhere, 80)).toBe(false);
    expect(allows([withEgress], a, elsewhere, 443)).toBe(true);
  });

  test('a pod reaches itself, but not another pod with the same labels', () => {
    expect(allows([denyIngress, denyEgress], a, a)).toBe(true);
    expect(allows([denyIngress, denyEgress], a, { ...a })).toBe(false);
  });

  test('the node of a pod reaches it, and the pod its node', () => {
    expect(allows([denyIngress, denyEgress], { kind: 'own-node' }, a)).toBe(true);
    expect(allows([denyIngress, denyEgress], a, { kind: 'own-node' })).toBe(true);
  });
});

describe('peers', () => {
  const inMine = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } };
  const client = { podSelector: { matchLabels: { role: 'client' } } };

  test.each<[string, Pod, boolean, boolean]>([
    ['the pod of that namespace', pod('other', { role: 'client' }), true, true],
    ['another pod of that namespace', pod('other', {}), false, true],
    ['such a pod of the own namespace', pod('default', { role: 'client' }), false, true],
    ['another pod of the own namespace', pod('default', {}), false, false],
    ['such a pod of a third namespace', pod('third', { role: 'client' }), false, false],
  ])('both selectors in one peer mean and, in two peers or: %s', (_, from, both, either) => {
    expect(allows([ingress({ from: [{ ...inMine, ...client }] })], from, a)).toBe(both);
    expect(allows([ingress({ from: [inMine, client] })], from, a)).toBe(either);
  });

  test('a podSelector alone means the namespace of the policy, an empty one all of its pods', () => {
    expect(allows([ingress({ from: [{ podSelector: {} }] })], b, a)).toBe(true);
    expect(allows([ingress({ from: [{ podSelector: {} }] })], elsewhere, a)).toBe(false);
    expect(allows([ingress({ from: [{ podSelector: {} }] })], address('10.0.0.1'), a)).toBe(false);
  });

  test('an empty namespaceSelector means every pod of every namespace, and no address', () => {
    expect(allows([ingress({ from: [{ namespaceSelector: {} }] })], elsewhere, a)).toBe(true);
    expect(allows([ingress({ from: [{ namespaceSelector: {} }] })], address('10.0.0.1'), a)).toBe(false);
  });

  test.each([
    [{ key: 'app', operator: 'In', values: ['a', 'c'] }, true, false, false],
    [{ key: 'app', operator: 'NotIn', values: ['a'] }, false, true, true],
    [{ key: 'app', operator: 'Exists' }, true, true, false],
    [{ key: 'app', operator: 'DoesNotExist' }, false, false, true],
  ])('matchExpressions: %j', (requirement, ofA, ofB, ofNone) => {
    const rule = ingress({ from: [{ namespaceSelector: {}, podSelector: { matchExpressions: [requirement] } }] });
    const target = pod('default', { app: 'target' });
    expect(allows([rule], a, target)).toBe(ofA);
    expect(allows([rule], b, target)).toBe(ofB);
    expect(allows([rule], pod('default', {}), target)).toBe(ofNone);
  });

  test('namespaces are chosen by their names with matchExpressions', () => {
    const names = { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['frontend', 'backend'] };
    const rule = ingress({ from: [{ namespaceSelector: { matchExpressions: [names] } }] });
    expect(allows([rule], pod('backend', {}), a)).toBe(true);
    expect(allows([rule], pod('other', {}), a)).toBe(false);
  });

  test('blocks hold addresses of their own family, and of pods where those are known', () => {
    const all = ingress({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] });
    expect(allows([all], address('203.0.113.1'), a)).toBe(true);
    expect(allows([all], address('2001:db8::1'), a)).toBe(false);
    expect(allows([all], address('::ffff:203.0.113.1'), a)).toBe(false);
    expect(allows([all], b, a)).toBe(false);
    expect(allows([all], pod('other', {}, [], '10.1.0.9'), a)).toBe(true);
    const six = ingress({ from: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] });
    expect(allows([six], address('2001:db8::1'), a)).toBe(true);
    expect(allows([six], address('2001:db8:1::1'), a)).toBe(false);
  });
});

describe('ports', () => {
  const web = pod('default', { app: 'web' }, [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'quic', containerPort: 8443, protocol: 'UDP' },
  ]);

  test('endPort makes a range, both ends included', () => {
    const range = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 32000, endPort: 32768 }] },
      ],
    });
    const open = [31999, 32000, 32768, 32769].map((port) => allows([range], a, address('10.0.0.1'), port));
    expect(open).toEqual([false, true, true, false]);
  });

  test('the protocol is TCP unless it is named', () => {
    expect(allows([ingress({ ports: [{ port: 53 }] })], b, a, 53)).toBe(true);
    expect(allows([ingress({ ports: [{ port: 53 }] })], b, a, 53, 'UDP')).toBe(false);
    expect(allows([ingress({ ports: [{ port: 53, protocol: 'UDP' }] })], b, a, 53, 'UDP')).toBe(true);
  });

  test('a protocol without a port means all of its ports', () => {
    expect(allows([ingress({ ports: [{ protocol: 'UDP' }] })], b, a, 4711, 'UDP')).toBe(true);
    expect(allows([ingress({ ports: [{ protocol: 'UDP' }] })], b, a, 4711)).toBe(false);
  });

  test('a name means the port that the listening pod calls so', () => {
    const named = ingress({ ports: [{ port: 'http' }, { port: 'quic' }] });
    expect(allows([named], b, web, 8080)).toBe(true);
    expect(allows([named], b, web, 8081)).toBe(false);
    expect(allows([named], b, a, 8080)).toBe(false);
    expect(allows([named], b, web, 8443)).toBe(false);
    const egress = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] });
    expect(allows([egress], a, web, 8080)).toBe(true);
    expect(allows([egress], a, address('10.0.0.1'), 8080)).toBe(false);
  });
});

describe('what the API server refuses is an error', () => {
  test.each<[string, unknown]>([
    ['an unknown field', { podSelector: {}, ingres: [] }],
    ['no podSelector', { policyTypes: ['Ingress'] }],
    ['a misspelt direction', { podSelector: {}, policyTypes: ['ingress'] }],
    ['an empty peer', { podSelector: {}, ingress: [{ from: [{}] }] }],
    [
      'a block beside a selector',
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }] },
    ],
    [
      'an exception outside its block',
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['172.16.0.0/12'] } }] }] },
    ],
    [
      'an exception as large as its block',
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }] }] },
    ],
    ['port 0', { podSelector: {}, ingress: [{ ports: [{ port: 0 }] }] }],
    ['endPort of a named port', { podSelector: {}, ingress: [{ ports: [{ port: 'http', endPort: 90 }] }] }],
    ['endPort below its port', { podSelector: {}, ingress: [{ ports: [{ port: 90, endPort: 80 }] }] }],
  ])('%s', (_, spec) => {
    expect(() => new Simulation([policy(spec)])).toThrow();
  });
});
