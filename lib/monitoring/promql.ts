import type { Plan } from '../model/plan';

/** A value with its quotes, as PromQL and the exposition format write it. */
function quoted(value: string): string {
  return JSON.stringify(value);
}

/**
 * Writes selectors of one part's metrics. Each names the namespace: a Prometheus that is not ours alone sees others' too.
 * @param labels matchers besides namespace and job, e.g. `state="active"`
 */
export function seriesOf(plan: Pick<Plan, 'namespace'>, job: string): (metric: string, labels?: string) => string {
  return (metric, labels) =>
    `${metric}{namespace=${quoted(plan.namespace)},job=${quoted(job)}${labels === undefined ? '' : `,${labels}`}}`;
}

/** The job of kube-state-metrics, ours or the cluster's. */
export const objectsJob = 'kube-state-metrics';

/** The job of the questions that are asked as a client would. */
export const blackboxJob = 'blackbox';

/** The jobs under which kubelets are collected. */
export const kubeletJob = 'kubelet';

/** MiB as bytes, for a threshold. */
export function bytes(mebibytes: number): string {
  return `${mebibytes} * 1024 * 1024`;
}

/** Names as alternatives of a regular expression. */
export function anyOf(names: readonly string[]): string {
  return names.join('|');
}
