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
