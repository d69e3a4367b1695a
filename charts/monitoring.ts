import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { MonitoringPlan, Plan } from '../lib/model/plan';
import {
  Alertmanager,
  BlackboxExporter,
  type Contribution,
  ExporterPod,
  Grafana,
  KubeStateMetrics,
  OperatorObjects,
  Prometheus,
} from '../lib/monitoring';
import { contributionsOf } from './contributions';

function addServers(
  scope: Construct,
  plan: Plan,
  monitors: MonitoringPlan,
  contributions: readonly Contribution[],
): void {
  const { servers } = monitors;
  if (servers === undefined) return;
  new KubeStateMetrics(scope, 'kube-state-metrics', plan, servers.kubeStateMetrics);
  new Alertmanager(scope, 'alertmanager', { plan, monitors, server: servers.alertmanager, contributions });
  new Prometheus(scope, 'prometheus', { plan, monitors, server: servers.prometheus, contributions });
  new Grafana(scope, 'grafana', { plan, server: servers.grafana, contributions });
}

/** `60-monitoring`: gathers what the components bring; it knows none of them. */
export class MonitoringChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '60-monitoring');
    const { monitors } = plan;
    if (monitors === undefined) return;
    const contributions = contributionsOf(plan);
    const exporters = new Construct(this, 'exporters');
    for (const own of contributions.flatMap(({ ownPods = [] }) => ownPods)) {
      new ExporterPod(exporters, own.workload.name, plan, own);
    }
    if (monitors.blackbox) new BlackboxExporter(this, 'blackbox-exporter', plan, monitors.blackbox, monitors.checks);
    if (monitors.mode === 'operator') new OperatorObjects(this, 'operator', { plan, monitors, contributions });
    else addServers(this, plan, monitors, contributions);
  }
}
