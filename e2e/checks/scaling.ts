/** The autoscaler on real CPU metrics: up under load, down when it is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../cluster/api';
import { until } from '../cluster/until';
import { clientOf } from '../incident';
import { expect, type Stage, unsettled } from '../stage';

interface Autoscaler extends Resource {
  readonly spec: { readonly minReplicas: number };
  readonly status: { readonly currentReplicas?: number; readonly desiredReplicas: number };
}

const UP_SECONDS = 150;
const READY_SECONDS = 90;
/** Five minutes of calm are in the manifest itself. */
const DOWN_SECONDS = 480;
const BURNERS = 6;

function autoscaler(stage: Stage, service: string): Promise<Autoscaler> {
  return stage.api.get(`/apis/autoscaling/v2/namespaces/${stage.namespace}/horizontalpodautoscalers/${service}`);
}

/** Several users who ask for what costs processor time, one request after the other. */
async function burning<T>(stage: Stage, path: string, deed: () => Promise<T>): Promise<T> {
  let stopped = false;
  const client = clientOf(stage);
  const burners = Array.from({ length: BURNERS }, async () => {
    while (!stopped) await client.send('GET', path).catch(() => sleep(100));
  });
  try {
    return await deed();
  } finally {
    stopped = true;
    await Promise.all(burners);
  }
}

export async function checkScaleUp(stage: Stage): Promise<void> {
  const { burn } = stage.user;
  if (burn === undefined) return;
  const { spec, status } = await autoscaler(stage, burn.service);
  const before = status.desiredReplicas;
  expect(before === spec.minReplicas, `${burn.service} has ${before} pods before the load`);
  const start = Date.now();
  const more = await burning(stage, burn.path, () =>
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

/** Comes late in a run: the other checks take up the time that the manifest waits. */
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
