/** SIGKILL to the main process of every pod in turn; each store's pod is deleted as well: it must start a second time. */
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

/** A pod by name, with its number where there are several of its kind. */
interface Victim {
  readonly pod: Pod;
  readonly title: string;
}

async function victims(stage: Stage): Promise<Victim[]> {
  const pods = (await livePods(stage)).filter(isReady).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const seen = new Map<string, number>();
  return pods.map((pod) => {
    const name = workloadOf(pod);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return { pod, title: number > 1 ? `${name} (${number})` : name };
  });
}

/** Those whose names are meant. */
async function meant(stage: Stage, isMeant: (name: string) => boolean): Promise<Victim[]> {
  return (await victims(stage)).filter(({ pod }) => isMeant(workloadOf(pod)));
}

/** A request that is inside the killed process is answered by nobody. One after the other: a failed request has one cause. */
async function killWeb(stage: Stage, isMeant: (name: string) => boolean): Promise<void> {
  const web = new Set(stage.manifests.plan.services.flatMap(({ kind, name }) => (kind === 'web' ? [name] : [])));
  for (const { pod, title } of await meant(stage, (name) => web.has(name) && isMeant(name))) {
    await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), { mayFail: 'any', afterSeconds: 1 });
  }
}

/** Every web service but the one whose autoscaler is watched: a start costs CPU. */
export function checkWebKills(stage: Stage): Promise<void> {
  return killWeb(stage, (name) => name !== stage.user.burn?.service);
}

export function checkScaledKills(stage: Stage): Promise<void> {
  return killWeb(stage, (name) => name === stage.user.burn?.service);
}

/** Whoever asks nothing of a store must not notice. */
export async function checkStoreKills(stage: Stage): Promise<void> {
  const stores = new Set(stage.manifests.plan.stores.map(({ name }) => name));
  const options = { mayFail: 'stores', afterSeconds: 1 } as const;
  for (const { pod, title } of await meant(stage, (name) => stores.has(name))) {
    await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), options);
    const current = (await livePods(stage)).find(({ metadata }) => metadata.name === pod.metadata.name) ?? pod;
    await during(stage, `deletion of the pod of ${title}`, () => replace(stage, current), options);
  }
}

/** No request is theirs, so this goes on beside the others; what counts is that no job is lost. */
async function killBehind(stage: Stage, isMeant: (name: string) => boolean): Promise<void> {
  for (const { pod, title } of await meant(stage, isMeant)) {
    await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), { load: 'jobs', afterSeconds: 0 });
  }
}

export function checkWorkerKills(stage: Stage): Promise<void> {
  const { services } = stage.manifests.plan;
  return killBehind(stage, (name) => services.some((it) => it.name === name && it.kind !== 'web'));
}

export function checkMonitoringKills(stage: Stage): Promise<void> {
  const { workloads } = stage.manifests.plan;
  return killBehind(stage, (name) => workloads.some((it) => it.name === name && it.component === 'monitoring'));
}
