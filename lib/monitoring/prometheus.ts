import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { httpAction, probe } from '../kubernetes/probes';
import { dataVolume } from '../kubernetes/stateful-set';
import type { MonitoringPlan, MonitoringServer, Plan } from '../model/plan';
import type { Contribution } from './contract';
import { folders, prometheusConfiguration } from './prometheus-configuration';
import { nodeReader, reader } from './rbac';
import { ruleFile, ruleObjects } from './rules';
import { type ConfigMaps, filesVolume, monitoringServer } from './server';

export interface PrometheusProps {
  readonly plan: Plan;
  readonly monitors: MonitoringPlan;
  readonly server: MonitoringServer;
  readonly contributions: readonly Contribution[];
}

const timing = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3 };

/** It reads its write-ahead log before it is ready: up to ten minutes on a slow volume. */
const startTries = 60;

/** The head of the database is written at the end. */
const graceSeconds = 300;

/** The rules of each component are a ConfigMap of their own: together they could grow too large for one. */
function rulesOf(component: string): string {
  return `prometheus-rules-${component}`;
}

function configMapsOf({ plan, contributions }: PrometheusProps): { rules: ConfigMaps; configuration: ConfigMaps } {
  const rules = [...ruleObjects(plan, contributions)].map(
    ([component, groups]) => [rulesOf(component), { [`${component}.yml`]: ruleFile(groups) }] as const,
  );
  return {
    rules: Object.fromEntries(rules),
    configuration: { 'prometheus-config': { 'prometheus.yml': prometheusConfiguration(plan, contributions) } },
  };
}

function volumes(monitors: MonitoringPlan, rules: ConfigMaps): k8s.Volume[] {
  const secret = monitors.remoteWrite?.secret;
  return [
    filesVolume('configuration', 'prometheus-config'),
    { name: 'rules', projected: { sources: Object.keys(rules).map((name) => ({ configMap: { name } })) } },
    ...(secret === undefined
      ? []
      : [{ name: 'remote-write', secret: { secretName: secret, optional: true, defaultMode: 0o440 } }]),
  ];
}

function mounts(monitors: MonitoringPlan): k8s.VolumeMount[] {
  return [
    { name: dataVolume, mountPath: folders.data },
    { name: 'configuration', mountPath: folders.configuration, readOnly: true },
    { name: 'rules', mountPath: folders.rules, readOnly: true },
    ...(monitors.remoteWrite?.secret === undefined
      ? []
      : [{ name: 'remote-write', mountPath: folders.remoteWrite, readOnly: true }]),
  ];
}

function container(props: PrometheusProps): Parameters<typeof monitoringServer>[1]['container'] {
  const { monitors, server } = props;
  const { days, size } = monitors.retention;
  const host = server.workload.name;
  const ready = httpAction('/-/ready', 'http', host);
  return {
    args: [
      `--config.file=${folders.configuration}/prometheus.yml`,
      `--storage.tsdb.path=${folders.data}`,
      `--storage.tsdb.retention.time=${days}d`,
      `--storage.tsdb.retention.size=${size}MB`,
      '--web.listen-address=:9090',
      '--log.format=json',
    ],
    mounts: mounts(monitors),
    startupProbe: probe(ready, { ...timing, tries: startTries }),
    readinessProbe: probe(ready, timing),
    livenessProbe: probe(httpAction('/-/healthy', 'http', host), timing),
  };
}

/**
 * Prometheus with its rules. It reads the namespace's pods, and for CPU, memory and volumes the metrics of the kubelets:
 * only then is there an object outside the namespace.
 */
export class Prometheus extends Construct {
  constructor(scope: Construct, id: string, props: PrometheusProps) {
    super(scope, id);
    const { plan, monitors, server } = props;
    const { rules, configuration } = configMapsOf(props);
    reader(this, plan, server.workload, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    if (plan.resourceMetrics === 'kubelet') nodeReader(this, plan, server.workload);
    monitoringServer(this, {
      plan,
      server,
      container: container(props),
      volumes: volumes(monitors, rules),
      configMaps: { ...configuration, ...rules },
      graceSeconds,
    });
  }
}
