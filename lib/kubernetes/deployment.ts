import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metadata, selector } from './labels';
import { type PodProps, podTemplate } from './pod';

export interface DeploymentProps extends Omit<PodProps, 'restartPolicy'> {
  /**
   * `rolling`: a new pod is ready before an old one goes. `recreate`: the old pod is gone before the new one starts, for
   * what must never run twice.
   */
  readonly strategy: 'rolling' | 'recreate';
  /** An autoscaler owns the count: a `replicas` beside it would set it back at every apply. */
  readonly autoscaled: boolean;
  /** How long a start may take before the rollout is called failed, seconds: waits, preparation and start-up. */
  readonly startSeconds: number;
}

/** Old ReplicaSets kept for `kubectl rollout undo`; each costs an object, and older ones are in version control. */
const revisionHistoryLimit = 5;

/** The least `progressDeadlineSeconds`: Kubernetes' own default, with room for a slow image pull. */
const leastProgressSeconds = 600;

/** Besides the start itself: scheduling and the image pull, seconds. */
const pullSeconds = 300;

/**
 * A Deployment of golden pods. One more pod while it rolls, and none less, so that a rollout never lowers capacity. That
 * holds as well where pods share a ReadWriteOnce claim: the surge pod joins the others on the claim's node.
 */
export function deployment(scope: Construct, props: DeploymentProps): k8s.KubeDeployment {
  const { plan, workload } = props;
  return new k8s.KubeDeployment(scope, `${workload.name}-deployment`, {
    metadata: metadata(plan, workload.name, workload),
    spec: {
      replicas: props.autoscaled ? undefined : workload.replicas.min,
      revisionHistoryLimit,
      progressDeadlineSeconds: Math.max(leastProgressSeconds, props.startSeconds + pullSeconds),
      selector: { matchLabels: selector(plan, workload.name) },
      strategy:
        props.strategy === 'recreate'
          ? { type: 'Recreate' }
          : {
              type: 'RollingUpdate',
              rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
            },
      template: podTemplate(props),
    },
  });
}
