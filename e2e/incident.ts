/** Something is done to a running system while it is used; what its users noticed becomes a row of the table. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './cluster/until';
import { type Account, failed, type Kind, Load } from './load';
import { expect, type Incident, type Stage } from './stage';
import { Client } from './users/client';

/** A message of a worker that died is handed out again within two minutes: see docs/reliability.md. */
const JOBS_DONE_WITHIN = 180;
const READABLE_WITHIN = 120;

export interface Options {
  /**
   * Which requests may fail. `stores`: those that ask a store, of which there is one; `any`: there may be one inside what
   * is killed. @default none
   */
  readonly mayFail?: 'none' | 'stores' | 'any';
  /** @default mixed */
  readonly load?: Kind;
  /** The load goes on that long after the deed. @default 3 */
  readonly afterSeconds?: number;
  /** Whether it is a row of the table, and counts: a control does not. @default true */
  readonly row?: boolean;
}

export function clientOf(stage: Stage): Client {
  return new Client(stage.manifests.plan.edge.hosts[0] ?? '');
}

/** What of an account is not there, however late. */
async function lost(stage: Stage, { written, jobs }: Account): Promise<string> {
  const client = clientOf(stage);
  const missing = await until(
    'the writes can be read',
    READABLE_WITHIN,
    () => stage.user.missing(client, written),
    1000,
  );
  let open: readonly string[] = jobs;
  const done = async (): Promise<boolean> => {
    open = (await stage.user.undone?.(client, open)) ?? [];
    return open.length === 0;
  };
  await until(`the ${jobs.length} acknowledged jobs are done`, JOBS_DONE_WITHIN, done, 2000).catch(() => undefined);
  const parts = [
    ...(missing.length > 0 ? [`${missing.length} of ${written.length} writes`] : []),
    ...(open.length > 0 ? [`${open.length} of ${jobs.length} jobs`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

/** Asks for what was acknowledged while the run goes on; {@link Stage.promises} holds it to an answer. */
function holdTo(stage: Stage, incident: Incident, account: Account): void {
  if (account.written.length + account.jobs.length === 0) {
    incident.lost = 'nothing';
    return;
  }
  const asked = lost(stage, account).then((what) => {
    incident.lost = what;
    return what === 'nothing' ? [] : [`${incident.what}: lost ${what}`];
  });
  stage.promises.push(asked.catch((error: unknown) => [`${incident.what}: ${String(error)}`]));
}

/** @throws Error when a request fails that must not */
export async function during(
  stage: Stage,
  what: string,
  deed: () => Promise<void>,
  { mayFail = 'none', load: kind = 'mixed', afterSeconds = 3, row = true }: Options = {},
): Promise<Incident> {
  const load = new Load(clientOf(stage), stage.user, what.replace(/\W+/g, '-'), kind);
  await sleep(1000);
  const start = Date.now();
  let seconds = 0;
  try {
    await deed();
    seconds = (Date.now() - start) / 1000;
    await sleep(afterSeconds * 1000);
  } finally {
    await load.stop();
  }
  const account = await load.stop();
  const { requests, silentSeconds, failingSeconds } = account;
  const counts = { requests, failed: failed(account), silentSeconds, failingSeconds };
  const incident: Incident = { what, kind, ...counts, lost: '', seconds };
  if (row) {
    stage.incidents.push(incident);
    holdTo(stage, incident, account);
  }
  tell(stage, incident, account);
  judge(incident, account, mayFail);
  return incident;
}

function reasonsOf({ failures }: Account): string[] {
  return [...failures].map(([reason, count]) => `${count} × ${reason}`);
}

function tell({ say }: Stage, { what, seconds, failed, requests, silentSeconds }: Incident, account: Account): void {
  const silent = `silent for ${silentSeconds.toFixed(1)} s`;
  say(`  ${what}: ${seconds.toFixed(1)} s, ${failed} of ${requests} requests failed, ${silent}`);
  for (const reason of reasonsOf(account).slice(0, 4)) say(`    ${reason}`);
}

function judge({ what, kind, failed }: Incident, account: Account, mayFail: Options['mayFail']): void {
  // What happens behind the web services is no matter of requests.
  if (kind === 'jobs' || mayFail === 'any') return;
  const wrong = mayFail === 'stores' ? account.plainFailures : failed;
  expect(wrong === 0, `${what}: ${wrong} requests failed that must not: ${reasonsOf(account).join('; ')}`);
}
