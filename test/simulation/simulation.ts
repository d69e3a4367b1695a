/**
 * What a network plugin does with NetworkPolicies, after the specification: the policies as JSON, pods, and the question
 * whether one end may open a connection to another.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { contains } from './addresses';
import {
  type NetworkPolicy,
  type PolicyPeer,
  type PolicyPort,
  type PolicyRule,
  type PolicyType,
  type Protocol,
  policyTypes,
  readPolicy,
  rulesOf,
} from './policy';
import { type Labels, selects } from './selectors';

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: Protocol;
}

export interface Pod {
  readonly kind: 'pod';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  /**
   * The pod's address, where blocks should match it too. The specification leaves open whether they do (they are meant for
   * what is outside), so policies must hold both ways.
   */
  readonly ip?: string;
}

/** Something outside the cluster, or a pod on its node's network: policies know it by its address alone. */
export interface Address {
  readonly kind: 'address';
  readonly ip: string;
}

/** The node on which the other end runs: its kubelet, for one. Policies never hold for it. */
export interface OwnNode {
  readonly kind: 'own-node';
}

export type End = Pod | Address | OwnNode;

export interface Connection {
  readonly from: End;
  readonly to: End;
  /** The port of the process: policies see pods, not Services. */
  readonly port: number;
  /** @default TCP */
  readonly protocol?: Protocol;
}

/** What one side says. */
export interface Side {
  readonly allowed: boolean;
  /** The policies that hold for this side. None: nothing is closed. */
  readonly policies: readonly string[];
  /** Those among them that let the connection through. */
  readonly allowedBy: readonly string[];
}

/** What either side of a pair says to a port. */
export interface Halves {
  readonly sends: (port: number, protocol: Protocol) => boolean;
  readonly accepts: (port: number, protocol: Protocol) => boolean;
}

/** A connection is open when both of its sides allow it. */
export interface Verdict {
  readonly allowed: boolean;
  readonly egress: Side;
  readonly ingress: Side;
}

const open: Side = { allowed: true, policies: [], allowedBy: [] };

/** Whether a port of a rule covers a port of the pod that listens; a port's name means what that pod calls so. */
function coversPort(rule: PolicyPort, to: End, port: number, protocol: Protocol): boolean {
  if (rule.protocol !== protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'number') return port >= rule.port && port <= (rule.endPort ?? rule.port);
  const named = to.kind === 'pod' ? to.ports.filter(({ name }) => name === rule.port) : [];
  return named.some((it) => it.containerPort === port && it.protocol === protocol);
}

/** Whether a rule covers a port: without ports it covers all. */
function coversRule({ ports }: PolicyRule, to: End, port: number, protocol: Protocol): boolean {
  return ports.length === 0 || ports.some((it) => coversPort(it, to, port, protocol));
}

/** "A Pod cannot block access to itself", and "traffic to and from the node where a Pod is running is always allowed". */
function isExempt({ from, to }: Pick<Connection, 'from' | 'to'>): boolean {
  return from === to || from.kind === 'own-node' || to.kind === 'own-node';
}

/** Policies over a cluster's namespaces. */
export class Simulation {
  readonly #byNamespace = new Map<string, NetworkPolicy[]>();
  readonly #applying = new WeakMap<Pod, Map<PolicyType, readonly NetworkPolicy[]>>();

  /**
   * @param manifests NetworkPolicies as JSON; other kinds are left out
   * @param namespaceLabels labels of namespaces, besides the one with the name that each has
   */
  constructor(
    manifests: readonly unknown[],
    private readonly namespaceLabels: Readonly<Record<string, Labels>> = {},
  ) {
    for (const manifest of manifests) {
      if ((manifest as { kind?: unknown }).kind !== 'NetworkPolicy') continue;
      const policy = readPolicy(manifest);
      const { namespace } = policy.metadata;
      this.#byNamespace.set(namespace, [...(this.#byNamespace.get(namespace) ?? []), policy]);
    }
  }

  /** Whether the connection may be opened. Replies need no rule. */
  allows(connection: Connection): boolean {
    return this.sends(connection) && this.accepts(connection);
  }

  /** Whether the side that opens it may: half of the answer. */
  sends({ from, to, port, protocol = 'TCP' }: Connection): boolean {
    return this.between(from, to).sends(port, protocol);
  }

  /** Whether the side that listens lets it in: the other half. */
  accepts({ from, to, port, protocol = 'TCP' }: Connection): boolean {
    return this.between(from, to).accepts(port, protocol);
  }

