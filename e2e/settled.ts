/** Whether what was applied is there: each controller at its figure, with its newest pods, all of them Ready. */
import type { Resource } from './cluster/api';
import { until } from './cluster/until';
import type { Stage } from './stage';

const PATIENCE_SECONDS = 240;

interface Controller extends Resource {
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

function isSettled({ metadata, spec, status }: Controller): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.readyReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted
  );
}

/** The fewest pods that the Plan wants: an autoscaler takes some seconds to ask for them. */
function figureOf({ manifests }: Stage, { metadata }: Controller): number {
  return manifests.plan.workloads.find(({ name }) => name === metadata.name)?.replicas.min ?? 0;
}

/** What is not as the manifests want it yet. */
export async function unsettled(stage: Stage): Promise<string[]> {
  const root = (group: string, kind: string): string => `/apis/${group}/v1/namespaces/${stage.namespace}/${kind}`;
  const controllers = [
    ...(await stage.api.list<Controller>(root('apps', 'deployments'))),
    ...(await stage.api.list<Controller>(root('apps', 'statefulsets'))),
  ].filter((controller) => !isSettled(controller) || (controller.spec.replicas ?? 1) < figureOf(stage, controller));
  // What a CronJob or a person starts from one is not part of what was applied.
  const jobs = (await stage.api.list<Controller>(root('batch', 'jobs'))).filter(
    ({ metadata, status }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob') && !status.succeeded,
  );
  return [...controllers, ...jobs].map(({ metadata }) => metadata.name);
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
