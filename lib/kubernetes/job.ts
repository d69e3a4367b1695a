import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metadata } from './labels';
import { type PodProps, podTemplate } from './pod';

export interface JobProps extends Omit<PodProps, 'restartPolicy'> {
  /** How long the Job may take in all, seconds. */
  readonly deadlineSeconds: number;
  /** Failed pods before the Job is failed. */
  readonly backoffLimit: number;
}

/**
 * Annotation on a Job whose name gets the hash of its whole template when it is rendered (`finish.ts`): a changed Job is a
 * new Job, an unchanged one is left alone. No ttl: a Job that vanished would run again at the next apply.
 */
export const hashedName = 'keelson.dev/hashed-name';

/** The spec of a Job, whether it stands alone or in a CronJob. */
export function jobSpec(props: JobProps): k8s.JobSpec {
  return {
    backoffLimit: props.backoffLimit,
    activeDeadlineSeconds: props.deadlineSeconds,
    template: podTemplate({ ...props, restartPolicy: 'Never' }),
  };
}

/** A Job that runs once for each content. */
export function job(scope: Construct, props: JobProps): k8s.KubeJob {
  const { plan, workload } = props;
  return new k8s.KubeJob(scope, workload.name, {
    metadata: metadata(plan, workload.name, workload, { [hashedName]: 'true' }),
    spec: jobSpec(props),
  });
}

/** The same, as something a person starts: `kubectl create job --from=cronjob/<name>`. Never on a schedule. */
export function suspendedCronJob(scope: Construct, props: JobProps): k8s.KubeCronJob {
  const { plan, workload } = props;
  return new k8s.KubeCronJob(scope, `${workload.name}-again`, {
    metadata: metadata(plan, workload.name, workload),
    spec: {
      // A schedule is mandatory; this one is the rarest there is, and suspended besides.
      schedule: '0 0 29 2 *',
      suspend: true,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: jobSpec(props) },
    },
  });
}
