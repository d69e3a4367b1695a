/** A backup of everything, tried out; the namespace deleted; applied again; restored by the book. */

import { until } from '../cluster/until';
import { restartEdge } from '../edge';
import { makeGivenSecrets } from '../given';
import { clientOf } from '../incident';
import { runFrom, runOver } from '../jobs';
import { synthesize } from '../manifests';
import { settle, unsettled } from '../settled';
import { mustKubectl, type Stage } from '../stage';
import { expectOtherValues, randomValuesOf } from './secrets';

const READY_WITHIN = 180;

let find: ((client: ReturnType<typeof clientOf>) => Promise<void>) | undefined;

export async function checkBackup(stage: Stage): Promise<void> {
  const { backup } = stage.manifests.plan;
  if (backup === undefined) return;
  find = await stage.user.leave(clientOf(stage));
  const begin = Date.now();
  await Promise.all(backup.subjects.map((subject) => runFrom(stage, subject.backup.name)));
  const seconds = ((Date.now() - begin) / 1000).toFixed(0);
  const drills = backup.subjects.flatMap((subject) => (subject.kind === 'postgres' ? [subject.drill.name] : []));
  for (const drill of drills) await runFrom(stage, drill);
  await runFrom(stage, backup.retention.name);
  const text = `${backup.subjects.map(({ name }) => name).join(', ')} backed up in ${seconds} s, tried out (${drills.join(', ')}), and retention kept them`;
  stage.say(`  ${text}`);
  stage.facts.set('Backup', text);
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
  const kubectl = (...args: string[]): Promise<string> => mustKubectl(['-n', stage.namespace, ...args]);
  const caches = subjects.flatMap(({ kind, name }) => (kind === 'redis' ? [name] : []));
  for (const name of caches) await kubectl('scale', `statefulset/${name}`, '--replicas=0');
  const gone = ['wait', 'pod', '--for=delete', '--timeout=120s', '--selector'];
  const stores = new Set(plan.stores.map(({ name }) => name));
  const users = plan.arrows.flatMap(({ from, to, why }) => (why === 'drawn' && stores.has(to.name) ? [from] : []));
  const idle = new Set([...users, ...caches]);
  await kubectl(...gone, `app.kubernetes.io/name in (${[...idle].join(',')})`);
  stage.say('  nobody uses the stores');
  await Promise.all(
    subjects.map(async ({ kind, restore: { name } }) => {
      await (kind === 'volume' ? runFrom(stage, name) : runOver(stage, name));
    }),
  );
  for (const { kind, name } of plan.stores) if (kind === 'postgres') await runFrom(stage, `${name}-roles`);
  stage.say('  the data is back');
  await mustKubectl(['apply', '-f', folder]);
  for (const { name, replicas, autoscaler } of plan.services)
    if (autoscaler !== undefined) await kubectl('scale', `deployment/${name}`, `--replicas=${replicas.min}`);
}

/** As a catastrophe does it: nothing has time to end well. */
async function loseNamespace({ namespace }: Stage): Promise<void> {
  await mustKubectl(['delete', 'namespace', namespace, '--wait=false']);
  await mustKubectl(['-n', namespace, 'delete', 'pods', '--all', '--force', '--grace-period=0']);
  await mustKubectl(['wait', `namespace/${namespace}`, '--for=delete', '--timeout=180s'], 190);
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
  if (find === undefined || stage.manifests.plan.backup === undefined) return;
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
  await find(clientOf(stage));
  await expectOtherValues(stage, earlier);
  const seconds = ((Date.now() - begin) / 1000).toFixed(0);
  const text = `deleted, applied again and restored in ${seconds} s: the note and the file of before are there`;
  stage.say(`  ${text}`);
  stage.facts.set('Loss of the namespace', text);
}
