/** The autoscaler on real CPU metrics: up under load, down when it is over. */
import type { Resource } from '../cluster/api';
import { until } from '../cluster/until';
import { clientOf, during } from '../incident';
import { unsettled } from '../settled';
import { doesNotApply, expect, type Stage } from '../stage';
import type { Burn } from '../users/user';

interface Autoscaler extends Resource {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly status: { readonly currentReplicas?: number; readonly desiredReplicas: number };
}

const UP_SECONDS = 240;
const READY_SECONDS = 180;
/** Five minutes of calm are in the manifest itself. */
const DOWN_SECONDS = 480;
/** What the load is too much by, of what one pod may use: it asks for one pod more, and each pod takes a minute to go. */
const BEYOND = 0.8;
/** Requests at the same time: a machine that is busy gets no more of them than it can answer. */
const AT_ONCE = 6;

function autoscaler(stage: Stage, service: string): Promise<Autoscaler> {
  return stage.api.get(`/apis/autoscaling/v2/namespaces/${stage.namespace}/horizontalpodautoscalers/${service}`);
}

/** The load, in requests a second, that is too much for so many pods. */
function requestsPerSecond(stage: Stage, { service, seconds }: Burn, pods: number): number {
  const { plan } = stage.manifests;
  const resources = plan.workloads.find(({ name }) => name === service)?.resources;
  const { autoscaler: scaler } = plan.services.find(({ name }) => name === service) ?? {};
  expect(resources !== undefined && scaler !== undefined, `${service} has no autoscaler`);
  const cores = ((resources.requests.cpu / 1000) * scaler.cpuPercent) / 100;
  return (cores * (pods + BEYOND)) / seconds;
}

/** Users who ask for what costs processor time, at a steady rate whatever the machine. */
async function burning<T>(stage: Stage, burn: Burn, pods: number, deed: () => Promise<T>): Promise<T> {
  const client = clientOf(stage);
  const open = new Set<Promise<unknown>>();
  const timer = setInterval(
    () => {
      if (open.size >= AT_ONCE) return;
      const request = client.send('GET', burn.path).catch(() => undefined);
      open.add(request);
      void request.finally(() => open.delete(request));
    },
    1000 / requestsPerSecond(stage, burn, pods),
  );
  try {
    return await deed();
  } finally {
    clearInterval(timer);
    await Promise.all(open);
  }
}

/** @returns how many pods are asked for in the end, and after how many seconds */
async function moreAsked(stage: Stage, burn: Burn, before: number): Promise<{ more: number; asked: number }> {
  const start = Date.now();
  const more = await burning(stage, burn, before, () =>
    until(`${burn.service} gets more pods`, UP_SECONDS, async () => {
      const { status: now } = await autoscaler(stage, burn.service);
      return now.desiredReplicas > before && now.desiredReplicas;
    }),
  );
  stage.scaledAt = Date.now();
  return { more, asked: (stage.scaledAt - start) / 1000 };
}

export async function checkScaleUp(stage: Stage): Promise<void> {
  const { burn } = stage.user;
  if (burn === undefined) doesNotApply('nothing is known that costs a service processor time');
  const { spec, status } = await autoscaler(stage, burn.service);
  // A start costs processor time as well: there may be more of them already.
  const before = Math.max(spec.minReplicas, status.desiredReplicas);
  expect(before < spec.maxReplicas, `${burn.service} has its most, ${before} pods, before the load`);
  let [more, asked] = [0, 0];
  const deed = async (): Promise<void> => {
    ({ more, asked } = await moreAsked(stage, burn, before));
    await until(`${burn.service}'s new pods are Ready`, READY_SECONDS, async () => {
      const { status: now } = await autoscaler(stage, burn.service);
      return now.currentReplicas === now.desiredReplicas && !(await unsettled(stage)).includes(burn.service);
    });
  };
  const options = { load: 'light' } as const;
  const { seconds } = await during(stage, `autoscaling of ${burn.service} up`, deed, options);
  const when = `asked for ${asked.toFixed(0)} s after the load began, Ready after ${seconds?.toFixed(0)} s`;
  const text = `${burn.service} from ${before} to ${more} pods, ${when}`;
  stage.say(`  ${text}`);
  stage.facts.set('Autoscaling up', text);
}

export async function checkScaleDown(stage: Stage): Promise<void> {
  const { scaledAt } = stage;
  const { burn } = stage.user;
  if (burn === undefined) doesNotApply('nothing was scaled up');
  expect(scaledAt !== undefined, `${burn.service} was not scaled up: nothing can be seen of its way down`);
  await until(
    `${burn.service} is back at its figure`,
    DOWN_SECONDS,
    async () => {
      const { spec, status } = await autoscaler(stage, burn.service);
      return status.desiredReplicas === spec.minReplicas && status.currentReplicas === spec.minReplicas;
    },
    2000,
  );
  const minutes = ((Date.now() - scaledAt) / 60_000).toFixed(1);
  const text = `at its figure at most ${minutes} min after the load ended`;
  stage.say(`  ${burn.service} is back ${text}`);
  stage.facts.set('Autoscaling down', `back ${text} (the manifest waits 5)`);
}
