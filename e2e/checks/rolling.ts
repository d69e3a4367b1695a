/** A release and a restart of every web service under load; and a control that must fail, or the load would see nothing. */
import { run } from '../../verify/kit/command';
import { until } from '../cluster/until';
import { during } from '../incident';
import { unreleased } from '../released';
import { settle, unsettled } from '../settled';
import { BY_KNOWN_TYPES, expect, livePods, mustKubectl, type Stage, workloadOf } from '../stage';
import { together } from '../together';
import { atTier, movement, moveTo, podCounts } from './tiers';

/** A restart in which no request happens to be on its way shows nothing. */
const CONTROL_TURNS = 3;
const SPOILT_WITHIN = 240;

/** The two loads, while it happens once. */
async function underBothLoads(
  stage: Stage,
  [web, workers]: readonly [string, string | undefined],
  deed: () => Promise<void>,
): Promise<void> {
  let done: Promise<void> | undefined;
  const once = (): Promise<void> => {
    done ??= deed();
    return done;
  };
  await together([
    during(stage, web, once),
    ...(workers === undefined ? [] : [during(stage, workers, once, { load: 'jobs' })]),
  ]);
}

/**
 * All web services at once, on the way to tier medium: the released ones by their new images, the others by a restart.
 * Workers of a released image change as well: jobs that come in close together show whether one takes a job with it as
 * it ends.
 */
export async function checkRelease(stage: Stage): Promise<void> {
  const { tier } = stage.manifests.plan;
  const images = Object.keys(stage.user.release);
  const next = atTier(stage, 'medium');
  const changed = next.plan.services
    .map(({ name, kind, image }) => ({ name, kind, image, released: images.some((it) => image.includes(`/${it}:`)) }))
    .filter(({ kind, released }) => kind === 'web' || (kind !== 'cron' && released));
  const others = changed.flatMap(({ name, released }) => (released ? [] : [name]));
  const workers = changed.flatMap(({ name, kind }) => (kind === 'web' ? [] : [name]));
  const [pods, before] = [await livePods(stage), await podCounts(stage)];
  const steps = [
    `release of ${images.join(' and ')}`,
    ...others.map((name) => `restart of ${name}`),
    ...(tier === 'medium' ? [] : [`tier ${tier} to medium`]),
  ];
  const titles = [steps.join(', '), workers.length > 0 ? `release of ${workers.join(', ')}` : undefined] as const;
  await underBothLoads(stage, titles, async () => {
    for (const name of others) await restart(stage, name);
    await moveTo(stage, next);
  });
  const wrong = unreleased(pods, await livePods(stage), changed);
  expect(wrong.length === 0, `The release is not there: ${wrong.join('; ')}`);
  const text = `every pod of ${changed.map(({ name }) => name).join(', ')} is another one`;
  const figures = movement([tier, 'medium'], before, await podCounts(stage));
  stage.say(`  ${figures}`);
  stage.facts.set('Release', `${text}, the released ones run the new image; ${figures}`);
}

async function restart({ namespace }: Stage, name: string): Promise<void> {
  await mustKubectl(['-n', namespace, 'rollout', 'restart', `deployment/${name}`]);
}

/** Pods that go without a word leave connections in the nodes' tables, which would swallow later ones from the same port. */
async function forgetConnections({ nodes }: Stage, addresses: ReadonlySet<string>): Promise<void> {
  const all = [...addresses].flatMap((address) => nodes.map(({ netns }) => ({ address, netns })));
  for (const { address, netns } of all) {
    for (const side of ['--orig-src', '--reply-src'])
      await run('nsenter', [`--net=/run/netns/${netns}`, 'conntrack', '--delete', side, address]);
  }
}

/** The one that stands in front of the others: its restarts are the ones that users would notice. */
function spoiltService({ manifests }: Stage): string {
  const { services } = manifests.plan;
  return (services.find(({ kind, proxy }) => kind === 'web' && proxy !== undefined) ?? services[0])?.name ?? '';
}

/**
 * Makes a web service end at once at its next restart. The restart that brings this about is a good one: the pods that
 * go are the ones of before.
 */
export async function spoilControl(stage: Stage): Promise<void> {
  const path = '/spec/template/spec';
  const patch = [
    { op: 'remove', path: `${path}/containers/0/lifecycle` },
    { op: 'replace', path: `${path}/terminationGracePeriodSeconds`, value: 0 },
  ];
  const target = ['-n', stage.namespace, 'patch', 'deployment', spoiltService(stage)];
  await mustKubectl([...target, '--type=json', '-p', JSON.stringify(patch)]);
}

/**
 * Without the pause before SIGTERM and with an end at once, a restart must show: the one that brings both back. What asks
 * a store is left out, so that this may go on while one is on its way up.
 */
export async function checkNegativeControl(stage: Stage): Promise<void> {
  const name = spoiltService(stage);
  const spoilt = new Set<string>();
  let [failed, requests] = [0, 0];
  try {
    for (let turn = 0; turn < CONTROL_TURNS && failed === 0; turn++) {
      if (turn > 0) await spoilControl(stage);
      await until(`${name} is spoilt`, SPOILT_WITHIN, async () => !(await unsettled(stage)).includes(name), 500);
      const pods = (await livePods(stage)).filter((pod) => workloadOf(pod) === name);
      for (const { status } of pods) if (status.podIP) spoilt.add(status.podIP);
      const options = { load: 'lasting', row: false } as const;
      const noticed = await during(stage, 'control', () => restored(stage), options);
      [failed, requests] = [noticed.failed, requests + noticed.requests];
    }
  } finally {
    await forgetConnections(stage, spoilt);
  }
  const text = `${name} without its pause before the end: ${failed} of ${requests} requests fail`;
  stage.facts.set('Negative control', text);
  expect(failed > 0, `The control did not fail: the load would not have seen a bad rolling update`);
}

async function restored(stage: Stage): Promise<void> {
  await mustKubectl(['apply', '-f', stage.manifests.folder, BY_KNOWN_TYPES]);
  await settle(stage);
}
