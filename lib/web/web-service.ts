import { Construct } from 'constructs';
import { applicationPod, startSeconds } from '../application';
import { autoscaler } from '../kubernetes/autoscaler';
import { deployment } from '../kubernetes/deployment';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { probes } from '../kubernetes/probes';
import { service as kubernetesService } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import type { Plan, ServicePlan } from '../model/plan';
import type { ClaimNames } from '../storage';

export interface WebServiceProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly claims: ClaimNames;
}

/**
 * Seconds between the decision to stop a pod and SIGTERM. The pod leaves the Service's endpoints at once, but every
 * node and proxy learns of it a little later, and would run into a closed port until then.
 */
export const preStopSeconds = 10;

/**
 * Sleeps in the container: the native `sleep` hook is newer than 1.28, which would drop it. Where the image has no
 * /bin/sleep the hook fails, an event says so, and the pod stops without the pause.
 */
const preStop = { preStop: { exec: { command: ['/bin/sleep', String(preStopSeconds)] } } };

/** A service that others connect to: Deployment, Service, and by its figures an autoscaler and a disruption budget. */
export class WebService extends Construct {
  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { plan, service } = props;
    serviceAccount(this, plan, service);
    deployment(this, {
      ...applicationPod({
        ...props,
        main: { ...probes(service.health, service.name, service.ports[0]?.name), lifecycle: preStop },
        preStopSeconds,
      }),
      strategy: 'rolling',
      autoscaled: service.autoscaler !== undefined,
      startSeconds: startSeconds(service),
    });
    kubernetesService(this, { plan, workload: service });
    if (service.autoscaler) autoscaler(this, plan, service, service.autoscaler.cpuPercent);
    if (allowsDisruptionBudget(service, service.sameNodeAs)) disruptionBudget(this, plan, service);
  }
}
