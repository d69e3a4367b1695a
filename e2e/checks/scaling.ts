/** The autoscaler on real CPU metrics: up under load, down when it is over. */
import type { Resource } from '../cluster/api';
import { until } from '../cluster/until';
import { clientOf } from '../incident';
import { unsettled } from '../settled';
import { expect, type Stage } from '../stage';
import type { Burn } from '../users/user';

interface Autoscaler extends Resource {
  readonly spec: { readonly minReplicas: number };
  readonly status: { readonly currentReplicas?: number; readonly desiredReplicas: number };
}

const UP_SECONDS = 240;
const READY_SECONDS = 90;
/** Five minutes of calm are in the manifest itself. */
const DOWN_SECONDS = 480;
/** What the load is too much by, of what one pod may use: it asks for one pod more, and each pod takes a minute to go. */
const BEYOND = 0.8;
/** Requests at the same time: a machine that is busy gets no more of them than it can answer. */
const AT_ONCE = 6;

function autoscaler(stage: Stage, service: string): Promise<Autoscaler> {
  return stage.api.get(`/apis/autoscaling/v2/namespaces/${stage.namespace}/horizontalpodautoscalers/${service}`);
}

/** The load, in requests a second. */
function requestsPerSecond(stage: Stage, { service, seconds }: Burn): number {
  const { plan } = stage.manifests;
  const resources = plan.workloads.find(({ name }) => name === service)?.resources;
  const { replicas, autoscaler: scaler } = plan.services.find(({ name }) => name === service) ?? {};
  expect(resources !== undefined && scaler !== undefined && replicas !== undefined, `${service} has no autoscaler`);
  const cores = ((resources.requests.cpu / 1000) * scaler.cpuPercent) / 100;
  return (cores * (replicas.min + BEYOND)) / seconds;
}

/** Users who ask for what costs processor time, at a steady rate whatever the machine. */
async function burning<T>(stage: Stage, burn: Burn, deed: () => Promise<T>): Promise<T> {
  const client = clientOf(stage);
  const open = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    if (open.size >= AT_ONCE) return;
    const request = client.send('GET', burn.path).catch(() => undefined);
    open.add(request);
    void request.finally(() => open.delete(request));
  }, 1000 / requestsPerSecond(stage, burn));
  try {
    return await deed();
  } finally {
    clearInterval(timer);
    await Promise.all(open);
  }
}

export async function checkScaleUp(stage: Stage): Promise<void> {
  const { burn } = stage.user;
  if (burn === undefined) return;
  const { spec, status } = await autoscaler(stage, burn.service);
  const before = status.desiredReplicas;
  expect(before === spec.minReplicas, `${burn.service} has ${before} pods before the load`);
  const start = Date.now();
  const more = await burning(stage, burn, () =>
    until(`${burn.service} gets more pods`, UP_SECONDS, async () => {
      const { status: now } = await autoscaler(stage, burn.service);
      return now.desiredReplicas > before && now.desiredReplicas;
    }),
  );
  const asked = ((Date.now() - start) / 1000).toFixed(0);
  scaledAt = Date.now();
  await until(`${burn.service}'s new pods are Ready`, READY_SECONDS, async () => {
    const { status: now } = await autoscaler(stage, burn.service);
    return now.currentReplicas === now.desiredReplicas && !(await unsettled(stage)).includes(burn.service);
  });
  const ready = ((Date.now() - start) / 1000).toFixed(0);
  const text = `${burn.service} from ${before} to ${more} pods, asked for ${asked} s after the load began, Ready after ${ready} s`;
  stage.say(`  ${text}`);
  stage.facts.set('Autoscaling up', text);
}

let scaledAt = 0;

export async function checkScaleDown(stage: Stage): Promise<void> {
  const { burn } = stage.user;
  if (burn === undefined) return;
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
  stage.say(`  ${burn.service} is back at its figure, at most ${minutes} min after the load ended`);
  stage.facts.set(
    'Autoscaling down',
    `back at its figure at most ${minutes} min after the load ended (the manifest waits 5)`,
  );
}
