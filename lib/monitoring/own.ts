import type { Plan } from '../model/plan';
import type { Alert, Contribution, Contributor } from './contract';
import { seriesOf } from './promql';

/** Prometheus and Alertmanager as they see themselves. An operator's are its own to watch. */
function ofServers(plan: Plan): Alert[] {
  const servers = plan.monitors?.servers;
  if (servers === undefined) return [];
  const prometheus = seriesOf(plan, servers.prometheus.workload.name);
  const alertmanager = seriesOf(plan, servers.alertmanager.workload.name);
  const failed = `sum by (namespace, job, integration) (rate(${alertmanager('alertmanager_notifications_failed_total')}[15m]))`;
  const base = { service: 'monitoring', severity: 'critical' } as const;
  return [
    {
      ...base,
      name: 'PrometheusWithoutAlertmanager',
      expr: `max_over_time(${prometheus('prometheus_notifications_alertmanagers_discovered')}[5m]) < 1`,
      for: '10m',
      summary: 'alerts reach nobody',
      description: 'Prometheus finds no Alertmanager.',
    },
    {
      ...base,
      name: 'PrometheusDropsAlerts',
      expr: `rate(${prometheus('prometheus_notifications_dropped_total')}[5m]) > 0`,
      for: '15m',
      summary: 'alerts are lost',
      description: 'Prometheus drops {{ $value | humanize }} alerts each second.',
    },
    {
      ...base,
      name: 'PrometheusRuleFailures',
      expr: `increase(${prometheus('prometheus_rule_evaluation_failures_total')}[5m]) > 0`,
      for: '15m',
      summary: 'rules fail',
      description: '{{ $labels.rule_group }} cannot be evaluated: its alerts are blind.',
    },
    {
      ...base,
      name: 'PrometheusDiscoveryFailures',
      expr: `increase(${prometheus('prometheus_sd_kubernetes_failures_total')}[5m]) > 0`,
      for: '15m',
      summary: 'targets are not found',
      description: 'Prometheus cannot list pods: is its Role in force?',
    },
    {
      ...base,
      name: 'AlertmanagerNotificationsFailing',
      expr: `${failed} / sum by (namespace, job, integration) (rate(${alertmanager('alertmanager_notifications_total')}[15m])) > 0.01`,
      for: '5m',
      summary: 'somebody is not told',
      description: '{{ $value | humanizePercentage }} of the messages by {{ $labels.integration }} fail.',
    },
    {
      ...base,
      name: 'AlertmanagerConfigurationRefused',
      expr: `max_over_time(${alertmanager('alertmanager_config_last_reload_successful')}[5m]) == 0`,
      for: '10m',
      summary: 'Alertmanager runs on an old configuration',
      description: 'The present one was refused.',
    },
  ];
}

/** Whether what should be collected is there at all. An absent series makes every other alert on it silent. */
function ofTargets(plan: Plan, jobs: readonly string[]): Alert[] {
  return [
    {
      name: 'TargetDown',
      expr: `up{namespace="${plan.namespace}",job=~"${jobs.join('|')}"} == 0`,
      for: '5m',
      severity: 'warning',
      service: 'monitoring',
      summary: 'metrics cannot be collected',
      description: '{{ $labels.job }}: {{ $labels.instance }} does not answer Prometheus.',
    },
    ...jobs.map(
      (job): Alert => ({
        name: 'TargetMissing',
        expr: `absent(${seriesOf(plan, job)('up')})`,
        for: '5m',
        severity: 'critical',
        service: job,
        summary: `nothing is known of ${job}`,
        description: `There is no target of job ${job}: its pods are gone, or Prometheus does not find them.`,
      }),
    ),
  ];
}

/** The dead man's switch: always firing, so that its end is noticed elsewhere. */
const watchdog: Alert = {
  name: 'Watchdog',
  expr: 'vector(1)',
  severity: 'none',
  service: 'monitoring',
  summary: 'alerting works',
  description: 'Always firing. When it stops, so has alerting: a service outside must notice.',
};

/**
 * Monitoring that watches itself, over the jobs of all the others.
 * @param others what every other component brings
 */
export function ownMonitoring(others: readonly Contribution[]): Contributor {
  return (plan) => {
    if (plan.monitors === undefined) return [];
    const servers = plan.monitors.servers;
    const own = servers ? [servers.prometheus, servers.alertmanager].map(({ workload }) => workload.name) : [];
    const jobs = [...others.flatMap(({ scrapes = [] }) => scrapes.map(({ job }) => job)), ...own];
    return [
      {
        component: 'monitoring',
        part: 'monitoring',
        scrapes: servers
          ? [servers.alertmanager.workload, servers.kubeStateMetrics].flatMap(({ name, ports }) =>
              ports.map((port) => ({
                job: name,
                workload: name,
                port: port.containerPort,
                portName: port.name,
                honorLabels: name === servers.kubeStateMetrics.name,
              })),
            )
          : [],
        alerts: [watchdog, ...ofTargets(plan, [...new Set(jobs)]), ...ofServers(plan)],
      },
    ];
  };
}
