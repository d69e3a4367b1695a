import type { MonitoringPlan, Plan, Workload } from '../model/plan';
import type { Alert } from './contract';
import { anyOf, blackboxJob, kubeletJob, objectsJob, seriesOf } from './promql';

function missing(job: string, targets: string): Alert {
  return {
    name: 'TargetMissing',
    expr: `absent(${targets})`,
    for: '5m',
    severity: 'critical',
    service: job,
    summary: `nothing is known of ${job}`,
    description: `There is no target of job ${job}: its pods are gone, or Prometheus does not find them.`,
  };
}

/**
 * Of those who speak of others. Nobody speaks of them, so that one that is there and does not answer is as bad as one that
 * is gone: what they would tell of is unknown.
 */
function ofWatcher(job: string, targets: string, blind: string): Alert {
  return {
    ...missing(job, `${targets} == 1`),
    description: `No target of job ${job} answers Prometheus. Until one does, ${blind} cannot be told of.`,
  };
}

/** The questions are targets of their own, which answer as long as the exporter can ask them, whatever the answer is. */
function ofQuestions(plan: Plan, exporter: Workload): Alert[] {
  const asked = seriesOf(plan, blackboxJob)('up');
  const blind = 'routes that do not answer, errors that visitors see and certificates that end';
  return [
    ofWatcher(exporter.name, seriesOf(plan, exporter.name)('up'), blind),
    missing(blackboxJob, asked),
    {
      name: 'TargetDown',
      expr: `count by (namespace, job) (${asked} == 0) > 0`,
      for: '5m',
      severity: 'warning',
      service: blackboxJob,
      summary: 'questions cannot be asked',
      description: '{{ $value }} of the questions through the edge and of services cannot be asked at all.',
    },
  ];
}

/**
 * A kubelet has no namespace; our own Prometheus has no others than ours. One node of several may go at any time, and with
 * it its pods, of which others speak: it counts once pods of ours have been there for a while.
 */
function ofKubelets(plan: Plan): Alert[] {
  const up = `up{job="${kubeletJob}"}`;
  const pods = seriesOf(plan, objectsJob)('kube_pod_info');
  return [
    ofWatcher(kubeletJob, up, 'volumes that fill up'),
    {
      name: 'TargetDown',
      expr: `min by (node) (${up}) == 0 and on (node) group by (node) (${pods})`,
      for: '15m',
      severity: 'warning',
      service: kubeletJob,
      summary: 'a node says nothing of its pods',
      description: 'The kubelet of {{ $labels.node }} does not answer Prometheus: volumes there may fill up unseen.',
    },
  ];
}

/** Those of whom no component speaks, by their jobs. */
function ofWatchers(plan: Plan, { servers, blackbox }: MonitoringPlan): Map<string, readonly Alert[]> {
  const watchers = new Map<string, readonly Alert[]>();
  if (servers !== undefined) {
    const { name } = servers.kubeStateMetrics;
    const blind = 'backups that fail, autoscalers at their end and pods that are missing';
    watchers.set(name, [ofWatcher(name, seriesOf(plan, name)('up'), blind)]);
    if (plan.resourceMetrics === 'kubelet') watchers.set(kubeletJob, ofKubelets(plan));
  }
  if (blackbox !== undefined) watchers.set(blackbox.name, ofQuestions(plan, blackbox));
  return watchers;
}

/**
 * Whether what should be collected is there at all. An absent series makes every other alert on it silent.
 * @param jobs those of pods of ours
 */
export function targetAlerts(plan: Plan, monitors: MonitoringPlan, jobs: readonly string[]): Alert[] {
  const watchers = ofWatchers(plan, monitors);
  const others = jobs.filter((job) => !watchers.has(job));
  return [
    {
      name: 'TargetDown',
      expr: `up{namespace="${plan.namespace}",job=~"${anyOf(jobs)}"} == 0`,
      for: '5m',
      severity: 'warning',
      service: 'monitoring',
      summary: 'metrics cannot be collected',
      description: '{{ $labels.job }}: {{ $labels.instance }} does not answer Prometheus.',
    },
    ...others.map((job) => missing(job, seriesOf(plan, job)('up'))),
    ...[...watchers.values()].flat(),
  ];
}
