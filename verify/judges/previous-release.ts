import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultChoice } from '../../lib/choice';
import type { Cluster } from '../cluster/cluster';
import { must, run } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import { readObjects } from '../manifests/objects';
import { ROOT } from '../manifests/root';
import type { ManifestSet } from '../manifests/sets';
import type { Verdict } from '../report';
import type { Instance } from './transition';

interface Earlier {
  /** The commit, and why this one. */
  title: string;
  set: ManifestSet;
}

/**
 * The release that is due: what an earlier commit has in `dist/` runs, what this tree writes is applied over it, and
 * nothing is left to do. Only the default system is committed.
 */
export async function fromPreviousRelease(cluster: Cluster, instance: Instance, now: ManifestSet): Promise<Verdict[]> {
  if (now.system !== defaultChoice.system) return [];
  const earlier = await earlierDist(now);
  const subject = `${earlier.title}, then this one's`;
  const start = await instance.become(earlier.set);
  const [refused] = instance.refusals(now);
  if (refused !== undefined)
    return [{ subject, checked: 1, problems: start, notes: [`${subject}: keelson refuses the change: ${refused}`] }];
  const problems = [...start, ...(await instance.become(now))];
  const diff = await cluster.kubectl(['diff', '--filename', now.folder]);
  if (diff.status !== 0) problems.push(`there is still a difference after the apply: ${diff.stdout || diff.stderr}`);
  const differs = JSON.stringify(earlier.set.objects) !== JSON.stringify(now.objects);
  const notes = [`${subject}: ${now.objects.length} objects, ${differs ? 'some of them changed' : 'none changed'}`];
  return [{ subject, checked: now.objects.length, problems, notes }];
}

/**
 * The `dist/` before the last commit that changed it: of the commit before this one when this one changed it, of an
 * earlier one otherwise. A shallow clone has none of them: there it is the committed one.
 */
async function earlierDist(now: ManifestSet): Promise<Earlier> {
  const last = (await run('git', ['log', '--max-count=1', '--format=%h', '--', 'dist/'], { cwd: ROOT })).stdout.trim();
  const before = last && (await distOf(`${last}~1`, now));
  if (before) return { title: `the dist/ before ${last} changed it`, set: before };
  const committed = await distOf('HEAD', now);
  if (committed)
    return { title: 'the committed dist/ (the history has no earlier one, as in a shallow clone)', set: committed };
  throw new Error('No commit has a dist/: there is no earlier release to come from');
}

async function distOf(commit: string, like: ManifestSet): Promise<ManifestSet | undefined> {
  const listed = await run('git', ['ls-tree', '--name-only', commit, 'dist/'], { cwd: ROOT });
  const files = listed.status === 0 ? listed.stdout.split('\n').filter(Boolean) : [];
  if (files.length === 0) return undefined;
  const folder = scratchFolder('previous');
  mkdirSync(join(folder, 'dist'));
  for (const file of files)
    writeFileSync(join(folder, file), await must('git', ['show', `${commit}:${file}`], { cwd: ROOT }));
  // Its own Plan is not known; the prune command of this one has nothing to remove at the first apply.
  return { ...like, folder: join(folder, 'dist'), objects: readObjects(join(folder, 'dist')) };
}
