import { type EnforcedPod, type PolicyObject, ruleset } from '../../e2e/cluster/rules';
import { type End, type Pod, Simulation } from '../simulation';
import { contains } from '../simulation/addresses';

/** The compiled rules, read as nftables reads them, and compared with the simulation, which reads the policies. */

interface Packet {
  readonly saddr: string;
  readonly daddr: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** One match of a rule; what is written in another way is an error, not a match. */
const matches: readonly (readonly [RegExp, (packet: Packet, ...parts: string[]) => boolean])[] = [
  [/^ip (saddr|daddr) != \{ ([^}]+) \} /, (packet, side, list) => !isIn(packet, side, list)],
  [/^ip (saddr|daddr) \{ ([^}]+) \} /, (packet, side, list) => isIn(packet, side, list)],
  [/^ip (saddr|daddr) ([\d./]+) /, (packet, side, block) => isIn(packet, side, block)],
  [
    /^(tcp|udp) dport (\d+)-(\d+) /,
    (it, wire, a, b) => it.protocol === wire && it.port >= Number(a) && it.port <= Number(b),
  ],
  [/^(tcp|udp) dport (\d+) /, ({ protocol, port }, wire, wanted) => protocol === wire && port === Number(wanted)],
  [/^meta l4proto (tcp|udp) /, ({ protocol }, wire) => protocol === wire],
];

function isIn(packet: Packet, side: string | undefined, list = ''): boolean {
  const address = side === 'saddr' ? packet.saddr : packet.daddr;
  return list.split(', ').some((block) => (block.includes('/') ? contains(block, address) : block === address));
}

function lets(rule: string, packet: Packet): boolean {
  if (rule === 'return') return true;
  for (const [pattern, holds] of matches) {
    const found = pattern.exec(rule);
    if (found) return holds(packet, ...found.slice(1)) && lets(rule.slice(found[0].length), packet);
  }
  throw new Error(`Cannot read "${rule}"`);
}

/** Whether a table lets a packet through: each side has a chain, or is open. */
function passes(table: string, packet: Packet): boolean {
  return (['egress', 'ingress'] as const).every((direction) => {
    const address = direction === 'egress' ? packet.saddr : packet.daddr;
    const name = `${direction}-${address.replaceAll('.', '-')}`;
    const [, body] = table.split(` chain ${name} {\n`);
    const rules = body
      ?.split('\n }')[0]
      ?.split('\n')
      .map((line) => line.trim());
    const hook = `ip ${direction === 'egress' ? 'saddr' : 'daddr'} vmap`;
    const isJumpedTo = table
      .split('\n')
      .some((line) => line.includes(hook) && line.includes(`${address} : jump ${name}`));
    if (!isJumpedTo || rules === undefined) return true;
    expect(rules.at(-1)).toBe('counter drop');
    return rules.slice(0, -1).some((rule) => lets(rule, packet));
  });
}

function pod(address: string, namespace: string, app: string, port: number): EnforcedPod {
  const ports = [
    { name: 'main', containerPort: port, protocol: 'TCP' },
    { name: 'names', containerPort: 53, protocol: 'UDP' },
  ];
  return { namespace, labels: { app }, address, ports };
}

const pods = [
  pod('10.244.0.2', 'shop', 'web', 8000),
  pod('10.244.0.3', 'shop', 'db', 5432),
  // Calls another port by the same name.
  pod('10.244.1.2', 'shop', 'db', 5433),
  pod('10.244.1.20', 'shop', 'worker', 9000),
  pod('10.244.1.3', 'other', 'web', 8000),
  pod('10.244.1.4', 'dns', 'dns', 8053),
];
const outside = ['192.0.2.10', '192.0.2.99', '198.51.100.7'];
const namespaces = new Map(['shop', 'other', 'dns'].map((name) => [name, { 'kubernetes.io/metadata.name': name }]));

function policy(name: string, spec: PolicyObject['spec']): PolicyObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec,
  } as PolicyObject;
}

function of(app: string): { matchLabels: { app: string } } {
  return { matchLabels: { app } };
}

const both = ['Ingress', 'Egress'];
const deny = policy('deny', { podSelector: {}, policyTypes: both });
const dns = { matchLabels: { 'kubernetes.io/metadata.name': 'dns' } };

