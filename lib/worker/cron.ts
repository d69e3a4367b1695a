import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { applicationPod, startSeconds } from '../application';
import { jobSpec } from '../kubernetes/job';
import { metadata } from '../kubernetes/labels';
import { serviceAccount } from '../kubernetes/service-account';
import type { Plan, ServicePlan } from '../model/plan';
import type { ClaimNames } from '../storage';

export interface CronProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly claims: ClaimNames;
}

/** How late a run may start, seconds: a control plane that was away for an upgrade still catches up. */
const lateSeconds = 3600;

/** How long the work of one run may take, seconds, retries included: a run that hangs must not hold back all later ones. */
const runSeconds = 3600;

/** A service that runs on a schedule, in UTC, never beside itself. */
export class Cron extends Construct {
  /** @throws Error when the service has no schedule, which the checks rule out */
  constructor(scope: Construct, id: string, props: CronProps) {
    super(scope, id);
    const { plan, service } = props;
    if (service.schedule === undefined) throw new Error(`Cannot run "${service.name}" as cron: it has no schedule`);
    serviceAccount(this, plan, service);
    new k8s.KubeCronJob(this, 'Resource', {
      metadata: metadata(plan, service.name, service),
      spec: {
        schedule: service.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: lateSeconds,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: jobSpec({
            ...applicationPod(props),
            backoffLimit: 2,
            deadlineSeconds: startSeconds(service) + runSeconds,
          }),
        },
      },
    });
  }
}
