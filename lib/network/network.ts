import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { metadata } from '../kubernetes/labels';
import type { Plan } from '../model/plan';
import { flowsOf } from './flows';
import { edgePeers, podLabels } from './peers';
import { type Flow, rules } from './rules';

export interface NetworkProps {
  readonly plan: Plan;
}

/** The label that cert-manager puts on the pods of its HTTP-01 solver, and the port they listen on. */
const solver = { labels: { 'acme.cert-manager.io/http01-solver': 'true' }, port: 8089 } as const;

type Owner = Parameters<typeof metadata>[2];

interface PolicyProps {
  readonly name: string;
  readonly owner: Owner;
  readonly podSelector: k8s.LabelSelector;
  readonly ingress?: readonly Flow[];
  readonly egress?: readonly Flow[];
}

/** Both directions are always named: one that has no rule is closed. An empty list would not come back from the API server. */
function policy(scope: Construct, plan: Plan, props: PolicyProps): void {
  const ingress = rules(props.ingress ?? []);
  const egress = rules(props.egress ?? []);
  new k8s.KubeNetworkPolicy(scope, props.name, {
    metadata: metadata(plan, props.name, props.owner),
    spec: {
      podSelector: props.podSelector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingress.length ? ingress.map(({ peers, ports }) => ({ from: peers, ports })) : undefined,
      egress: egress.length ? egress.map(({ peers, ports }) => ({ to: peers, ports })) : undefined,
    },
  });
}

/**
 * The policies of the namespace: everything is closed, and each workload's own policy opens exactly its arrows. Policies
 * add up and see pods, not Services, so every port is a container's. A workload's policy has its name and selects by one
 * label. What a kubelet asks its own pods needs no rule: that traffic is never subject to policies.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class Network extends Construct {
  constructor(scope: Construct, id: string, { plan }: NetworkProps) {
    super(scope, id);
    const own = { component: 'network' } as const;
    const named = new Construct(this, 'namespace');
    policy(named, plan, { name: 'default-deny', owner: { name: 'default-deny', ...own }, podSelector: {} });
    if (plan.network.acmeSolver) {
      policy(named, plan, {
        name: 'acme-solver',
        owner: { name: 'acme-solver', ...own },
        podSelector: { matchLabels: solver.labels },
        ingress: edgePeers(plan.edge.peer).map((peer) => ({ peer, port: solver.port, protocol: 'TCP' })),
      });
    }
    const flows = flowsOf(plan);
    const workloads = new Construct(this, 'workloads');
    for (const workload of plan.workloads) {
      const podSelector = { matchLabels: podLabels(workload) };
      policy(workloads, plan, { name: workload.name, owner: workload, podSelector, ...flows.get(workload.name) });
    }
  }
}
