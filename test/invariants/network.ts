/** NetworkPolicies as objects; what they let through is simulated in `test/simulation`. */
import { type Check, type Invariants, one, some, specOf, unless } from './invariant';
import type { Manifest, Peer, PolicyRule } from './manifest';
import { at, type ObjectSet, selects } from './objects';

const instanceMetadata = '169.254.169.254';

function policies(objects: ObjectSet): readonly Manifest[] {
  return objects.ofKind('NetworkPolicy');
}

/** The policy that has a workload's name and selects it alone. */
function ownPolicy(objects: ObjectSet, name: string): Manifest | undefined {
  return objects.find('NetworkPolicy', name);
}

function rulesOf({ spec }: Manifest): PolicyRule[] {
  return [...(spec?.ingress ?? []), ...(spec?.egress ?? [])];
}

function peersOf(policy: Manifest): Peer[] {
  return rulesOf(policy).flatMap(({ from = [], to = [] }) => [...from, ...to]);
}

const closed: Check = (objects) => {
  const deny = policies(objects).filter(({ spec }) => Object.keys(spec?.podSelector ?? { a: 1 }).length === 0);
  return [
    ...unless(deny.length === 1, `${deny.length} policies hold for every pod`),
    ...deny.flatMap((policy) => unless(rulesOf(policy).length === 0, `${at(policy)}: lets something through`)),
    ...policies(objects)
      .filter(({ spec }) => spec?.policyTypes?.join() !== 'Ingress,Egress')
      .map((policy) => `${at(policy)}: is not for both directions`),
  ];
};

const oneEach: Check = (objects) =>
  objects.workloads.flatMap(({ at: where, name, labels }) => {
    const selector = ownPolicy(objects, name)?.spec?.podSelector;
    const keys = Object.keys(selector?.matchLabels ?? {});
    return unless(
      selector !== undefined && keys.length === 1 && selects(selector, labels),
      `${where}: has no policy that selects it by one label`,
    );
  });

/** cert-manager's solver is no pod of ours: it comes and goes. */
const dangling: Check = (objects, { network }) =>
  policies(objects).flatMap((policy) => {
    const near = peersOf(policy).filter(({ namespaceSelector, podSelector }) => podSelector && !namespaceSelector);
    const selector = policy.spec?.podSelector ?? {};
    const solver = network.acmeSolver && 'acme.cert-manager.io/http01-solver' in (selector.matchLabels ?? {});
    return [
      ...unless(solver || objects.selected(selector).length > 0, `${at(policy)}: holds for nobody`),
      ...near
        .filter(({ podSelector }) => objects.selected(podSelector ?? {}).length === 0)
        .map(({ podSelector }) => `${at(policy)}: knows nobody like ${JSON.stringify(podSelector?.matchLabels)}`),
    ];
  });

const names: Check = (objects) =>
  policies(objects)
    .filter(({ spec }) => spec?.egress?.length)
    .flatMap((policy) => {
      const open = (policy.spec?.egress ?? []).flatMap(({ ports = [] }) => ports).filter(({ port }) => port === 53);
      return ['TCP', 'UDP']
        .filter((protocol) => !open.some((port) => port.protocol === protocol))
        .map((protocol) => `${at(policy)}: cannot ask DNS over ${protocol}`);
    });

const precise: Check = (objects) =>
  policies(objects).flatMap((policy) => [
    ...rulesOf(policy).flatMap(({ ports = [] }) => [
      ...unless(ports.length > 0, `${at(policy)}: opens every port`),
      ...ports
        .filter(({ port, endPort }) => typeof port !== 'number' || port < 1 || port > 65535 || endPort !== undefined)
        .map(({ port }) => `${at(policy)}: opens port ${port}`),
    ]),
    ...peersOf(policy).flatMap(({ namespaceSelector, podSelector, ipBlock }) => [
      ...unless(
        namespaceSelector === undefined || Object.keys(namespaceSelector.matchLabels ?? {}).length > 0,
        `${at(policy)}: knows every namespace`,
      ),
      ...unless(
        podSelector === undefined || Object.keys(podSelector.matchLabels ?? {}).length > 0,
        `${at(policy)}: knows every pod`,
      ),
      ...unless(
        ipBlock?.cidr !== '0.0.0.0/0' || ipBlock.except?.some((block) => covers(block, instanceMetadata)) === true,
        `${at(policy)}: reaches the node's metadata`,
      ),
    ]),
  ]);

