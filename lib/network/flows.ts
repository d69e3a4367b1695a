import type { ArrowEnd, Plan, ServicePlan, Workload } from '../model/plan';
import { addressPeers, anyone, blockPeer, edgePeers, type Peer, podsPeer, workloadPeer } from './peers';
import type { Flow } from './rules';

/** What a workload's pods may accept and open. */
export interface WorkloadFlows {
  readonly ingress: Flow[];
  readonly egress: Flow[];
}

type FlowsByName = ReadonlyMap<string, WorkloadFlows>;

function of(flows: FlowsByName, name: string): WorkloadFlows {
  const found = flows.get(name);
  if (found === undefined) throw new Error(`Cannot draw an arrow: the Plan has no workload "${name}"`);
  return found;
}

function tcp(peer: Peer, port: number): Flow {
  return { peer, port, protocol: 'TCP' };
}

function outsidePeers(end: Extract<ArrowEnd, { kind: 'outside' }>): Peer[] {
  return end.except.length ? end.cidrs.map((cidr) => blockPeer(cidr, end.except)) : addressPeers(end.cidrs);
}

/** Each arrow on both of its sides: the client's egress and the server's ingress. An outside end has no side of ours. */
function addArrows(flows: FlowsByName, plan: Plan): void {
  const workloads = new Map(plan.workloads.map((workload) => [workload.name, workload]));
  const known = (name: string): Pick<Workload, 'name' | 'podLabels'> => workloads.get(name) ?? { name };
  for (const { from, to, port } of plan.arrows) {
    const { egress } = of(flows, from);
    if (to.kind === 'outside') {
      egress.push(...outsidePeers(to).map((peer) => tcp(peer, port)));
    } else {
      egress.push(tcp(workloadPeer(known(to.name)), port));
      of(flows, to.name).ingress.push(tcp(workloadPeer(known(from)), port));
    }
  }
}

/** The container ports that the edge leads to: all but the metrics of a proxy, the routed ones of other services. */
function edgePorts(plan: Plan, services: ReadonlyMap<string, ServicePlan>): { name: string; port: number }[] {
  const { proxy, routes } = plan.edge;
  if (proxy !== undefined) {
    const service = services.get(proxy);
    const ports = service?.ports.filter(({ name }) => name !== service.metrics?.port) ?? [];
    return ports.map(({ containerPort }) => ({ name: proxy, port: containerPort }));
  }
  return routes.flatMap(({ to, port: wanted }) => {
    const ports = services.get(to)?.ports.filter(({ port }) => port === wanted) ?? [];
    return ports.map(({ containerPort }) => ({ name: to, port: containerPort }));
  });
}

/**
 * Whoever brings the outside in: the controller or the Gateway, or anybody, for the pods behind a load balancer see the
 * clients' own addresses, or those of a node.
 */
function addEdge(flows: FlowsByName, plan: Plan): void {
  const { kind, peer } = plan.edge;
  if (kind === 'none') return;
  const from = kind === 'load-balancer' ? [anyone] : edgePeers(peer);
  const services = new Map(plan.services.map((service) => [service.name, service]));
  for (const { name, port } of edgePorts(plan, services)) {
    of(flows, name).ingress.push(...from.map((each) => tcp(each, port)));
  }
}

/** Operators that reach into the namespace: KEDA asks a queue for its length. */
function addVisitors(flows: FlowsByName, plan: Plan): void {
  for (const { peer, to, port } of plan.network.visitors) of(flows, to).ingress.push(tcp(podsPeer(peer), port));
}

/** The API server has no pods that a selector could match, and the port of its Service differs from that of its process. */
function addApiServer(flows: FlowsByName, plan: Plan): void {
  const { cidrs, ports } = plan.network.apiServer;
  const peers = addressPeers(cidrs);
  for (const { name, apiServer } of plan.workloads) {
    if (apiServer) of(flows, name).egress.push(...peers.flatMap((peer) => ports.map((port) => tcp(peer, port))));
  }
}

/** Who opens connections resolves names: over UDP, and over TCP when the answer is long. Who opens none needs no DNS. */
function addDns(flows: FlowsByName, plan: Plan): void {
  const { dns } = plan.network;
  const peers = [podsPeer(dns), ...dns.cidrs.map((cidr) => blockPeer(cidr))];
  const lookups = peers.flatMap((peer): Flow[] => [tcp(peer, 53), { peer, port: 53, protocol: 'UDP' }]);
  for (const { egress } of flows.values()) if (egress.length) egress.push(...lookups);
}

/** What is let through, by workload: derived from the arrows, the edge, the visitors and the places of DNS and API server alone. */
export function flowsOf(plan: Plan): FlowsByName {
  const flows: FlowsByName = new Map(plan.workloads.map(({ name }) => [name, { ingress: [], egress: [] }]));
  addArrows(flows, plan);
  addEdge(flows, plan);
  addVisitors(flows, plan);
  addApiServer(flows, plan);
  addDns(flows, plan);
  return flows;
}
