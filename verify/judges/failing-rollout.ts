import type { Cluster } from '../cluster/cluster';
import { at, type KubernetesObject } from '../manifests/objects';
import type { Verdict } from '../report';
import { unfinished, waitFor } from './converged';

const DEADLINE_SECONDS = 8;
const UNDO_SECONDS = 60;

/** Rolls out pods that no node can take: the rollout is seen as failed, the old pods stay, undo brings peace. */
export async function failRollouts(cluster: Cluster, namespaces: readonly string[]): Promise<Verdict> {
  const verdicts = await cluster.client.each(namespaces, (namespace) => failIn(cluster, namespace));
  return {
    subject: 'failing rollouts are seen as failed, old pods stay',
    checked: verdicts.reduce((sum, { checked }) => sum + checked, 0),
    problems: verdicts.flatMap(({ problems }) => problems),
  };
}

async function failIn(cluster: Cluster, namespace: string): Promise<{ checked: number; problems: string[] }> {
  const { client } = cluster;
  const collection = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const before = (await client.list(collection)).filter(isRolling);
  const nowhere = { 'verify.example/no-such-node': 'true' };
  const spec = { progressDeadlineSeconds: DEADLINE_SECONDS, template: { spec: { nodeSelector: nowhere } } };
  await client.each(before, ({ metadata }) => patch(cluster, `${collection}/${metadata.name}`, { spec }));
  const statuses = await client.each(before, ({ metadata }) =>
    cluster.kubectl(['rollout', 'status', `deployment/${metadata.name}`, '--namespace', namespace, '--timeout=60s']),
  );
  const problems = before
    .filter((_, index) => !/exceeded its progress deadline/.test(statuses[index]?.stderr ?? ''))
    .map(({ metadata }) => `${namespace}/${metadata.name}: the failing rollout is not seen as failed`);
  problems.push(...lostPods(before, await client.list(collection)));
  await client.each(before, ({ metadata }) =>
    cluster.kubectl(['rollout', 'undo', `deployment/${metadata.name}`, '--namespace', namespace]),
  );
  problems.push(...(await waitFor(() => unfinished(client, namespace), UNDO_SECONDS)));
  return { checked: before.length, problems };
}

/** A Deployment that is recreated gives its pods up first, and is meant to. */
function isRolling(deployment: KubernetesObject): boolean {
  return at(deployment, 'spec', 'strategy', 'type') === 'RollingUpdate';
}

async function patch({ client }: Cluster, path: string, body: unknown): Promise<void> {
  await client.must('PATCH', path, { body, contentType: 'application/merge-patch+json' });
}

function lostPods(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  return before.flatMap((old) => {
    const now = after.find(({ metadata }) => metadata.name === old.metadata.name);
    const had = Number(at(old, 'status', 'availableReplicas') ?? 0);
    const has = Number(at(now, 'status', 'availableReplicas') ?? 0);
    const { namespace, name } = old.metadata;
    return has < had ? [`${namespace}/${name}: ${has} of ${had} old pods are left during a failing rollout`] : [];
  });
}