  /** The two halves for every port of one pair: whether the other end is a peer is found out once for all of them. */
  between(from: End, to: End): Halves {
    if (isExempt({ from, to })) return { sends: () => true, accepts: () => true };
    const egress = this.#rulesFor('Egress', from, to);
    const ingress = this.#rulesFor('Ingress', to, from);
    const covers = (rules: readonly PolicyRule[] | undefined, port: number, protocol: Protocol): boolean =>
      rules === undefined || rules.some((rule) => coversRule(rule, to, port, protocol));
    return {
      sends: (port, protocol) => covers(egress, port, protocol),
      accepts: (port, protocol) => covers(ingress, port, protocol),
    };
  }

  /** The same with the policies that decided, for messages. */
  explain(connection: Connection): Verdict {
    const { from, to } = connection;
    const exempt = isExempt(connection);
    const egress = exempt ? open : this.#side('Egress', from, to, connection);
    const ingress = exempt ? open : this.#side('Ingress', to, from, connection);
    return { allowed: egress.allowed && ingress.allowed, egress, ingress };
  }

  /** The rules that name the other end; undefined where no policy closes this direction of our own. */
  #rulesFor(type: PolicyType, own: End, other: End): readonly PolicyRule[] | undefined {
    const policies = own.kind === 'pod' ? this.#policiesOf(own, type) : [];
    if (policies.length === 0) return undefined;
    return policies.flatMap((policy) =>
      rulesOf(policy, type).filter((rule) => this.#isAmong(rule.peers, policy.metadata.namespace, other)),
    );
  }

  #side(type: PolicyType, own: End, other: End, connection: Connection): Side {
    const policies = own.kind === 'pod' ? this.#policiesOf(own, type) : [];
    const allowing = policies.filter((policy) => this.#policyAllows(policy, type, other, connection));
    const names = (list: readonly NetworkPolicy[]): string[] => list.map(({ metadata }) => metadata.name);
    const allowed = policies.length === 0 || allowing.length > 0;
    return { allowed, policies: names(policies), allowedBy: names(allowing) };
  }

  #policyAllows(policy: NetworkPolicy, type: PolicyType, other: End, connection: Connection): boolean {
    const { namespace } = policy.metadata;
    return rulesOf(policy, type).some((rule) => this.#ruleAllows(rule, namespace, other, connection));
  }

  /** The policies that close a direction of a pod. */
  #policiesOf(pod: Pod, type: PolicyType): readonly NetworkPolicy[] {
    const known = this.#applying.get(pod) ?? new Map<PolicyType, readonly NetworkPolicy[]>();
    this.#applying.set(pod, known);
    const found =
      known.get(type) ??
      (this.#byNamespace.get(pod.namespace) ?? []).filter(
        (policy) => policyTypes(policy).includes(type) && selects(policy.spec.podSelector, pod.labels),
      );
    known.set(type, found);
    return found;
  }

  #ruleAllows(rule: PolicyRule, namespace: string, other: End, { to, port, protocol = 'TCP' }: Connection): boolean {
    return coversRule(rule, to, port, protocol) && this.#isAmong(rule.peers, namespace, other);
  }

  /** Whether peers of a policy in `namespace` mean this end: none are all. */
  #isAmong(peers: readonly PolicyPeer[], namespace: string, end: End): boolean {
    return peers.length === 0 || peers.some((peer) => this.#isPeer(peer, namespace, end));
  }

  /** Whether a peer of a policy in `namespace` means this end. */
  #isPeer({ ipBlock, podSelector, namespaceSelector }: PolicyPeer, namespace: string, end: End): boolean {
    if (ipBlock !== undefined) {
      const ip = end.kind === 'own-node' ? undefined : end.ip;
      const isIn = (cidr: string): boolean => ip !== undefined && contains(cidr, ip);
      return isIn(ipBlock.cidr) && !(ipBlock.except ?? []).some(isIn);
    }
    if (end.kind !== 'pod') return false;
    const inNamespace =
      namespaceSelector === undefined
        ? end.namespace === namespace
        : selects(namespaceSelector, this.#labelsOf(end.namespace));
    return inNamespace && (podSelector === undefined || selects(podSelector, end.labels));
  }

  #labelsOf(namespace: string): Labels {
    return { ...this.namespaceLabels[namespace], 'kubernetes.io/metadata.name': namespace };
  }
}
