import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster';
import { apply, runInDist } from '../cluster/live';
import { must, run } from '../kit/command';
import { readObjects } from '../manifests/objects';
import { ROOT } from '../manifests/root';
import type { Verdict } from '../report';

const SUBJECT = "the previous commit's dist/, then this one's";

/** The release that is due: what the last commit had in dist/ runs, what this tree has there is applied over it. */
export async function previousRelease(cluster: Cluster): Promise<Verdict> {
  const before = await distOf(cluster, 'HEAD~1');
  if (before === undefined) {
    return { subject: SUBJECT, checked: 0, problems: [], notes: ['HEAD~1 has no dist/: nothing to come from'] };
  }
  const now = join(ROOT, 'dist');
  // The walks before have left objects of the same names: a namespace of its own would need other manifests.
  const namespace = readObjects(before).find(({ kind }) => kind === 'Namespace')?.metadata.name ?? '';
  await cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
  const problems = [...(await apply(cluster, before)), ...(await apply(cluster, now))];
  const again = await runInDist(cluster, now, 'kubectl diff -f dist/');
  problems.push(...again.map((line) => `after the apply there is still a difference: ${line}`));
  return { subject: SUBJECT, checked: readObjects(now).length, problems };
}

async function distOf(cluster: Cluster, commit: string): Promise<string | undefined> {
  const listed = await run('git', ['ls-tree', '--name-only', commit, 'dist/'], { cwd: ROOT });
  const files = listed.status === 0 ? listed.stdout.split('\n').filter(Boolean) : [];
  if (files.length === 0) return undefined;
  const folder = mkdtempSync(join(cluster.folder, 'previous-'));
  mkdirSync(join(folder, 'dist'));
  for (const file of files)
    writeFileSync(join(folder, file), await must('git', ['show', `${commit}:${file}`], { cwd: ROOT }));
  return join(folder, 'dist');
}