function numeric(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function covers(cidr: string, address: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numeric(base) / size) === Math.floor(numeric(address) / size);
}

function lets(objects: ObjectSet, side: 'ingress' | 'egress', holder: string, other: string, port: unknown): boolean {
  const label = objects.workloads.find(({ name }) => name === other)?.labels ?? {};
  return (ownPolicy(objects, holder)?.spec?.[side] ?? []).some((rule) => {
    const peers = (side === 'ingress' ? rule.from : rule.to) ?? [];
    const known = peers.some(
      ({ podSelector, namespaceSelector }) => !namespaceSelector && podSelector && selects(podSelector, label),
    );
    return known && rule.ports?.some((open) => open.port === port);
  });
}

const bothSides: Check = (objects, plan) =>
  plan.arrows.flatMap(({ from, to, port }) => {
    if (to.kind !== 'workload') return [];
    return [
      ...unless(lets(objects, 'egress', from, to.name, port), `${from} may not open ${to.name}:${port}`),
      ...unless(lets(objects, 'ingress', to.name, from, port), `${to.name} does not let in ${from} on ${port}`),
    ];
  });

export const networkInvariants: Invariants = {
  'everything is closed in both directions, and nothing else holds for every pod': {
    rules: 'kube-linter non-isolated-pod; kube-score pod-networkpolicy; kubescape C-0030, C-0054; CKV2_K8S_6',
    check: closed,
    broken: {
      'no default': (objects) => {
        one(objects, 'NetworkPolicy').kind = 'ConfigMap';
      },
      'a policy of one direction': (objects) => {
        specOf(objects, 'NetworkPolicy').policyTypes = ['Ingress'];
      },
      'a default that opens': (objects) => {
        specOf(objects, 'NetworkPolicy').egress = [{ ports: [{ port: 443 }] }];
      },
    },
  },

  'every workload has its own policy, which selects it by one label': {
    rules: 'Polaris missingNetworkPolicy; production.md §1 conflict (b)',
    check: oneEach,
    broken: {
      'two labels': (objects) => {
        const policy = some(policies(objects).filter(({ spec }) => spec?.podSelector?.matchLabels));
        for (const { spec } of [policy, ...policies(objects)])
          Object.assign(spec?.podSelector?.matchLabels ?? {}, { b: 'c' });
      },
    },
  },

  'policies hold for somebody, and know somebody': {
    rules:
      'kube-linter dangling-networkpolicy, dangling-networkpolicypeer-podselector; kube-score networkpolicy-targets-pod',
    check: dangling,
    broken: {
      'a policy of nobody': (objects) => {
        specOf(objects, 'NetworkPolicy').podSelector = { matchLabels: { nobody: 'here' } };
      },
      'a peer of nobody': (objects) => {
        specOf(objects, 'NetworkPolicy').egress = [{ to: [{ podSelector: { matchLabels: { nobody: 'here' } } }] }];
      },
    },
  },

  'who opens connections may ask DNS, over UDP and TCP': {
    rules: 'production.md §4 trap 9',
    check: names,
    broken: {
      'UDP alone': (objects) => {
        for (const policy of policies(objects))
          for (const rule of policy.spec?.egress ?? [])
            rule.ports = rule.ports?.filter(({ protocol }) => protocol !== 'TCP');
      },
    },
  },

  'a rule names its ports and its peers, and none reaches the metadata of the node': {
    rules: 'cdk8s.md trap 5 (port 0); production.md §3 NetworkPolicy, §4 trap 10; kubescape C-0052',
    check: precise,
    broken: {
      'port 0': (objects) => {
        specOf(objects, 'NetworkPolicy').ingress = [{ ports: [{ port: 0 }] }];
      },
      'every port': (objects) => {
        specOf(objects, 'NetworkPolicy').ingress = [{}];
      },
      'every namespace': (objects) => {
        specOf(objects, 'NetworkPolicy').ingress = [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }];
      },
      'the whole world': (objects) => {
        specOf(objects, 'NetworkPolicy').egress = [
          { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] },
        ];
      },
    },
  },

  'each arrow is open on both of its sides': {
    rules: 'production.md §3: assert symmetry, §4 trap 11',
    check: bothSides,
    broken: {
      'the server is closed': (objects) => {
        for (const { spec } of policies(objects)) delete spec?.ingress;
      },
      'the client is closed': (objects) => {
        for (const { spec } of policies(objects)) delete spec?.egress;
      },
    },
  },
};
