import type { MonitoringPlan, Plan } from '../model/plan';
import type { Alert, Contribution, Contributor, Scrape } from './contract';
import { seriesOf } from './promql';
import { targetAlerts } from './targets';

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

/** The dead man's switch: always firing, so that its end is noticed elsewhere. */
const watchdog: Alert = {
  name: 'Watchdog',
  expr: 'vector(1)',
  severity: 'none',
  service: 'monitoring',
  summary: 'alerting works',
  description: 'Always firing. When it stops, so has alerting: a service outside must notice.',
};

/** Endpoints of what watches the others; Prometheus has its own without looking for it. */
function ownScrapes({ servers, blackbox }: MonitoringPlan): Scrape[] {
  const workloads = [
    ...(servers ? [servers.alertmanager.workload, servers.kubeStateMetrics] : []),
    ...(blackbox ? [blackbox] : []),
  ];
  return workloads.flatMap(({ name, ports }) =>
    ports.map((port) => ({
      job: name,
      workload: name,
      port: port.containerPort,
      portName: port.name,
      ...(name === servers?.kubeStateMetrics.name ? { honorLabels: true } : {}),
    })),
  );
}

/**
 * Monitoring that watches itself, over the jobs of all the others.
 * @param others what every other component brings
 */
export function ownMonitoring(others: readonly Contribution[]): Contributor {
  return (plan) => {
    const { monitors } = plan;
    if (monitors === undefined) return [];
    const { servers } = monitors;
    const scrapes = ownScrapes(monitors);
    const all = [...others.flatMap((one) => one.scrapes ?? []), ...scrapes].map(({ job }) => job);
    const jobs = [...new Set([...all, ...(servers ? [servers.prometheus.workload.name] : [])])];
    return [
      {
        component: 'monitoring',
        part: 'monitoring',
        scrapes,
        alerts: [watchdog, ...targetAlerts(plan, monitors, jobs), ...ofServers(plan)],
      },
    ];
  };
}
