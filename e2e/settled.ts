/** Whether what was applied is there and nothing else: each controller at its figure, with its newest pods, all Ready. */
import type { Workload } from '../lib/model/plan';
import type { Resource } from './cluster/api';
import { until } from './cluster/until';
import type { Manifests } from './manifests';
import type { Stage } from './stage';

const PATIENCE_SECONDS = 240;

export interface Controller extends Resource {
  readonly metadata: Resource['metadata'] & { readonly generation?: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly succeeded?: number;
  };
}

/** What the manifests ask for. */
export interface Wanted {
  readonly workloads: readonly Pick<Workload, 'name' | 'controller' | 'replicas'>[];
  /** By name. */
  readonly autoscalers: readonly string[];
}

/** What the namespace has. */
export interface Found {
  /** Deployments and StatefulSets. */
  readonly controllers: readonly Controller[];
  readonly jobs: readonly Controller[];
  readonly autoscalers: readonly string[];
}

/** Without an autoscaler the fewest and the most pods are one figure; with one, it takes some seconds to ask for any. */
function isSettled({ metadata, spec, status }: Controller, { min, max }: Workload['replicas']): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    wanted >= min &&
    wanted <= max &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.readyReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted
  );
}

/** Of two lists of names, what only one of them has. */
function onlyInOne(some: readonly string[], others: readonly string[]): string[] {
  return [...some.filter((name) => !others.includes(name)), ...others.filter((name) => !some.includes(name))];
}

/** What is missing, what is too much, and what is not at its figure: by name, an autoscaler by what it is. */
export function differences({ workloads, autoscalers }: Wanted, found: Found): string[] {
  const kept = workloads.filter(({ controller }) => controller === 'Deployment' || controller === 'StatefulSet');
  const there = found.controllers.map(({ metadata }) => metadata.name);
  const scaledBy = onlyInOne(autoscalers, found.autoscalers).map((name) => `HorizontalPodAutoscaler ${name}`);
  const open = kept.filter(({ name, replicas }) =>
    found.controllers.some((one) => one.metadata.name === name && !isSettled(one, replicas)),
  );
  // What a CronJob or a person starts from one is not part of what was applied.
  const jobs = found.jobs.filter(
    ({ metadata, status }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob') && !status.succeeded,
  );
  return [
    ...onlyInOne(
      kept.map(({ name }) => name),
      there,
    ),
    ...open.map(({ name }) => name),
    ...jobs.map(({ metadata }) => metadata.name),
    ...scaledBy,
  ];
}

/** The autoscalers that manifests ask for, by name. */
export function autoscalersOf({ objects }: Pick<Manifests, 'objects'>): string[] {
  return objects.flatMap(({ kind, metadata }) => (kind === 'HorizontalPodAutoscaler' ? [metadata.name] : []));
}

/** What is not as the manifests want it yet. */
export async function unsettled({ api, namespace, manifests }: Stage): Promise<string[]> {
  const list = <T extends Resource>(group: string, kind: string): Promise<T[]> =>
    api.list<T>(`/apis/${group}/namespaces/${namespace}/${kind}`);
  const [deployments, statefulSets, jobs, autoscalers] = await Promise.all([
    list<Controller>('apps/v1', 'deployments'),
    list<Controller>('apps/v1', 'statefulsets'),
    list<Controller>('batch/v1', 'jobs'),
    list('autoscaling/v2', 'horizontalpodautoscalers'),
  ]);
  return differences(
    { workloads: manifests.plan.workloads, autoscalers: autoscalersOf(manifests) },
    {
      controllers: [...deployments, ...statefulSets],
      jobs,
      autoscalers: autoscalers.map(({ metadata }) => metadata.name),
    },
  );
}

/** @throws Error, naming what is not there, after four minutes */
export async function settle(stage: Stage, what = 'everything is as applied'): Promise<void> {
  await until(
    what,
    PATIENCE_SECONDS,
    async () => {
      const open = await unsettled(stage);
      if (open.length > 0) throw new Error(`not yet: ${open.join(', ')}`);
      return true;
    },
    500,
  );
}
