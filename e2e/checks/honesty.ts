/**
 * Controls: what the other checks would call a fault must show as one. A copy of a service's pod with a wrong password,
 * an unknown migration or a blocked port must not get Ready, and must say why; a job that is lost must be missed, and the
 * application must hand it in again.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkPlan } from '../../lib/model/plan';
import type { Template } from '../../test/invariants/manifest';
import { at } from '../../verify/manifests/objects';
import { until } from '../cluster/until';
import { type Fault, faultsOf, subjectOf } from '../faults';
import { clientOf, JOBS_DONE_WITHIN } from '../incident';
import { doesNotApply, expect, isReady, kubectl, mustKubectl, type Pod, podsPath, type Stage } from '../stage';
import { together } from '../together';
import type { User } from '../users/user';

const SECONDS = 180;

/** Until the copy has said what is wrong with it. @throws Error when it gets Ready, or ends in another way */
async function mustShow(stage: Stage, { title, copy, container, says }: Fault): Promise<string> {
  const { name } = copy.metadata;
  const path = podsPath(stage.namespace);
  const { status, text } = await stage.api.post(path, copy);
  expect(status === 201, `${title}: no pod: ${text.slice(0, 300)}`);
  const log = async (): Promise<string> =>
    (await kubectl(['-n', stage.namespace, 'logs', name, '-c', container])).stdout;
  // A start that fails ends the pod; what fails at work goes on, and is not Ready.
  const look = async () => {
    const pod = await stage.api.get<Pod>(`${path}/${name}`);
    if (isReady(pod)) return { pod, said: '' };
    const ended = pod.status.phase === 'Failed';
    if (!ended && !pod.status.containerStatuses?.some(({ state }) => state?.running)) return undefined;
    const said = await log();
    return (ended || says.test(said)) && { pod, said };
  };
  const seen = await until(`${title} shows`, SECONDS, look, 1000);
  expect(!isReady(seen.pod), `${title} does not show: the copy is Ready`);
  expect(says.test(seen.said), `${title} does not show in the log of ${container}: ${seen.said.slice(-300)}`);
  return title;
}

async function checkCopies(stage: Stage, faults: readonly Fault[]): Promise<string[]> {
  try {
    return await together(faults.map((fault) => mustShow(stage, fault)));
  } finally {
    for (const { copy } of faults) await stage.api.delete(`${podsPath(stage.namespace)}/${copy.metadata.name}`, 0);
  }
}

/** The application hands a lost job in again after half a minute: then it is no longer missed. */
const BEFORE_LATE = 20;

/** A list beside the queue, which nobody works off. */
const ASIDE = 'taken-by-the-end-to-end-test';

/** A Redis, asked by its own client in its own pod. */
async function redis({ namespace }: Stage, { store, database }: WorkPlan, ...command: string[]): Promise<string> {
  const script = 'REDISCLI_AUTH=$(cat "$PASSWORD_FILE") exec redis-cli -n "$0" "$@"';
  const client = ['exec', `${store}-0`, '-c', 'redis', '--', 'sh', '-c', script, String(database), ...command];
  return (await mustKubectl(['-n', namespace, ...client])).trim();
}

/** Jobs whose messages a queue in Redis holds. */
export interface Jobs {
  readonly work: WorkPlan;
  readonly submit: () => Promise<string>;
  readonly undone: (jobs: readonly string[]) => Promise<string[]>;
  readonly late: (jobs: readonly string[]) => Promise<string[]>;
  readonly isMessageOf: NonNullable<User['isMessageOf']>;
}

function jobsOf(stage: Stage): Jobs | undefined {
  const { submit, undone, late, isMessageOf } = stage.user;
  const { services, stores } = stage.manifests.plan;
  const isRedis = (name: string): boolean => stores.some((store) => store.kind === 'redis' && store.name === name);
  const work = services.find(({ work: own }) => own !== undefined && isRedis(own.store))?.work;
  if (!submit || !undone || !late || !isMessageOf || !work) return undefined;
  const client = clientOf(stage);
  const mark = (): string => `honesty-${randomBytes(6).toString('hex')}`;
  return {
    work,
    submit: () => submit(client, mark()),
    undone: (jobs) => undone(client, jobs),
    late: (jobs) => late(client, jobs),
    isMessageOf,
  };
}

