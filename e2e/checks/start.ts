/** An empty cluster, one `kubectl apply -f`, and then nothing by hand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../cluster/until';
import { clientOf } from '../incident';
import { unsettled } from '../settled';
import { expect, isReady, mustKubectl, type Pod, podsPath, type Stage, workloadOf } from '../stage';

/** What the document of django-react promises, and nothing contradicts elsewhere. */
const PROMISED_SECONDS = 90;
const PATIENCE_SECONDS = 240;

/** Moments of a workload's first start, in seconds since the apply. */
interface Moments {
  /** The main container of its first pod. */
  readonly running: number;
  /** Ready, or done where it is a Job. */
  readonly ready: number;
}

function moments(pods: readonly Pod[], start: number): Map<string, Moments> {
  const found = new Map<string, Moments>();
  for (const pod of pods) {
    const [status] = pod.status.containerStatuses ?? [];
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

/** Nobody's main container starts before what it waits for is Ready. Kubernetes keeps whole seconds. */
function checkOrder(stage: Stage, found: ReadonlyMap<string, Moments>): void {
  const { plan } = stage.manifests;
  const migrations = plan.services.flatMap(({ migration }) => migration ?? []);
  for (const { name, waits } of [...plan.services, ...migrations]) {
    const own = found.get(name);
    for (const { name: other } of waits) {
      const awaited = found.get(other);
      if (own === undefined || awaited === undefined) continue;
      expect(
        own.running + 1 >= awaited.ready,
        `${name} started ${own.running} s, before ${other} was Ready at ${awaited.ready} s`,
      );
    }
  }
  for (const { name, migration } of plan.services) {
    const [own, before] = [found.get(name), migration && found.get(migration.name)];
    if (own && before) expect(own.running + 1 >= before.ready, `${name} started before its migration was done`);
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
  const start = Date.now();
  await mustKubectl(['apply', '-f', stage.manifests.folder]);
  for (let open = ['everything']; open.length > 0; open = await unsettled(stage)) {
    const seconds = (Date.now() - start) / 1000;
    if (seconds > PATIENCE_SECONDS) throw new Error(`Not Ready after ${seconds.toFixed(0)} s: ${open.join(', ')}`);
    await sleep(500);
  }
  await reachable(stage);
  const seconds = (Date.now() - start) / 1000;
  const pods = await stage.api.list<Pod>(podsPath(stage.namespace));
  const found = moments(pods, start);
  const order = [...found].sort(([, a], [, b]) => a.ready - b.ready).map(([name, { ready }]) => `${name} ${ready} s`);
  stage.say(`  everything is Ready after ${seconds.toFixed(1)} s: ${order.join(', ')}`);
  checkOrder(stage, found);
  const restarts = pods.flatMap((pod) => (pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
  expect(
    restarts.every((count) => count === 0),
    'A container was restarted during the start',
  );
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
