import type { Plan, ServicePlan } from '../model/plan';
import { availableOf, type Contribution, type Contributor, hpaAlerts } from '../monitoring/contribution';

/** A worker serves nobody, so nobody can ask it: its pods' readiness is all that is known of it. */
function contribution(plan: Plan, service: ServicePlan): Contribution {
  const { name } = service;
  const available = availableOf(plan, name);
  return {
    component: 'application',
    part: name,
    alerts: [
      {
        name: 'WorkerDown',
        expr: `max(${available}) == 0`,
        for: '5m',
        severity: 'critical',
        service: name,
        summary: `${name} does not work`,
        description: 'None of its pods is available: what waits for it is not done.',
      },
      ...hpaAlerts(plan, service),
    ],
    status: `max(${available} > bool 0)`,
  };
}

/** What each worker and singleton of the Plan brings. */
export const workerMonitoring: Contributor = (plan) =>
  plan.monitors === undefined
    ? []
    : plan.services
        .filter(({ kind }) => kind === 'worker' || kind === 'singleton')
        .map((service) => contribution(plan, service));
