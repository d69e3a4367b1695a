import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan, Workload } from '../model/plan';
import { metadata } from './labels';

/**
 * How fast a workload grows and shrinks. Up at once, at most doubling (or two pods) a minute: a burst must not wait, and
 * new pods take about that long to show in the metric. Down only after five quiet minutes, and by a quarter a minute: a
 * wave of closed connections costs more than some idle pods.
 */
export const scalingBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 15,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 60 },
      { type: 'Pods', value: 2, periodSeconds: 60 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
  },
} as const;

/** The behaviour, as a value of its own for each object that holds it. */
function behavior(): k8s.HorizontalPodAutoscalerBehaviorV2 {
  const { scaleUp, scaleDown } = scalingBehavior;
  return {
    scaleUp: { ...scaleUp, policies: [...scaleUp.policies] },
    scaleDown: { ...scaleDown, policies: [...scaleDown.policies] },
  };
}

/**
 * Scales a Deployment by CPU between its figure and its maximum.
 * @param cpuPercent average use that is held, in percent of the CPU request
 */
export function autoscaler(
  scope: Construct,
  plan: Plan,
  workload: Workload,
  cpuPercent: number,
): k8s.KubeHorizontalPodAutoscalerV2 {
  return new k8s.KubeHorizontalPodAutoscalerV2(scope, `${workload.name}-autoscaler`, {
    metadata: metadata(plan, workload.name, workload),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
      minReplicas: workload.replicas.min,
      maxReplicas: workload.replicas.max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
        },
      ],
      behavior: behavior(),
    },
  });
}
