/** What a person would look at first, of a cluster in which something is not as it should be. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from './cluster/layout';
import { isReady, kubectl, type Pod } from './stage';

const PATIENCE = '--request-timeout=15s';

async function said(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await kubectl([...args, PATIENCE], 30);
  return stdout + stderr;
}

async function notReady(): Promise<Pod[]> {
  const { status, stdout } = await kubectl(['get', 'pods', '-A', '-o', 'json', PATIENCE], 30);
  if (status !== 0) return [];
  const { items } = JSON.parse(stdout) as { items: Pod[] };
  return items.filter((pod) => pod.status.phase !== 'Succeeded' && !isReady(pod));
}

/** A pod's description, and what its containers said, also those that have ended. */
async function described({ metadata: { name, namespace } }: Pod): Promise<string> {
  const of = ['-n', namespace, name];
  const logs = ['logs', ...of, '--all-containers', '--prefix', '--tail=200'];
  const parts = await Promise.all([said('describe', 'pod', ...of), said(...logs), said(...logs, '--previous')]);
  return [`==== ${namespace}/${name}`, ...parts].join('\n');
}

async function told(what: string): Promise<void> {
  console.log(await said('get', 'pods', '-A', '-o', 'wide'));
  const events = (await said('get', 'events', '-A', '--sort-by=.lastTimestamp')).split('\n');
  console.log(
    events
      .filter((line) => !line.includes(' Normal '))
      .slice(-20)
      .join('\n'),
  );
  const pods = await notReady();
  if (pods.length === 0) return;
  mkdirSync(folders.logs, { recursive: true });
  const file = join(folders.logs, `not-ready-${what}.txt`);
  const texts: string[] = [];
  // One after the other: other checks go on meanwhile.
  for (const pod of pods) texts.push(await described(pod));
  writeFileSync(file, texts.join('\n'));
  console.log(`What is not Ready is described in ${file}`);
}

/** Says it, and keeps in the logs what is longer. Never a failure of its own: that would hide the one it is about. */
export async function explain(what: string): Promise<void> {
  await told(what).catch((error: unknown) => console.log(`Cannot look at the cluster: ${String(error)}`));
}
