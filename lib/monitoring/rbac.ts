import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metadata } from '../kubernetes/labels';
import type { Plan, Workload } from '../model/plan';

function subject(plan: Plan, { name }: Workload): k8s.Subject {
  return { kind: 'ServiceAccount', name, namespace: plan.namespace };
}

/** What a workload may read in its own namespace, and nothing else. */
export function reader(scope: Construct, plan: Plan, workload: Workload, rules: readonly k8s.PolicyRule[]): void {
  const { name } = workload;
  new k8s.KubeRole(scope, `${name}-role`, { metadata: metadata(plan, name, workload), rules: [...rules] });
  new k8s.KubeRoleBinding(scope, `${name}-role-binding`, {
    metadata: metadata(plan, name, workload),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [subject(plan, workload)],
  });
}

/**
 * The metrics of the kubelets: nodes are no object of a namespace. Never `nodes/proxy`: a GET there runs commands in any
 * pod. The name carries the namespace, because there may be another system in the cluster.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
export function nodeReader(scope: Construct, plan: Plan, workload: Workload): void {
  const name = `${plan.namespace}-${workload.name}`;
  const { namespace: _, ...clusterWide } = metadata(plan, name, workload);
  new k8s.KubeClusterRole(scope, `${workload.name}-cluster-role`, {
    metadata: clusterWide,
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ],
  });
  new k8s.KubeClusterRoleBinding(scope, `${workload.name}-cluster-role-binding`, {
    metadata: clusterWide,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [subject(plan, workload)],
  });
}