/** The oldest message that was set aside is the next one again. Returns nothing where there is none. */
function giveBack(stage: Stage, { work }: Jobs): Promise<string> {
  return redis(stage, work, 'LMOVE', ASIDE, work.name, 'RIGHT', 'RIGHT');
}

/**
 * Sets a job's message aside before a worker has it. Redis serves first who has waited longest, and a worker asks anew
 * every second: after that it is our turn.
 */
export async function lose(stage: Stage, jobs: Jobs): Promise<{ lost: string; others: string[] }> {
  const { work, submit, isMessageOf } = jobs;
  const handedIn: string[] = [];
  const lost = await until('a job is lost', SECONDS, async () => {
    const taken = redis(stage, work, 'BLMOVE', work.name, ASIDE, 'RIGHT', 'LEFT', '10');
    const ended = taken.catch(() => undefined);
    let own: string | undefined;
    try {
      let message: string | undefined;
      while (message === undefined) {
        handedIn.push(await submit());
        message = await Promise.race([taken, sleep(250, undefined)]);
      }
      own = handedIn.find((job) => message !== '' && isMessageOf(message, job));
    } finally {
      // Whoever still waits would take the next turn's job, of which nobody would know.
      await ended;
      if (own === undefined) await giveBack(stage, jobs);
    }
    return own;
  });
  return { lost, others: handedIn.filter((job) => job !== lost) };
}

/** Nobody gives it back: the application has to notice by itself. Returns what is wrong. */
export async function mustBeHandedInAgain({ undone, late }: Jobs, lost: string): Promise<string[]> {
  const lateOnceDone = async () => (await undone([lost])).length === 0 && late([lost]);
  const found = await until('the job that was lost on purpose is done', JOBS_DONE_WITHIN, lateOnceDone, 2000);
  return found.length === 1 ? [] : ['The job that was lost on purpose is done, and was not late'];
}

/** The same questions that every incident is judged by: what of the jobs is not done, and what was late. */
async function checkLostJob(stage: Stage, jobs: Jobs): Promise<string[]> {
  const { submit, undone } = jobs;
  let lost: string;
  try {
    const found = await lose(stage, jobs);
    lost = found.lost;
    const others = [...found.others, await submit()];
    await until('every other job is done', BEFORE_LATE, async () => (await undone(others)).length === 0);
    const missed = await undone([...others, lost]);
    expect(missed.join() === lost, `Job ${lost} is lost, missed are: ${missed.join(', ') || 'none'}`);
    await redis(stage, jobs.work, 'DEL', ASIDE);
  } finally {
    while ((await giveBack(stage, jobs)) !== '');
  }
  // That takes longer than anything here: it is asked for beside what comes next.
  stage.promises.push(mustBeHandedInAgain(jobs, lost).catch((error: unknown) => [String(error)]));
  return ['a lost job'];
}

export async function checkHonesty(stage: Stage): Promise<void> {
  const { plan, objects } = stage.manifests;
  const subject = subjectOf(plan);
  if (subject === undefined) doesNotApply('no web service with a schema, a database and a Redis');
  const { name } = subject.service;
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  const template = at(deployment, 'spec', 'template') as Template;
  const faults = faultsOf(subject, { template, namespace: stage.namespace }, stage.user);
  const jobs = jobsOf(stage);
  const shown = await together<readonly string[]>([
    checkCopies(stage, faults),
    ...(jobs === undefined ? [] : [checkLostJob(stage, jobs)]),
  ]);
  const text = `${shown.flat().join(', ')}: each shows`;
  stage.say(`  ${text}`);
  stage.facts.set('Faults made on purpose', text);
}
