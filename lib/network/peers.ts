import type { k8s } from 'cdk8s-plus-28';
import type { EdgePeer, Peer as PodsElsewhere, Workload } from '../model/plan';

/** The other end of a connection, as a policy names it. */
export interface Peer {
  /** Equal for equal peers; peers are written in the order of their keys. */
  readonly key: string;
  /** Undefined: whoever it is. A rule for it names no peers at all. */
  readonly selector: k8s.NetworkPolicyPeer | undefined;
}

/**
 * Any address. The rule names no peer instead of the block 0.0.0.0/0: that knows no IPv6, and some network plugins do not
 * count nodes and the API server behind them among the addresses of a block, so that nothing would reach it there.
 * @see https://github.com/cilium/cilium/issues/20550
 */
export const anyone: Peer = { key: '0', selector: undefined };

/** What the pods of a workload are selected by. One label: a name is unique among the workloads of a namespace. */
export function podLabels({ name, podLabels: own }: Pick<Workload, 'name' | 'podLabels'>): Record<string, string> {
  return own === undefined ? { 'app.kubernetes.io/name': name } : { ...own };
}

/** The pods of a workload of this namespace. */
export function workloadPeer(workload: Pick<Workload, 'name' | 'podLabels'>): Peer {
  return { key: `1 ${workload.name}`, selector: { podSelector: { matchLabels: podLabels(workload) } } };
}

/**
 * Pods of another namespace. Both selectors stand in one peer, which means *and*; as two peers they would mean *or*, and
 * let in the whole namespace, and these labels of this one.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 */
export function podsPeer({ namespace, podLabels }: PodsElsewhere): Peer {
  const labels = Object.entries(podLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const podSelector = labels.length ? { podSelector: { matchLabels: Object.fromEntries(labels) } } : {};
  return { key: `2 ${namespace} ${JSON.stringify(labels)}`, selector: { namespaceSelector, ...podSelector } };
}

function isVersion6(cidr: string): boolean {
  return cidr.includes(':');
}

/** Addresses outside the cluster. Only exceptions of the block's own family: the API server refuses others. */
export function blockPeer(cidr: string, exceptions: readonly string[] = []): Peer {
  const except = exceptions.filter((exception) => isVersion6(exception) === isVersion6(cidr)).sort();
  return {
    key: `3 ${cidr} ${except.join(' ')}`,
    selector: { ipBlock: except.length ? { cidr, except } : { cidr } },
  };
}

/** The addresses of several blocks; every address there is, where one of them is all of IPv4 or IPv6. */
export function addressPeers(cidrs: readonly string[]): Peer[] {
  const all = cidrs.some((cidr) => cidr === '0.0.0.0/0' || cidr === '::/0');
  return all ? [anyone] : cidrs.map((cidr) => blockPeer(cidr));
}

/** Who brings the requests in: pods and addresses, each of its own. */
export function edgePeers({ pods, cidrs }: EdgePeer): Peer[] {
  return [...(pods === undefined ? [] : [podsPeer(pods)]), ...addressPeers(cidrs)];
}
