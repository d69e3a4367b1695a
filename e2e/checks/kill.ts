/** SIGKILL to the main process of every pod in turn; each store's pod is deleted as well: it must start a second time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ctr } from '../cluster/node';
import { until } from '../cluster/until';
import { during } from '../incident';
import { expect, isReady, livePods, type Pod, podsPath, type Stage, workloadOf } from '../stage';

const SECONDS = 180;

async function kill(stage: Stage, pod: Pod): Promise<void> {
  const node = stage.nodes.find(({ name }) => name === pod.spec.nodeName);
  const status = pod.status.containerStatuses?.find(({ name }) => name === pod.spec.containers[0]?.name);
  const id = status?.containerID?.replace('containerd://', '');
  if (!node || !id || !status) throw new Error(`${pod.metadata.name} has no container`);
  const killed = await ctr(node, ['tasks', 'kill', '--signal', 'SIGKILL', id]);
  expect(killed.status === 0, `Cannot kill ${pod.metadata.name}: ${killed.stderr}`);
  await until(`${pod.metadata.name} is Ready again`, SECONDS, async () => {
    const now = await stage.api.find<Pod>(`${podsPath(stage.namespace)}/${pod.metadata.name}`);
    const restarts = now?.status.containerStatuses?.find(({ name }) => name === status.name)?.restartCount ?? 0;
    return now !== undefined && restarts > status.restartCount && isReady(now);
  });
}

async function replace(stage: Stage, pod: Pod): Promise<void> {
  await stage.api.delete(`${podsPath(stage.namespace)}/${pod.metadata.name}`);
  await until(`${pod.metadata.name} is there again`, SECONDS, async () => {
    const now = await stage.api.find<Pod>(`${podsPath(stage.namespace)}/${pod.metadata.name}`);
    return now !== undefined && now.metadata.uid !== pod.metadata.uid && isReady(now);
  });
}

export async function checkKills(stage: Stage): Promise<void> {
  const stores = new Set(stage.manifests.plan.stores.map(({ name }) => name));
  const pods = (await livePods(stage)).filter(isReady).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const seen = new Map<string, number>();
  for (const pod of pods) {
    const name = workloadOf(pod);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    const title = number > 1 ? `${name} (${number})` : name;
    // A request that is inside the killed process is answered by nobody.
    await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), { mayFail: true, afterSeconds: 2 });
    if (stores.has(name)) {
      await sleep(1000);
      const current = (await livePods(stage)).find(({ metadata }) => metadata.name === pod.metadata.name) ?? pod;
      await during(stage, `deletion of the pod of ${title}`, () => replace(stage, current), {
        mayFail: true,
        afterSeconds: 2,
      });
    }
  }
}
