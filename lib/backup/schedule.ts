import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { jobSpec, suspendedCronJob } from '../kubernetes/job';
import { metadata } from '../kubernetes/labels';
import { serviceAccount } from '../kubernetes/service-account';
import type { BackupWork } from './contribution';
import { type Surroundings, workPod } from './pod';

/** How late a run may start, seconds: a control plane that was away for an upgrade still catches up. */
const lateSeconds = 3600;

/** Finished Jobs kept for their logs. Those with a volume of their own keep it as long, so one of each. */
function history(work: BackupWork): number {
  return work.throwAway ? 1 : 3;
}

/** A Job at its hour, never beside itself; or one that a person starts. No ttl: what failed is to be looked at. */
export function scheduledWork(scope: Construct, around: Surroundings, work: BackupWork): void {
  const { plan } = around;
  const { job } = work;
  const props = workPod(around, work);
  serviceAccount(scope, plan, job);
  if (job.schedule === undefined) {
    suspendedCronJob(scope, props);
    return;
  }
  new k8s.KubeCronJob(scope, `${job.name}-schedule`, {
    metadata: metadata(plan, job.name, job),
    spec: {
      schedule: job.schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: lateSeconds,
      successfulJobsHistoryLimit: history(work),
      failedJobsHistoryLimit: history(work),
      jobTemplate: { spec: jobSpec(props) },
    },
  });
}
