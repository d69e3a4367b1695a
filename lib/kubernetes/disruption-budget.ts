import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan, Workload } from '../model/plan';
import { metadata, selector } from './labels';

/**
 * A budget lets a drain take one pod at a time. There is none
 * - for fewer than two pods: it would forbid every eviction, and the drain would wait for ever;
 * - for pods that must share a node, because they mount a ReadWriteOnce claim: the replacement of the first evicted pod
 *   cannot leave the node that is being drained, stays Pending, and the budget would hold back all the others for ever.
 *   Without it all of them go, and the first to come back takes the claim to another node.
 */
export function allowsDisruptionBudget(workload: Pick<Workload, 'replicas'>, sameNodeAs: readonly string[]): boolean {
  return workload.replicas.min >= 2 && sameNodeAs.length === 0;
}

/** At most one pod of the workload is evicted at a time; one that is broken anyway may always go. */
export function disruptionBudget(scope: Construct, plan: Plan, workload: Workload): k8s.KubePodDisruptionBudget {
  return new k8s.KubePodDisruptionBudget(scope, `${workload.name}-budget`, {
    metadata: metadata(plan, workload.name, workload),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selector(plan, workload.name) },
    },
  });
}
