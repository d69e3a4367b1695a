import { Construct } from 'constructs';
import { applicationPod, startSeconds } from '../application';
import { deployment } from '../kubernetes/deployment';
import { serviceAccount } from '../kubernetes/service-account';
import type { Plan, ServicePlan } from '../model/plan';
import type { ClaimNames } from '../storage';
import { workerProbes } from './worker';

export interface SingletonProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly claims: ClaimNames;
}

/**
 * A service of which there is never more than one, e.g. Celery beat: the old pod is gone before the new one starts, since
 * two of them would send every scheduled task twice. No autoscaler, and no budget, which would forbid every drain.
 */
export class Singleton extends Construct {
  constructor(scope: Construct, id: string, props: SingletonProps) {
    super(scope, id);
    const { plan, service } = props;
    serviceAccount(this, plan, service);
    deployment(this, {
      ...applicationPod({ ...props, main: workerProbes(service) }),
      workload: { ...service, replicas: { min: 1, max: 1 } },
      strategy: 'recreate',
      autoscaled: false,
      startSeconds: startSeconds(service),
    });
  }
}
