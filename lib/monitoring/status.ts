import type { Plan } from '../model/plan';
import type { Alert } from './contract';
import { objectsJob, seriesOf } from './promql';

/**
 * That nothing of a part answers: by `service:up`, which knows 0 also where metrics are gone altogether. It is what
 * silences the alerts of the part's clients, so it must not mean one pod of several.
 */
export function downAlert(
  plan: Plan,
  name: string,
  service: string,
  text: Pick<Alert, 'summary' | 'description'> & { readonly for: string },
): Alert {
  const expr = `service:up{namespace="${plan.namespace}",service="${service}"} == 0`;
  return { name, expr, severity: 'critical', service, ...text };
}

/** How many pods of a Deployment are ready for a while: all that is known of one whose program has no metrics. */
export function availableOf(plan: Plan, deployment: string): string {
  return seriesOf(plan, objectsJob)('kube_deployment_status_replicas_available', `deployment="${deployment}"`);
}

/** How it is with a Deployment that only its pods' readiness tells of: it is down when none of them is available. */
export function readinessOf(
  plan: Plan,
  deployment: string,
  alert: Pick<Alert, 'name' | 'summary' | 'description'> & { readonly for: string },
): { readonly status: string; readonly down: Alert } {
  const available = availableOf(plan, deployment);
  return {
    status: `max(${available} > bool 0)`,
    down: { expr: `max(${available}) == 0`, severity: 'critical', service: deployment, ...alert },
  };
}

/** That one pod of several does not answer: what is left must do until it is back. */
export function memberAlert(name: string, service: string, expr: string): Alert {
  return {
    name,
    expr,
    for: '5m',
    severity: 'warning',
    service,
    summary: `a pod of ${service} is down`,
    description: '{{ $labels.pod }} does not answer; the others do its work.',
  };
}
