/** Something is done to a running system while it is used; what its users noticed becomes a row of the table. */
import { until } from './cluster/until';
import { type Account, failed, Load } from './load';
import { expect, type Incident, type Stage } from './stage';
import { Client } from './users/client';

const JOBS_DONE_WITHIN = 90;

export interface Options {
  /** Requests may fail: there is one of what was hit. */
  readonly mayFail?: boolean;
  /** The load goes on that long after the deed. @default 3 */
  readonly afterSeconds?: number;
  /** What is found lost is not an error: a control. */
  readonly row?: boolean;
}

export function clientOf(stage: Stage): Client {
  return new Client(stage.manifests.plan.edge.hosts[0] ?? '');
}

async function lost(stage: Stage, { written, jobs }: Account): Promise<string> {
  const client = clientOf(stage);
  const missing = await until('the writes can be read', 30, () => stage.user.missing(client, written));
  let open: readonly string[] = jobs;
  await until(`the ${jobs.length} acknowledged jobs are done`, JOBS_DONE_WITHIN, async () => {
    open = (await stage.user.undone?.(client, open)) ?? [];
    return open.length === 0;
  }).catch(() => undefined);
  const parts = [
    ...(missing.length > 0 ? [`${missing.length} of ${written.length} writes`] : []),
    ...(open.length > 0 ? [`${open.length} of ${jobs.length} jobs`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

/** @throws Error when something acknowledged is lost, or a request fails that must not */
export async function during(
  stage: Stage,
  what: string,
  deed: () => Promise<void>,
  options: Options = {},
): Promise<Incident> {
  const load = new Load(clientOf(stage), stage.user, what.replace(/\W+/g, '-'));
  await pause(1);
  const start = Date.now();
  let seconds = 0;
  try {
    await deed();
    seconds = (Date.now() - start) / 1000;
    await pause(options.afterSeconds ?? 3);
  } finally {
    await load.stop();
  }
  const account = await load.stop();
  const incident: Incident = {
    what,
    requests: account.requests,
    failed: failed(account),
    silentSeconds: account.silentSeconds,
    lost: await lost(stage, account),
    seconds,
  };
  if (options.row !== false) stage.incidents.push(incident);
  stage.say(
    `  ${what}: ${seconds.toFixed(1)} s, ${incident.failed} of ${incident.requests} requests failed, silent for ${incident.silentSeconds.toFixed(1)} s, lost: ${incident.lost}`,
  );
  const reasons = [...account.failures].map(([reason, count]) => `${count} × ${reason}`);
  if (reasons.length > 0) stage.say(`    ${reasons.slice(0, 4).join('\n    ')}`);
  expect(incident.lost === 'nothing', `${what}: lost ${incident.lost}`);
  expect(options.mayFail === true || incident.failed === 0, `${what}: ${reasons.join('; ')}`);
  return incident;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
