/** An empty cluster, one `kubectl apply -f`, and then nothing by hand. */
import { cpus } from 'node:os';
import type { NodeObject } from '../cluster/cluster';
import { until } from '../cluster/until';
import { clientOf } from '../incident';
import { drawn, type Moments, misordered, planned } from '../order';
import { settle } from '../settled';
import { expect, isReady, mustKubectl, type Pod, podsPath, type Stage, workloadOf } from '../stage';

/** What the document of django-react promises, and nothing contradicts elsewhere. */
const PROMISED_SECONDS = 90;
const PATIENCE_SECONDS = 240;

/** A pod, and what ran before its main container. */
interface StartedPod extends Pod {
  readonly status: Pod['status'] & { readonly initContainerStatuses?: Pod['status']['containerStatuses'] };
}

export function moments(pods: readonly Pod[], start: number): Map<string, Moments> {
  const found = new Map<string, Moments>();
  for (const pod of pods) {
    // The statuses are in the order of their names, the containers in that of the manifest: the main one is the first.
    const main = pod.spec.containers[0]?.name;
    const status = pod.status.containerStatuses?.find(({ name }) => name === main);
    const ended = status?.state?.terminated;
    const running = status?.state?.running?.startedAt ?? ended?.startedAt;
    const condition = pod.status.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True');
    const ready = ended?.finishedAt ?? condition?.lastTransitionTime;
    if (running === undefined || ready === undefined) continue;
    const since = (time: string): number => Math.round((Date.parse(time) - start) / 1000);
    const earlier = found.get(workloadOf(pod));
    found.set(workloadOf(pod), {
      running: Math.min(since(running), earlier?.running ?? Number.POSITIVE_INFINITY),
      ready: Math.min(since(ready), earlier?.ready ?? Number.POSITIVE_INFINITY),
    });
  }
  return found;
}

/** Restarts of all containers: an init container that gives up is started again too. */
function restartsOf({ metadata, status }: StartedPod): string[] {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return containers.filter(({ restartCount }) => restartCount > 0).map(({ name }) => `${metadata.name}/${name}`);
}

/** Every node is as large as the machine, as docs/reliability.md says: nobody made room for the test. */
async function checkNodes(stage: Stage): Promise<void> {
  const cores = cpus().length;
  for (const { metadata, status } of await stage.api.list<NodeObject>('/api/v1/nodes')) {
    const found = status.allocatable?.['cpu'];
    expect(found === String(cores), `${metadata.name} has ${found} cores for pods, the machine has ${cores}`);
  }
}

/** Users are let in a moment after the pods are Ready: when the edge and the Service's rules on every node know them. */
async function reachable(stage: Stage): Promise<void> {
  const client = clientOf(stage);
  const answers = 10;
  await until(`${answers} answers of the edge one after the other`, PATIENCE_SECONDS, async () => {
    for (let count = 0; count < answers; count += 1) await client.must(200, 'GET', '/');
    return true;
  });
}

export async function checkStart(stage: Stage): Promise<void> {
  await checkNodes(stage);
  const start = Date.now();
  await mustKubectl(['apply', '-f', stage.manifests.folder]);
  await settle(stage, 'everything is Ready');
  await reachable(stage);
  const seconds = (Date.now() - start) / 1000;
  const pods = await stage.api.list<StartedPod>(podsPath(stage.namespace));
  const found = moments(pods, start);
  const order = [...found].sort(([, a], [, b]) => a.ready - b.ready).map(([name, { ready }]) => `${name} ${ready} s`);
  stage.say(`  everything is Ready after ${seconds.toFixed(1)} s: ${order.join(', ')}`);
  const wrong = misordered([...planned(stage.manifests.plan), ...drawn(stage.user.order)], found);
  expect(wrong.length === 0, `Not in order: ${wrong.join('; ')}`);
  const restarts = pods.flatMap(restartsOf);
  expect(restarts.length === 0, `Restarted during the start: ${restarts.join(', ')}`);
  expect(
    pods.every((pod) => isReady(pod) || pod.status.phase === 'Succeeded'),
    'A pod of the start has failed',
  );
  stage.facts.set(
    'Ready after `kubectl apply -f`',
    `${seconds.toFixed(0)} s (promised: ${PROMISED_SECONDS} s): ${order.join(', ')}`,
  );
  expect(seconds <= PROMISED_SECONDS, `Ready after ${seconds.toFixed(0)} s, promised are ${PROMISED_SECONDS} s`);
}

export async function checkSession(stage: Stage): Promise<void> {
  const done = await stage.user.session(clientOf(stage));
  stage.say(`  ${done.join(', ')}`);
  stage.facts.set("A user's session through the edge", done.join(', '));
}
