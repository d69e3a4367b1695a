import type { Plan, ServicePlan } from '../model/plan';
import type { Alert } from './contract';
import { objectsJob, seriesOf } from './promql';

/** An autoscaler that can do no more, or does nothing. KEDA's carries a prefix. */
export function hpaAlerts(plan: Plan, service: ServicePlan): Alert[] {
  if (service.autoscaler === undefined) return [];
  const { name, replicas } = service;
  const series = seriesOf(plan, objectsJob);
  const own = `horizontalpodautoscaler=~"(keda-hpa-)?${name}"`;
  return [
    {
      name: 'AutoscalerAtMaximum',
      expr: `max(${series('kube_horizontalpodautoscaler_status_current_replicas', own)}) >= ${replicas.max}`,
      for: '15m',
      severity: 'warning',
      service: name,
      summary: `${name} cannot grow any further`,
      description: `It has run at its maximum of ${replicas.max} pods for a quarter of an hour.`,
    },
    {
      name: 'AutoscalerBlind',
      expr: `max(${series('kube_horizontalpodautoscaler_status_condition', `${own},condition="ScalingActive",status="false"`)}) == 1`,
      for: '15m',
      severity: 'warning',
      service: name,
      summary: `${name} does not scale`,
      description: 'Its autoscaler cannot read the metric that it scales by.',
    },
  ];
}
