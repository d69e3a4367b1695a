import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  AlertmanagerConfig,
  type Endpoint,
  PodMonitor,
  Probe,
  PrometheusRule,
  type Relabeling,
  ServiceMonitor,
} from '../../imports/monitoring.coreos.com';
import { metadata, selector } from '../kubernetes/labels';
import type { CheckPlan, MonitoringPlan, Plan } from '../model/plan';
import type { Contribution, Scrape } from './contract';
import { dashboardFiles } from './dashboards';
import { alertmanagerConfig } from './operator-alerts';
import { moduleOf } from './prometheus-configuration';
import { blackboxJob } from './promql';
import { ruleObjects } from './rules';
import { timingOf } from './timing';

export interface OperatorObjectsProps {
  readonly plan: Plan;
  readonly monitors: MonitoringPlan;
  readonly contributions: readonly Contribution[];
}

/** What Grafana's sidecar, as its charts install it, looks for. */
const dashboardLabel = { grafana_dashboard: '1' };

/** What is asked in the same way and has the same labels: one object for a service, and one or two for each public host. */
function questions(checks: readonly CheckPlan[]): Map<string, CheckPlan[]> {
  const hosts = [...new Set(checks.filter((check) => check.public).map(({ name }) => name))];
  const groups = new Map<string, CheckPlan[]>();
  for (const check of checks) {
    const name = check.public ? `public-${hosts.indexOf(check.name)}-${moduleOf(check)}` : check.name;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [check]);
    else group.push(check);
  }
  return groups;
}

/** The same labels as with our own Prometheus, so that rules and dashboards are the same. */
function relabelings({ job, endpoint }: Scrape): Relabeling[] {
  return [
    { targetLabel: 'job', replacement: job },
    ...(endpoint === undefined ? [] : [{ targetLabel: 'endpoint', replacement: endpoint }]),
  ];
}

function endpointOf(plan: Plan, scrape: Scrape): Endpoint {
  const timing = timingOf(plan);
  const { portName, path, params, keep } = scrape;
  return {
    port: portName,
    interval: timing.interval,
    scrapeTimeout: timing.timeout,
    relabelings: relabelings(scrape),
    ...(path === undefined ? {} : { path }),
    ...(params === undefined ? {} : { params }),
    ...(keep === undefined ? {} : { metricRelabelings: [{ action: 'keep', sourceLabels: ['__name__'], regex: keep }] }),
  };
}

/**
 * What an operator's Prometheus and Alertmanager need to know of the system: where metrics are, the rules, the questions
 * that are asked as a client would, and who is told. Dashboards are ConfigMaps that Grafana's sidecar finds.
 */
export class OperatorObjects extends Construct {
  readonly #props: OperatorObjectsProps;

  constructor(scope: Construct, id: string, props: OperatorObjectsProps) {
    super(scope, id);
    this.#props = props;
    const own = new Set(
      props.contributions.flatMap(({ ownPods = [] }) => ownPods.map(({ workload }) => workload.name)),
    );
    for (const scrape of props.contributions.flatMap(({ scrapes = [] }) => scrapes)) {
      this.monitor(scrape, own.has(scrape.workload));
    }
    for (const [name, checks] of questions(props.monitors.checks)) this.probe(name, checks);
    this.rules();
    this.alerts();
    this.dashboards();
  }

  private metadata(name: string): ReturnType<typeof metadata> {
    const { plan, monitors } = this.#props;
    const base = metadata(plan, name, { name, component: 'monitoring' });
    return { ...base, labels: { ...base.labels, ...monitors.operatorLabels } };
  }

  private monitor(scrape: Scrape, hasService: boolean): void {
    const { plan } = this.#props;
    const name = scrape.endpoint === undefined ? scrape.workload : `${scrape.workload}-${scrape.endpoint}`;
    const where = {
      selector: { matchLabels: selector(plan, scrape.workload) },
      namespaceSelector: { matchNames: [plan.namespace] },
    };
    const base = { metadata: this.metadata(name) };
    if (hasService) {
      new ServiceMonitor(this, `${name}-monitor`, {
        ...base,
        spec: { ...where, endpoints: [endpointOf(plan, scrape)] },
      });
    } else {
      new PodMonitor(this, `${name}-monitor`, {
        ...base,
        spec: { ...where, podMetricsEndpoints: [endpointOf(plan, scrape)] },
      });
    }
  }

  private probe(name: string, checks: readonly CheckPlan[]): void {
    const { plan, monitors } = this.#props;
    const { blackbox } = monitors;
    const [check] = checks;
    if (blackbox === undefined || check === undefined) return;
    new Probe(this, `${name}-probe`, {
      metadata: this.metadata(name),
      spec: {
        jobName: blackboxJob,
        interval: timingOf(plan).interval,
        module: moduleOf(check),
        prober: { url: `${blackbox.name}.${plan.namespace}.svc:${blackbox.ports[0]?.port ?? ''}` },
        targets: { staticConfig: { static: checks.map(({ url }) => url), labels: { service: check.name } } },
      },
    });
  }

  private rules(): void {
    const { plan, contributions } = this.#props;
    for (const [component, groups] of ruleObjects(plan, contributions)) {
      new PrometheusRule(this, `${component}-rules`, { metadata: this.metadata(component), spec: { groups } });
    }
  }

  private alerts(): void {
    const { plan, monitors, contributions } = this.#props;
    if (monitors.receivers.length === 0) return;
    new AlertmanagerConfig(this, 'alerts', {
      metadata: this.metadata('alerts'),
      spec: alertmanagerConfig(plan, contributions),
    });
  }

  private dashboards(): void {
    const { plan, contributions } = this.#props;
    const base = this.metadata('dashboards');
    new k8s.KubeConfigMap(this, 'dashboards', {
      metadata: { ...base, labels: { ...base.labels, ...dashboardLabel } },
      data: dashboardFiles(plan, contributions),
    });
  }
}
