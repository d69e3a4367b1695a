import { Construct } from 'constructs';
import { applicationPod, startSeconds } from '../application';
import { autoscaler } from '../kubernetes/autoscaler';
import { deployment } from '../kubernetes/deployment';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { type Probes, probes } from '../kubernetes/probes';
import { serviceAccount } from '../kubernetes/service-account';
import type { Plan, ServicePlan } from '../model/plan';
import type { ClaimNames } from '../storage';
import { queueScaler, queueTrigger, type Stores } from './queue-scaler';

export interface WorkerProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly claims: ClaimNames;
  readonly stores: Stores;
}

/**
 * The probes of a workload that serves nobody: its command as startup and liveness, or a path where it has one. Nothing
 * is asked of a port that it may have for metrics alone.
 */
export function workerProbes({ health, name, ports }: Pick<ServicePlan, 'health' | 'name' | 'ports'>): Probes {
  const asked = health.path !== undefined || health.livePath !== undefined;
  return probes(health, name, asked ? ports[0]?.name : undefined);
}

/** A service that takes its work from a queue: Deployment, and by its figures an autoscaler and a disruption budget. */
export class Worker extends Construct {
  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    const { plan, service, claims, stores } = props;
    const queue = queueTrigger(plan, service, stores);
    serviceAccount(this, plan, service);
    deployment(this, {
      ...applicationPod({ plan, service, claims, main: workerProbes(service), env: queue?.env }),
      strategy: 'rolling',
      autoscaled: service.autoscaler !== undefined,
      startSeconds: startSeconds(service),
    });
    if (queue) queueScaler(this, plan, service, queue.trigger);
    else if (service.autoscaler) autoscaler(this, plan, service, service.autoscaler.cpuPercent);
    if (allowsDisruptionBudget(service, service.sameNodeAs)) disruptionBudget(this, plan, service);
  }
}
