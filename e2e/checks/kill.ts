/** SIGKILL to the main process of every pod in turn; each store's pod is deleted as well: it must start a second time. */
import type { Workload } from '../../lib/model/plan';
import { ctr } from '../cluster/node';
import { until } from '../cluster/until';
import { forwarded, getJson } from '../forward';
import { clientOf, during, withoutLoad } from '../incident';
import {
  doesNotApply,
  expect,
  isReady,
  isService,
  keptPods,
  type Pod,
  podsPath,
  type Stage,
  workloadOf,
} from '../stage';

const SECONDS = 180;
/** A store that is Ready has what it kept. */
const FOUND_WITHIN = 10;

/** As it is now: an autoscaler or a drain may have moved it. */
async function reread({ api, namespace }: Stage, { metadata: { name } }: Pod): Promise<Pod> {
  return api.get<Pod>(`${podsPath(namespace)}/${name}`);
}

async function kill(stage: Stage, chosen: Pod): Promise<void> {
  const pod = await reread(stage, chosen);
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

async function replace(stage: Stage, chosen: Pod): Promise<void> {
  const pod = await reread(stage, chosen);
  await stage.api.delete(`${podsPath(stage.namespace)}/${pod.metadata.name}`);
  await until(`${pod.metadata.name} is there again`, SECONDS, async () => {
    const now = await stage.api.find<Pod>(`${podsPath(stage.namespace)}/${pod.metadata.name}`);
    return now !== undefined && now.metadata.uid !== pod.metadata.uid && isReady(now);
  });
}

/** What the Plan keeps running, of those that are meant; a check without any has nothing to look at. */
function meant({ manifests }: Stage, what: string, isMeant: (workload: Workload) => boolean): readonly Workload[] {
  const kept = manifests.plan.workloads.filter(
    ({ controller }) => controller === 'Deployment' || controller === 'StatefulSet',
  );
  const found = kept.filter(isMeant);
  return found.length > 0 ? found : doesNotApply(`it has no ${what}`);
}

/**
 * Every pod of a workload in turn, with its number where there are several. Each is looked for just before it is its turn:
 * an autoscaler or a drain may have replaced it. All must be Ready: what is not there cannot be killed.
 */
async function* victims(stage: Stage, { name, replicas }: Workload): AsyncGenerator<{ pod: Pod; title: string }> {
  const killed = new Set<string>();
  for (let number = 1; ; number++) {
    const pods = await until(`${name} has at least ${replicas.min} pods, all of them Ready`, SECONDS, async () => {
      const all = (await keptPods(stage)).filter((pod) => workloadOf(pod) === name);
      return isComplete(all, replicas.min) && all;
    });
    const [pod] = pods.filter(({ metadata }) => !killed.has(metadata.name)).sort(byName);
    if (pod === undefined) return;
    killed.add(pod.metadata.name);
    yield { pod, title: number > 1 ? `${name} (${number})` : name };
  }
}

function byName(a: Pod, b: Pod): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** No pod at all is not complete, whatever the figure. */
export function isComplete(pods: readonly Pod[], figure: number): boolean {
  return pods.length >= Math.max(1, figure) && pods.every(isReady);
}

/** A request that is inside the killed process is answered by nobody. One after the other: a failed request has one cause. */
async function killWeb(stage: Stage, what: string, isMeant: (name: string) => boolean): Promise<void> {
  const { plan } = stage.manifests;
  for (const workload of meant(stage, what, ({ name }) => isService(plan, name, 'web') && isMeant(name))) {
    const mayFail = workload.replicas.min > 1 ? 'some' : 'any';
    for await (const { pod, title } of victims(stage, workload))
      await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), { mayFail });
  }
}

/** Every web service but the one whose autoscaler is watched: a start costs CPU. */
export function checkWebKills(stage: Stage): Promise<void> {
  return killWeb(stage, 'other web service', (name) => name !== stage.user.burn?.service);
}

export function checkScaledKills(stage: Stage): Promise<void> {
  return killWeb(stage, 'web service whose autoscaler is tried', (name) => name === stage.user.burn?.service);
}

/** Whoever asks nothing of a store must not notice. */
export async function checkStoreKills(stage: Stage): Promise<void> {
  const stores = new Set(stage.manifests.plan.stores.map(({ name }) => name));
  const options = { mayFail: 'stores' } as const;
  const findLeft = await stage.user.leave(clientOf(stage));
  const isThere = async (): Promise<true> => {
    await findLeft(clientOf(stage));
    return true;
  };
  for (const store of meant(stage, 'store in the cluster', ({ name }) => stores.has(name))) {
    for await (const { pod, title } of victims(stage, store)) {
      await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), options);
      await during(stage, `deletion of the pod of ${title}`, () => replace(stage, pod), options);
      await until(`what was left before is in ${title}`, FOUND_WITHIN, isThere);
    }
  }
}

/** No request is theirs, so this goes on beside the kills of web services, which answer for a request; jobs are theirs. */
export async function checkWorkerKills(stage: Stage): Promise<void> {
  const options = { load: 'jobs', mayFail: 'some', afterSeconds: 0 } as const;
  for (const workload of meant(stage, 'worker', ({ name }) => isService(stage.manifests.plan, name, 'worker'))) {
    for await (const { pod, title } of victims(stage, workload))
      await during(stage, `kill -9 of ${title}`, () => kill(stage, pod), options);
  }
}

interface Vector {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/**
 * Asks a Prometheus for its scrapes of the last minutes, the latest ones too: these are only in its write-ahead log.
 * @returns what of them is gone, when it is asked again
 */
async function scrapes(stage: Stage, service: string): Promise<() => Promise<string>> {
  const query = new URLSearchParams({ query: 'sum(count_over_time(up[5m]))', time: `${Date.now() / 1000}` });
  const count = (): Promise<number> =>
    forwarded(stage, service, async (url) => {
      const { data } = await getJson<Vector>(`${url}/api/v1/query?${query}`);
      return Number(data.result[0]?.value[1] ?? 0);
    });
  const before = await count();
  expect(before > 0, `${service} has no scrapes`);
  return async () => {
    const after = await count();
    return after < before ? `${before - after} of ${before} scrapes` : 'nothing';
  };
}

/** What hands out periodic tasks: nobody's request waits for it, and no user's job. */
export async function checkSingletonKills(stage: Stage): Promise<void> {
  for (const workload of meant(stage, 'singleton', ({ name }) => isService(stage.manifests.plan, name, 'singleton'))) {
    for await (const { pod, title } of victims(stage, workload))
      await withoutLoad(stage, `kill -9 of ${title}`, () => kill(stage, pod));
  }
}

/** Nobody's request is theirs; who keeps something answers for that. */
export async function checkMonitoringKills(stage: Stage): Promise<void> {
  const prometheus = stage.manifests.plan.monitors?.servers?.prometheus.workload.name;
  for (const workload of meant(stage, 'monitoring', ({ component }) => component === 'monitoring')) {
    for await (const { pod, title } of victims(stage, workload)) {
      const lost = workload.name === prometheus ? await scrapes(stage, prometheus) : undefined;
      await withoutLoad(stage, `kill -9 of ${title}`, () => kill(stage, pod), lost);
    }
  }
}
