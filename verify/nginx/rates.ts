/** The rates that the systems' files state, kept by a real nginx: nothing is refused below them, everything above. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutePlan } from '../../lib/model/plan';
import { isProxy } from '../../lib/proxy';
import { edgePatch, planWith } from '../../test/edge/renderings';
import { type Running, runSystem } from './agreement';
import type { Bench } from './bench';
import { ask } from './client';

type Rate = NonNullable<RoutePlan['rate']>;

const seconds = 3;
const attempts = 5;

interface Flood {
  readonly total: number;
  readonly passed: number;
  /** Seconds. */
  readonly took: number;
  readonly most: number;
}

interface Asker {
  readonly running: Running;
  readonly path: string;
  readonly address: string;
}

async function status({ running, path, address }: Asker): Promise<number> {
  const headers = { Host: running.host, 'X-Forwarded-For': address, 'X-Forwarded-Proto': 'https' };
  return (await ask(running.pod.http, { path, headers })).status;
}

/** As fast as can be, on fewer connections than any limit of those allows. */
async function atOnce(asker: Asker, total: number): Promise<number[]> {
  const found: number[] = [];
  let left = total;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      found.push(await status(asker));
    }
  };
  await Promise.all(Array.from({ length: 20 }, client));
  return found;
}

/** Just below the rate, evenly, for seconds, after the burst is used up: that alone would hide a lower rate. */
async function below({ checks }: Bench, asker: Asker, { perSecond, burst }: Rate): Promise<void> {
  const used = await atOnce(asker, burst);
  const found: number[] = [];
  const began = Date.now();
  const times = Math.max(3, Math.floor(perSecond * 0.9 * seconds));
  for (let index = 0; index < times; index += 1) {
    await sleep(Math.max(0, began + ((index + 1) * 1000) / (perSecond * 0.9) - Date.now()));
    found.push(await status(asker));
  }
  const refused = [...used, ...found].filter((each) => each === 429).length;
  checks.equal(
    `${asker.path}: a burst of ${burst}, then ${perSecond * 0.9}/s: none of ${used.length + times} is refused`,
    refused,
    0,
  );
}

/** As fast as can be: what was asked, how much of it passed, and how much the rate allows in that time. */
async function flood(asker: Asker, { perSecond, burst }: Rate): Promise<Flood> {
  const total = burst + perSecond * 4 + 20;
  const began = performance.now();
  const passed = (await atOnce(asker, total)).filter((each) => each !== 429).length;
  const took = (performance.now() - began) / 1000;
  return { total, passed, took, most: burst + 1 + perSecond * took };
}

/** Above the rate the burst passes, and then as many as the rate says. */
async function above({ checks }: Bench, asker: Asker, rate: Rate): Promise<void> {
  let found = await flood(asker, rate);
  // A busy machine asks more slowly than the rate, which shows nothing: again, once the burst is free.
  for (let attempt = 1; found.most >= found.total && attempt < attempts; attempt += 1) {
    await sleep((rate.burst / rate.perSecond + 1) * 1000);
    found = await flood(asker, rate);
  }
  const { total, passed, took, most } = found;
  const title = `${asker.path}: of ${total} in ${took.toFixed(1)} s ${passed} pass, at most ${most.toFixed(0)}`;
  checks.ok(title, passed < total && passed <= most + 1 && passed >= Math.min(most * 0.9, most - 1), passed);
}

export async function rates(bench: Bench): Promise<void> {
  for (const system of ['microservices', 'lms']) {
    const plan = planWith(system, 'production', edgePatch(system, 'ingress'));
    const running = await runSystem(bench, plan);
    const routes = plan.services.find(isProxy)?.proxy.routes ?? [];
    const limited = routes.flatMap(({ path, rate }) => (rate === undefined ? [] : [{ path, rate }]));
    bench.checks.ok(`${system} states rates`, limited.length > 0);
    await Promise.all(
      limited.map(({ path, rate }, index) => below(bench, { running, path, address: `198.51.100.${index + 1}` }, rate)),
    );
    for (const [index, { path, rate }] of limited.entries()) {
      await above(bench, { running, path, address: `203.0.113.${index + 1}` }, rate);
    }
    await running.stop();
  }
}
