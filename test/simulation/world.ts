/** Everything that could talk: a system's pods, and what is around them in a cluster and outside of it. */
import { podsOf } from './pods';
import { readPolicy } from './policy';
import { type Address, type ContainerPort, type End, type Pod, Simulation } from './simulation';

const nameLabel = 'app.kubernetes.io/name';

/** Where an environment's ingress controller runs. */
export interface Surroundings {
  readonly namespace: string;
  readonly ingress: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

export interface World {
  readonly simulation: Simulation;
  /** Our pods by workload, cert-manager's solver, one without labels, and a second pod of each as `<name>(2)`. */
  readonly own: ReadonlyMap<string, Pod>;
  /** What belongs to others, inside and outside the cluster. */
  readonly foreign: ReadonlyMap<string, End>;
  readonly ports: readonly { readonly port: number; readonly protocol: 'TCP' | 'UDP' }[];
}

function address(ip: string): Address {
  return { kind: 'address', ip };
}

function pod(namespace: string, name: string, labels: Readonly<Record<string, string>>, ip: string): Pod {
  return { kind: 'pod', namespace, name, labels, ports: [], ip };
}

const addresses: Readonly<Record<string, Address>> = {
  internet: address('198.51.100.7'),
  'internet-ipv6': address('2001:db8::7'),
  storage: address('203.0.113.9'),
  managed: address('10.64.0.9'),
  'private-10': address('10.200.0.9'),
  'private-172': address('172.16.0.9'),
  'private-192': address('192.168.0.9'),
  'shared-space': address('100.64.0.9'),
  loopback: address('127.0.0.9'),
  // Credentials of the node are to be had here, in most clouds.
  metadata: address('169.254.169.254'),
  // A node that runs a Gateway's pods in its own network.
  'data-plane-node': address('10.66.0.7'),
  'node-dns': address('169.254.20.10'),
  'api-server': address('10.96.0.1'),
};

/** Where a Gateway's data plane runs, once one is chosen. */
export const gatewayPods = { namespace: 'gateways', labels: { 'app.kubernetes.io/name': 'envoy' } } as const;

/** Ports worth trying besides those that somebody listens on. */
const commonPorts = [22, 53, 80, 443, 4369, 5432, 5671, 5672, 6379, 6443, 8080, 8089, 8443, 10250, 25672];

const solver: ContainerPort = { name: 'http', containerPort: 8089, protocol: 'TCP' };

/** Every port that a policy names: what it opens must be tried, whoever listens there. */
function namedPorts(manifests: readonly unknown[]): number[] {
  const policies = manifests.filter((manifest) => (manifest as { kind?: unknown }).kind === 'NetworkPolicy');
  const specs = policies.map((policy) => readPolicy(policy).spec);
  const ports = specs.flatMap(({ ingress = [], egress = [] }) =>
    [...ingress, ...egress].flatMap((rule) => rule.ports ?? []),
  );
  return ports.flatMap(({ port, endPort = port }) => [port, endPort]).filter((port) => typeof port === 'number');
}

/** Our pods by the name that policies select by. A Job and the CronJob that starts it again are one. */
function ownPods(manifests: readonly unknown[], { namespace }: Surroundings): Map<string, Pod> {
  const found = new Map<string, Pod>();
  for (const [index, it] of podsOf(manifests).entries()) {
    found.set(it.labels[nameLabel] ?? '', { ...it, ip: `10.42.0.${index + 2}` });
  }
  const labels = { 'acme.cert-manager.io/http01-solver': 'true' };
  // What anybody may start here, and nothing knows: closed altogether.
  found.set('unknown', pod(namespace, 'unknown', {}, '10.42.0.251'));
  found.set('solver', { ...pod(namespace, 'cm-acme-http-solver-x7k2p', labels, '10.42.0.250'), ports: [solver] });
  return found;
}

function foreignEnds(own: ReadonlyMap<string, Pod>, { ingress }: Surroundings): Map<string, End> {
  const dns = { 'k8s-app': 'kube-dns' };
  // Pods of another namespace that look like ours.
  const strangers = [...own].map(
    ([name, it], index) => [`other/${name}`, pod('other', name, it.labels, `10.42.1.${index + 2}`)] as const,
  );
  return new Map<string, End>([
    ['data-plane', pod(gatewayPods.namespace, 'data-plane', gatewayPods.labels, '10.42.2.6')],
    ['gateways/other', pod(gatewayPods.namespace, 'other', {}, '10.42.2.7')],
    ['ingress', pod(ingress.namespace, 'ingress', ingress.labels, '10.42.2.2')],
    ['dns', pod('kube-system', 'dns', dns, '10.42.2.3')],
    ['other/dns', pod('other', 'dns', dns, '10.42.2.4')],
    ['kube-system/other', pod('kube-system', 'other', {}, '10.42.2.5')],
    ...strangers,
    ...Object.entries(addresses),
  ]);
}

/** The world around a system's manifests. */
export function worldOf(manifests: readonly unknown[], surroundings: Surroundings): World {
  const own = ownPods(manifests, surroundings);
  const twins = [...own].map(([name, it]): [string, Pod] => [`${name}(2)`, { ...it, name: `${it.name}-2` }]);
  const listening = [...own.values()].flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort));
  const tcp = [...new Set([...commonPorts, ...listening, ...namedPorts(manifests)])].map(
    (port) => ({ port, protocol: 'TCP' }) as const,
  );
  return {
    simulation: new Simulation(manifests),
    own: new Map([...own, ...twins]),
    foreign: foreignEnds(own, surroundings),
    ports: [...tcp, { port: 53, protocol: 'UDP' }, { port: 443, protocol: 'UDP' }],
  };
}

