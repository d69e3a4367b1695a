import { k8s } from 'cdk8s-plus-28';
import type { Peer } from './peers';

export type Protocol = 'TCP' | 'UDP';

/** One thing that is let through, seen from one side: with whom, and on which port of the pod that listens. */
export interface Flow {
  readonly peer: Peer;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Peers that may use the same ports. */
export interface Rule {
  /** Undefined: whoever it is. */
  readonly peers: k8s.NetworkPolicyPeer[] | undefined;
  readonly ports: k8s.NetworkPolicyPort[];
}

interface PeerPorts {
  readonly peer: Peer;
  readonly ports: Map<string, Flow>;
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function byPort(a: Flow, b: Flow): number {
  return a.port - b.port || (a.protocol < b.protocol ? -1 : 1);
}

/** Flows by peer; what is said twice stands once. */
function portsByPeer(flows: readonly Flow[]): PeerPorts[] {
  const found = new Map<string, PeerPorts>();
  for (const flow of flows) {
    const entry = found.get(flow.peer.key) ?? { peer: flow.peer, ports: new Map() };
    entry.ports.set(`${flow.protocol} ${flow.port}`, flow);
    found.set(flow.peer.key, entry);
  }
  return [...found.values()].sort((a, b) => byKey(a.peer, b.peer));
}

function rule(ports: readonly Flow[], peers: readonly Peer[]): Rule {
  const selectors = peers.flatMap(({ selector }) => (selector === undefined ? [] : [selector]));
  return {
    // Whoever it is includes all the others.
    peers: selectors.length === peers.length ? selectors : undefined,
    ports: ports.map(({ port, protocol }) => ({ port: k8s.IntOrString.fromNumber(port), protocol })),
  };
}

/**
 * The shortest list of rules that lets through these flows and no others: one rule for all peers that use the same ports.
 * Ordered by port, then by peer, so that the order of the arrows in a system's file changes nothing.
 */
export function rules(flows: readonly Flow[]): Rule[] {
  const groups = new Map<string, { readonly ports: readonly Flow[]; readonly peers: Peer[] }>();
  for (const { peer, ports: found } of portsByPeer(flows)) {
    const ports = [...found.values()].sort(byPort);
    const key = ports.map(({ port, protocol }) => `${protocol} ${port}`).join(', ');
    const group = groups.get(key) ?? { ports, peers: [] };
    group.peers.push(peer);
    groups.set(key, group);
  }
  const lowest = (ports: readonly Flow[]): number => ports[0]?.port ?? 0;
  // Groups were made in the order of their first peers, and sorting keeps that order among equal ports.
  return [...groups.values()]
    .sort((a, b) => lowest(a.ports) - lowest(b.ports))
    .map(({ ports, peers }) => rule(ports, peers));
}
