import type { Cluster } from '../cluster/cluster';
import { startMetrics } from '../cluster/metrics';
import { at, type KubernetesObject } from '../manifests/objects';
import type { Verdict } from '../report';
import { failureEvents, unfinished, waitFor, wholeSecond } from './converged';

const SCALE_SECONDS = 120;
const PATH = '/apis/autoscaling/v2';

/** Loads every pod above its target, then lets it idle: each HPA goes to its maximum and comes back to its minimum. */
export async function scaleByMetrics(cluster: Cluster, namespaces: readonly string[]): Promise<Verdict> {
  const { client } = cluster;
  const metrics = await startMetrics(cluster);
  const autoscalers = async () => (await client.list(`${PATH}/horizontalpodautoscalers`)).filter(isOurs(namespaces));
  try {
    const all = await autoscalers();
    await client.each(all, (autoscaler) => hurry(cluster, autoscaler));
    const start = wholeSecond(Date.now());
    metrics.load = 2.5;
    const problems = await waitFor(async () => (await autoscalers()).flatMap(notAt('maxReplicas')), SCALE_SECONDS);
    for (const namespace of namespaces) {
      problems.push(...(await waitFor(() => unfinished(client, namespace), SCALE_SECONDS)));
      problems.push(...(await failureEvents(client, namespace, start)));
    }
    metrics.load = 0.01;
    problems.push(...(await waitFor(async () => (await autoscalers()).flatMap(notAt('minReplicas')), SCALE_SECONDS)));
    return { subject: 'HPAs scale up on load and come back', checked: all.length, problems };
  } finally {
    await metrics.stop();
  }
}

function isOurs(namespaces: readonly string[]): (object: KubernetesObject) => boolean {
  return ({ metadata }) => namespaces.includes(metadata.namespace ?? '');
}

/** Only the waiting is cut short: targets and bounds stay as the manifests have them. */
async function hurry({ client }: Cluster, { metadata }: KubernetesObject): Promise<void> {
  const policies = [{ type: 'Percent', value: 100, periodSeconds: 5 }];
  const behavior = { stabilizationWindowSeconds: 0, policies };
  const path = `${PATH}/namespaces/${metadata.namespace}/horizontalpodautoscalers/${metadata.name}`;
  await client.must('PATCH', path, {
    body: { spec: { behavior: { scaleUp: behavior, scaleDown: behavior } } },
    contentType: 'application/merge-patch+json',
  });
}

function notAt(bound: 'minReplicas' | 'maxReplicas'): (autoscaler: KubernetesObject) => string[] {
  return (autoscaler) => {
    const wanted = Number(at(autoscaler, 'spec', bound) ?? 1);
    const current = Number(at(autoscaler, 'status', 'currentReplicas') ?? 0);
    const { namespace, name } = autoscaler.metadata;
    return current === wanted ? [] : [`HPA ${namespace}/${name} is at ${current}, wanted ${bound} ${wanted}`];
  };
}