/** How a connection is written: `backend → db:5432`. */
export function written(from: string, to: string, port: number, protocol: 'TCP' | 'UDP' = 'TCP'): string {
  return `${from} → ${to}:${port}${protocol === 'UDP' ? '/UDP' : ''}`;
}

function isTwin(name: string): boolean {
  return name.endsWith('(2)');
}

/** What the policies let through. */
export interface Openings {
  /** Connections with one end at least among our pods. */
  readonly open: ReadonlySet<string>;
  /** Those between our pods that one side alone would let through: the other one is all that closes them. */
  readonly halfOpen: ReadonlySet<string>;
}

/**
 * Asks for every ordered pair and each port. A second pod of a workload is asked only by the first: towards all others the
 * two are alike.
 */
export function openingsOf({ simulation, own, foreign, ports }: World): Openings {
  const open = new Set<string>();
  const halfOpen = new Set<string>();
  const ask = (fromName: string, from: End, toName: string, to: End): void => {
    const pair = simulation.between(from, to);
    for (const { port, protocol } of ports) {
      const sends = pair.sends(port, protocol);
      const accepts = pair.accepts(port, protocol);
      if (sends && accepts) open.add(written(fromName, toName, port, protocol));
      else if ((sends || accepts) && own.has(fromName) && own.has(toName)) {
        halfOpen.add(written(fromName, toName, port, protocol));
      }
    }
  };
  for (const [name, pod] of own) {
    if (isTwin(name)) continue;
    for (const [other, end] of own) {
      if (other !== name && (!isTwin(other) || other === `${name}(2)`)) ask(name, pod, other, end);
    }
    for (const [other, end] of foreign) {
      ask(name, pod, other, end);
      ask(other, end, name, pod);
    }
  }
  return { open, halfOpen };
}

/** What is open although nobody drew it, and what is closed although somebody did. */
export function differences(found: Openings, drawn: Openings): Readonly<Record<string, readonly string[]>> {
  const missing = (some: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...some].filter((connection) => !others.has(connection));
  return {
    openButNotDrawn: missing(found.open, drawn.open),
    drawnButClosed: missing(drawn.open, found.open),
    openOnOneSide: missing(found.halfOpen, drawn.halfOpen),
  };
}
