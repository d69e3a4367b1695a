import type { Plan, ServicePlan } from '../model/plan';
import { type Contribution, type Contributor, hpaAlerts, readinessOf } from '../monitoring/contribution';

/** A worker serves nobody, so nobody can ask it: its pods' readiness is all that is known of it. */
function contribution(plan: Plan, service: ServicePlan): Contribution {
  const { name } = service;
  const { status, down } = readinessOf(plan, name, {
    name: 'WorkerDown',
    for: '5m',
    summary: `${name} does not work`,
    description: 'None of its pods is available: what waits for it is not done.',
  });
  return {
    component: 'application',
    part: name,
    alerts: [down, ...hpaAlerts(plan, service)],
    status,
  };
}

/** What each worker and singleton of the Plan brings. */
export const workerMonitoring: Contributor = (plan) =>
  plan.monitors === undefined
    ? []
    : plan.services
        .filter(({ kind }) => kind === 'worker' || kind === 'singleton')
        .map((service) => contribution(plan, service));