const cases: Readonly<Record<string, readonly PolicyObject[]>> = {
  'no policy': [],
  'everything closed': [deny],
  'one arrow, by number': [
    deny,
    policy('db', { podSelector: of('db'), ingress: [{ from: [{ podSelector: of('web') }], ports: [{ port: 5432 }] }] }),
    policy('web', {
      podSelector: of('web'),
      policyTypes: both,
      egress: [{ to: [{ podSelector: of('db') }], ports: [{ protocol: 'TCP', port: 5432 }] }],
    }),
  ],
  'one arrow, by the name that each receiver has for it': [
    deny,
    policy('db', {
      podSelector: of('db'),
      ingress: [{ from: [{ podSelector: of('web') }], ports: [{ port: 'main' }] }],
    }),
    policy('web', {
      podSelector: of('web'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: of('db') }], ports: [{ port: 'main' }] }],
    }),
  ],
  'another namespace, over UDP': [
    deny,
    policy('names', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ namespaceSelector: dns, podSelector: of('dns') }],
          ports: [{ protocol: 'UDP', port: 53 }, { port: 8053 }],
        },
      ],
    }),
  ],
  'blocks, with exceptions and a range': [
    deny,
    policy('out', {
      podSelector: of('web'),
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.64/26'] } }],
          ports: [{ port: 6000, endPort: 7000 }],
        },
        { to: [{ ipBlock: { cidr: '2001:db8::/32' } }] },
      ],
    }),
  ],
  'a port by name, within a block alone': [
    policy('out', {
      podSelector: of('web'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.244.0.0/24' } }], ports: [{ port: 'main' }] }],
    }),
  ],
  'anybody, at one port': [
    deny,
    policy('db', { podSelector: of('db'), ingress: [{ ports: [{ port: 5432 }] }] }),
    policy('all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }),
  ],
  expressions: [
    policy('in', {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] },
      ingress: [
        {
          from: [
            { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['worker'] }] } },
            {
              namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] },
              podSelector: of('dns'),
            },
          ],
        },
      ],
    }),
  ],
  'nobody, where the selector finds none': [
    deny,
    policy('db', { podSelector: of('db'), ingress: [{ from: [{ podSelector: of('nobody') }] }] }),
    policy('all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }),
  ],
};

function endOf(address: string): { readonly end: End; readonly address: string } {
  const found = pods.find((it) => it.address === address);
  if (found === undefined) return { address, end: { kind: 'address', ip: address } };
  const ports = found.ports.map(({ name = '', containerPort, protocol }) => ({
    name,
    containerPort,
    protocol: protocol === 'UDP' ? ('UDP' as const) : ('TCP' as const),
  }));
  const end: Pod = { kind: 'pod', namespace: found.namespace, name: address, labels: found.labels, ports, ip: address };
  return { address, end };
}

/** Connections that a table and the simulation see in another way. */
function differences(table: string, policies: readonly PolicyObject[]): string[] {
  const simulation = new Simulation(policies);
  const ends = [...pods.map(({ address }) => address), ...outside].map(endOf);
  const ports = [53, 80, 5432, 5433, 6000, 6500, 7001, 8000, 8053, 9000];
  return ends.flatMap((from) =>
    ends
      .filter((to) => to !== from && (from.end.kind === 'pod' || to.end.kind === 'pod'))
      .flatMap((to) =>
        ports.flatMap((port) =>
          (['TCP', 'UDP'] as const).flatMap((protocol) => {
            const packet = {
              saddr: from.address,
              daddr: to.address,
              port,
              protocol: protocol === 'TCP' ? 'tcp' : 'udp',
            } as const;
            const allowed = simulation.allows({ from: from.end, to: to.end, port, protocol });
            return passes(table, packet) === allowed ? [] : [`${from.address} → ${to.address}:${port}/${protocol}`];
          }),
        ),
      ),
  );
}

test.each(Object.entries(cases))('The nodes enforce what the simulation says: %s', (_, policies) => {
  expect(differences(ruleset(pods, policies, namespaces), policies)).toEqual([]);
});

describe('A table is noticed', () => {
  const policies = cases['one arrow, by number'] ?? [];
  const table = ruleset(pods, policies, namespaces);

  test.each<[string, (rules: string) => string, string]>([
    [
      'that lacks an arrow',
      (rules) => rules.replace(/^.*tcp dport 5432 return\n/m, ''),
      '10.244.0.2 → 10.244.0.3:5432/TCP',
    ],
    [
      'that opens another port',
      (rules) => rules.replaceAll('dport 5432', 'dport 5000-6000'),
      '10.244.0.2 → 10.244.0.3:5433/TCP',
    ],
    [
      'that opens to others',
      (rules) => rules.replaceAll(/ip [sd]addr \{[^}]*\} /g, ''),
      '10.244.1.3 → 10.244.0.3:5432/TCP',
    ],
    [
      'that leaves out a pod',
      (rules) => rules.replace(', 10.244.1.20 : jump ingress-10-244-1-20', ''),
      '→ 10.244.1.20:80/TCP',
    ],
    ['that has no hooks', (rules) => rules.replaceAll(' vmap ', ' other '), '10.244.0.2 → 10.244.0.3:80/TCP'],
  ])('%s', (_, spoil, connection) => {
    const spoilt = spoil(table);
    expect(spoilt).not.toBe(table);
    expect(differences(spoilt, policies).join('\n')).toContain(connection);
  });

  test('An operator that nobody knows is an error, not a policy', () => {
    const strange = policy('strange', {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] },
    });
    expect(() => ruleset(pods, [strange], namespaces)).toThrow('Unknown operator Gt');
  });
});
