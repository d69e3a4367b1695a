/** Something is done to a running system while it is used; what its users noticed becomes a row of the table. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account';
import { until } from './cluster/until';
import { CALM_SECONDS, type MayFail, unmeasured, WELL_WITHIN, wrongs } from './judge';
import { type Kind, Load } from './load';
import { expect, type Incident, type Stage } from './stage';
import { Client } from './users/client';

/** The application looks each ten seconds, hands in again what was not done for half a minute, and may have to twice. */
export const JOBS_DONE_WITHIN = 90;
const READABLE_WITHIN = 120;
/** A mark is also the name of a file. */
const LONGEST_PREFIX = 80;

export interface Options {
  /** @default none */
  readonly mayFail?: MayFail;
  /** @default mixed */
  readonly load?: Kind;
  /** The load goes on that long after the deed, and longer while requests fail. @default 1 */
  readonly afterSeconds?: number;
  /** Whether it is a row of the table, and is judged: a control is not. @default true */
  readonly row?: boolean;
}

export function clientOf(stage: Stage): Client {
  return new Client(stage.manifests.plan.edge.hosts[0] ?? '');
}

/**
 * Jobs that the application may have to hand in again after a kill: one that Redis gave to the dead, and what was under way.
 * Measured: nine in a hundred kills (docs/reliability.md).
 */
const MAY_BE_LATE = 3;

interface Missed {
  /** What of an account is not there, however late: in words, or empty. */
  readonly lost: string;
  /** Jobs that were done only after the application had handed them in again. */
  readonly late: number;
}

function portion(count: number, all: number, what: string): string[] {
  return count > 0 ? [`${count} of ${all} ${what}`] : [];
}

async function missed(stage: Stage, { written, uploaded, jobs }: Account): Promise<Missed> {
  const client = clientOf(stage);
  const missing = await until(
    'the writes and the uploads can be read',
    READABLE_WITHIN,
    () => stage.user.missing(client, written, uploaded),
    1000,
  );
  let open: readonly string[] = jobs;
  const done = async (): Promise<boolean> => {
    open = (await stage.user.undone?.(client, open)) ?? [];
    return open.length === 0;
  };
  await until(`the ${jobs.length} acknowledged jobs are done`, JOBS_DONE_WITHIN, done, 2000).catch(() => undefined);
  const lost = [
    ...portion(missing.length, written.length + uploaded.length, 'writes and uploads'),
    ...portion(open.length, jobs.length, 'jobs'),
  ];
  const finished = jobs.filter((job) => !open.includes(job));
  const lateOnes = async (): Promise<readonly string[]> => (await stage.user.late?.(client, finished)) ?? [];
  const late = await until('it is known which jobs were late', READABLE_WITHIN, lateOnes, 1000);
  return { lost: lost.join(', '), late: late.length };
}

/** Asks for what was acknowledged while the run goes on; {@link Stage.promises} holds it to an answer. */
function holdTo(stage: Stage, incident: Incident, account: Account, mayFail: MayFail): void {
  const [absent] = unmeasured(account, incident.kind, stage.user);
  if (incident.kind === 'lasting' || absent !== undefined) {
    incident.lost = absent === undefined ? '–' : 'not measured';
    return;
  }
  const asked = missed(stage, account).then(({ lost, late }) => {
    const lateOnes = portion(late, account.jobs.length, 'jobs').join();
    incident.lost = `${lost || 'nothing'}${lateOnes && `, late: ${lateOnes}`}`;
    // Where nothing was killed that holds a message, and no store was away, nobody may have lost one.
    const tooLate = late > (mayFail === 'none' ? 0 : MAY_BE_LATE);
    const broken = [lost && `lost ${lost}`, tooLate && `late are ${lateOnes}`];
    return broken.flatMap((promise) => (promise ? [`${incident.what}: ${promise}`] : []));
  });
  stage.promises.push(asked.catch((error: unknown) => [`${incident.what}: ${String(error)}`]));
}

/** As long as it is wanted; and while requests fail, until it is known whether they fail for too long. */
async function goOn(load: Load, seconds: number): Promise<void> {
  const latest = Date.now() + (WELL_WITHIN + CALM_SECONDS) * 1000;
  await sleep(seconds * 1000);
  while (Date.now() - load.lastFailure < CALM_SECONDS * 1000 && Date.now() < latest) await sleep(100);
}

/** @throws Error when the deed does, or when a request fails that must not; there is a row of it all the same */
export async function during(
  stage: Stage,
  what: string,
  deed: () => Promise<void>,
  { mayFail = 'none', load: kind = 'mixed', afterSeconds = 1, row = true }: Options = {},
): Promise<Incident> {
  const load = new Load(clientOf(stage), stage.user, what.replace(/\W+/g, '-').slice(0, LONGEST_PREFIX), kind);
  await sleep(1000);
  const start = Date.now();
  const failure = await deed().then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );
  const ended = Date.now();
  if (failure === undefined) await goOn(load, afterSeconds);
  const account = await load.stop();
  const seconds = failure === undefined ? (ended - start) / 1000 : undefined;
  const { requests, perSecond, failedAt, silentSeconds, failingSeconds } = account;
  const counts = { requests, perSecond, failed: failedAt.length, silentSeconds, failingSeconds };
  const incident: Incident = { what, kind, ...counts, lost: '', seconds };
  if (row) {
    stage.incidents.push(incident);
    holdTo(stage, incident, account, mayFail);
  }
  tell(stage, incident, account);
  if (failure !== undefined) throw failure.cause;
  const wrong = row ? wrongs(account, { kind, mayFail, ended, handsIn: stage.user }) : [];
  expect(wrong.length === 0, `${what}: ${wrong.join('; ')}; of all failures: ${reasonsOf(account).join('; ')}`);
  return incident;
}

/**
 * Something that nobody's request is concerned with: measured is how long it takes.
 * @param lost says afterwards what is gone, where something is kept
 * @throws Error when the deed does, or when something is lost; there is a row of it all the same
 */
export async function withoutLoad(
  stage: Stage,
  what: string,
  deed: () => Promise<void>,
  lost: () => Promise<string> = async () => '–',
): Promise<void> {
  const none = { requests: 0, perSecond: 0, failed: 0, silentSeconds: 0, failingSeconds: 0 };
  const incident: Incident = { what, kind: 'none', ...none, lost: 'not measured', seconds: undefined };
  stage.incidents.push(incident);
  const start = Date.now();
  await deed();
  incident.seconds = (Date.now() - start) / 1000;
  incident.lost = await lost();
  stage.say(`  ${what}: ${incident.seconds.toFixed(1)} s, lost: ${incident.lost}`);
  expect(['nothing', '–'].includes(incident.lost), `${what}: lost ${incident.lost}`);
}

function reasonsOf({ failures }: Account): string[] {
  return [...failures].map(([reason, count]) => `${count} × ${reason}`);
}

function tell({ say }: Stage, { what, kind, seconds, failed, requests, ...rest }: Incident, account: Account): void {
  const silent = `silent for ${rest.silentSeconds.toFixed(1)} s`;
  const found =
    kind === 'jobs' ? `${requests - failed} of ${requests} jobs taken` : `${failed} of ${requests} requests failed`;
  const well = seconds === undefined ? 'not well again' : `${seconds.toFixed(1)} s`;
  say(`  ${what}: ${well}, ${found}, ${silent}, ${rest.perSecond.toFixed(1)} requests a second`);
  for (const reason of reasonsOf(account).slice(0, 4)) say(`    ${reason}`);
}
