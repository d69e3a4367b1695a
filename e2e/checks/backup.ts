/** A backup of everything, tried out; the namespace deleted; applied again; restored by the book. */
import type { BackupPlan } from '../../lib/model/plan';
import { until } from '../cluster/until';
import { restartEdge } from '../edge';
import { makeGivenSecrets } from '../given';
import { clientOf } from '../incident';
import { runFrom, runOver } from '../jobs';
import { synthesize } from '../manifests';
import { objectsBelow } from '../outside/object-storage';
import { settle, unsettled } from '../settled';
import { BY_KNOWN_TYPES, doesNotApply, expect, mustKubectl, type Stage } from '../stage';
import { together } from '../together';
import { expectOtherValues, randomValuesOf } from './secrets';

const READY_WITHIN = 240;
/** Of kubectl, seconds; what it waits for itself ends earlier. */
const PATIENCE = 250;

/** restic keeps each snapshot as an object of its own, whose name is its content's. */
async function snapshots({ namespace }: Stage, subjects: readonly string[]): Promise<string[]> {
  return (await Promise.all(subjects.map((name) => objectsBelow(`${namespace}/${name}/snapshots/`)))).flat();
}

/** Whose backup is not there at all, and what is there no more. */
export function gone(names: readonly string[], before: readonly string[], after: readonly string[]): string[] {
  const without = names.filter((name) => !before.some((key) => key.includes(`/${name}/snapshots/`)));
  return [...without.map((name) => `any of ${name}`), ...before.filter((key) => !after.includes(key))];
}

/** Retention reads the repositories, and forgets what is too much: not the only backup that there is. */
async function retain(stage: Stage, { subjects, retention }: BackupPlan): Promise<number> {
  const names = subjects.map(({ name }) => name);
  const before = await snapshots(stage, names);
  await runFrom(stage, retention.name);
  const missing = gone(names, before, await snapshots(stage, names));
  expect(missing.length === 0, `Snapshots are missing after retention: ${missing.join(', ')}`);
  return before.length;
}

async function backUp(stage: Stage, backup: BackupPlan): Promise<void> {
  const { subjects } = backup;
  const findLeft = await stage.user.leave(clientOf(stage));
  const begin = Date.now();
  await together(subjects.map((subject) => runFrom(stage, subject.backup.name)));
  const seconds = ((Date.now() - begin) / 1000).toFixed(0);
  stage.findLeft = findLeft;
  const drills = subjects.flatMap((subject) => (subject.kind === 'postgres' ? [subject.drill.name] : []));
  for (const drill of drills) await runFrom(stage, drill);
  const kept = await retain(stage, backup);
  const done = `${subjects.map(({ name }) => name).join(', ')} backed up in ${seconds} s, tried out (${drills.join(', ')})`;
  const text = `${done}; retention kept all ${kept} snapshots`;
  stage.say(`  ${text}`);
  stage.facts.set('Backup', text);
}

export async function checkBackup(stage: Stage): Promise<void> {
  const { backup } = stage.manifests.plan;
  await (backup === undefined ? doesNotApply('no backups') : backUp(stage, backup));
}

/** Whoever uses the stores. Right after the first apply they wait in their init containers, and go at once. */
async function scaleToZero({ namespace }: Stage): Promise<void> {
  const ours = '--selector=app.kubernetes.io/managed-by=keelson';
  await mustKubectl(['-n', namespace, 'scale', 'deployment', '--replicas=0', ours]);
}

/** docs/restore.md, step by step. */
async function restore(stage: Stage): Promise<void> {
  const { plan, folder } = stage.manifests;
  const subjects = plan.backup?.subjects ?? [];
  const kubectl = (...args: string[]): Promise<string> => mustKubectl(['-n', stage.namespace, ...args], PATIENCE);
  const caches = subjects.flatMap(({ kind, name }) => (kind === 'redis' ? [name] : []));
  for (const name of caches) await kubectl('scale', `statefulset/${name}`, '--replicas=0');
  // A worker's last job may take its whole grace, two minutes.
  const leave = ['wait', 'pod', '--for=delete', '--timeout=240s', '--selector'];
  const stores = new Set(plan.stores.map(({ name }) => name));
  const users = plan.arrows.flatMap(({ from, to, why }) => (why === 'drawn' && stores.has(to.name) ? [from] : []));
  const idle = new Set([...users, ...caches]);
  await kubectl(...leave, `app.kubernetes.io/name in (${[...idle].join(',')})`);
  stage.say('  nobody uses the stores');
  await together(
    subjects.map(async ({ kind, restore: { name } }) => {
      await (kind === 'volume' ? runFrom(stage, name) : runOver(stage, name));
    }),
  );
  for (const { kind, name } of plan.stores) if (kind === 'postgres') await runFrom(stage, `${name}-roles`);
  stage.say('  the data is back');
  await mustKubectl(['apply', '-f', folder, BY_KNOWN_TYPES]);
  for (const { name, replicas, autoscaler } of plan.services)
    if (autoscaler !== undefined) await kubectl('scale', `deployment/${name}`, `--replicas=${replicas.min}`);
}

/**
 * As a catastrophe does it: nothing has time to end well. The claims go beside the pods: a namespace that finds them still
 * there looks again only after eight seconds.
 */
async function loseNamespace({ namespace }: Stage): Promise<void> {
  await mustKubectl(['delete', 'namespace', namespace, '--wait=false']);
  await mustKubectl(['-n', namespace, 'delete', 'pvc', '--all', '--wait=false']);
  await mustKubectl(['-n', namespace, 'delete', 'pods', '--all', '--force', '--grace-period=0'], PATIENCE);
  await mustKubectl(['wait', `namespace/${namespace}`, '--for=delete', '--timeout=240s'], PATIENCE);
}

/** Step 4 of docs/runbooks/lost-cluster.md. */
async function canBeRestored(stage: Stage): Promise<boolean> {
  const { stores, workloads } = stage.manifests.plan;
  const isStore = (name: string): boolean => stores.some((store) => store.name === name);
  const patient = new Set(workloads.map(({ name }) => name).filter((name) => !isStore(name)));
  return (await unsettled(stage)).every((name) => patient.has(name));
}

/** Nothing of what was before is there, but the bucket and the keys. */
export async function checkLostNamespace(stage: Stage): Promise<void> {
  const { backup } = stage.manifests.plan;
  if (backup === undefined) doesNotApply('no backups');
  // Asked for alone, it makes the backup itself.
  if (stage.findLeft === undefined) await backUp(stage, backup);
  const earlier = await randomValuesOf(stage);
  await loseNamespace(stage);
  stage.say('  the namespace is deleted');
  const begin = Date.now();
  stage.manifests = synthesize({ system: stage.system, tier: 'low' });
  await makeGivenSecrets(stage.manifests);
  await mustKubectl(['apply', '-f', stage.manifests.folder]);
  await scaleToZero(stage);
  await until('the stores and the Jobs are there', READY_WITHIN, () => canBeRestored(stage), 500);
  stage.say('  the stores are there again');
  await restartEdge();
  await restore(stage);
  await settle(stage, 'everything is Ready again');
  const { findLeft } = stage;
  expect(findLeft !== undefined, 'Nothing was left that could be found');
  await findLeft(clientOf(stage));
  await expectOtherValues(stage, earlier);
  const seconds = ((Date.now() - begin) / 1000).toFixed(0);
  const left = backup.subjects.map(({ name }) => name).join(', ');
  const text = `deleted, applied again and restored in ${seconds} s: what was left in ${left} is there`;
  stage.say(`  ${text}`);
  stage.facts.set('Loss of the namespace', text);
}
