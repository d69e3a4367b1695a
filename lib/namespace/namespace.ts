import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { labels, metadata } from '../kubernetes/labels';
import { retained } from '../kubernetes/retention';
import type { Capacity, Plan } from '../model/plan';
import { byteQuantity, cpuQuantity } from '../model/quantities';

export interface NamespaceProps {
  readonly plan: Plan;
}

/**
 * The release whose Pod Security Standard holds: the oldest that we support, and the one that these pods are checked
 * against. Unpinned, an upgrade of the cluster could refuse them at their next start. Newer releases know it.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
 */
const podSecurityVersion = 'v1.28';

const podSecurityLabels = Object.fromEntries(
  ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
  ]),
);

/** What a container that states no requests is counted with: a process that waits or answers one question, and its logs. */
const defaultRequest = { cpu: 10, memory: 64, ephemeral: 64 } as const;

function quantity(text: string): k8s.Quantity {
  return k8s.Quantity.fromString(text);
}

/** Zero has no unit when it comes back from the API server. */
function bytes(size: number): k8s.Quantity {
  return quantity(size === 0 ? '0' : byteQuantity(size));
}

function amounts({ cpu, memory, ephemeral }: Capacity & { readonly ephemeral: number }): Record<string, k8s.Quantity> {
  return { cpu: quantity(cpuQuantity(cpu)), memory: bytes(memory), 'ephemeral-storage': bytes(ephemeral) };
}

function withPrefix(prefix: string, record: Record<string, k8s.Quantity>): Record<string, k8s.Quantity> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** Cluster-scoped, so it is the one object here without a namespace of its own. */
function namespace(scope: Construct, plan: Plan): void {
  new k8s.KubeNamespace(scope, 'Resource', {
    metadata: {
      name: plan.namespace,
      labels: { ...labels(plan, plan.namespace, 'namespace'), ...podSecurityLabels },
      // Deleting it would delete every claim in it.
      annotations: { ...retained },
    },
  });
}

/**
 * A quota on CPU and memory refuses pods that state none. Ours all do; this is for the pods of others: cert-manager's
 * solver states no ephemeral storage, `kubectl run` states nothing. Only defaults, no minimum and no maximum: those would
 * refuse what a patch makes larger, and the quota bounds the sum anyway.
 */
function limitRange(scope: Construct, plan: Plan): void {
  new k8s.KubeLimitRange(scope, 'limits', {
    metadata: metadata(plan, 'container-defaults', { name: plan.namespace, component: 'namespace' }),
    spec: {
      limits: [{ type: 'Container', default: amounts(plan.quota.largest), defaultRequest: amounts(defaultRequest) }],
    },
  });
}

/**
 * The quota bounds pods and the number of claims, not their sizes: a claim that grows in the same apply as its quota is
 * now and then checked against the old one, and refused.
 */
function resourceQuota(scope: Construct, plan: Plan): void {
  const { quota } = plan;
  new k8s.KubeResourceQuota(scope, 'quota', {
    metadata: metadata(plan, 'namespace-quota', { name: plan.namespace, component: 'namespace' }),
    spec: {
      hard: {
        ...withPrefix('requests', amounts({ ...quota.requests, ephemeral: quota.ephemeral })),
        ...withPrefix('limits', amounts({ ...quota.limits, ephemeral: quota.ephemeral })),
        pods: quantity(String(quota.pods)),
        persistentvolumeclaims: quantity(String(quota.claims)),
      },
    },
  });
}

/**
 * The namespace: Pod Security `restricted`, kept by Argo CD and Flux whatever happens, with a quota from the Plan and
 * defaults for the pods of others.
 */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, { plan }: NamespaceProps) {
    super(scope, id);
    namespace(this, plan);
    limitRange(this, plan);
    resourceQuota(this, plan);
  }
}
