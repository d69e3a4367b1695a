import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../../lib/changes';
import { defaultChoice } from '../../lib/choice';
import type { Cluster } from '../cluster/cluster';
import { scratchFolder } from '../kit/scratch';
import { earlierDist } from '../manifests/earlier-dist';
import { readObjects } from '../manifests/objects';
import { ROOT } from '../manifests/root';
import type { ManifestSet } from '../manifests/sets';
import type { Verdict } from '../report';
import type { Instance } from './transition';

/**
 * The release that is due: what an earlier commit has in `dist/` runs, what this tree writes is applied over it, and
 * nothing is left to do. Only the default system is committed.
 */
export async function fromPreviousRelease(cluster: Cluster, instance: Instance, now: ManifestSet): Promise<Verdict[]> {
  if (now.system !== defaultChoice.system) return [];
  const { title, files } = await earlierDist(ROOT);
  const earlier = written(files, now);
  const subject = `${title}, then this one's`;
  const start = await instance.become(earlier);
  const [refused] = instance.refusals(now);
  if (refused !== undefined)
    return [{ subject, checked: 1, problems: start, notes: [`${subject}: keelson refuses the change: ${refused}`] }];
  const problems = [...start, ...(await instance.become(now))];
  const diff = await cluster.kubectl(['diff', '--filename', now.folder]);
  if (diff.status !== 0) problems.push(`there is still a difference after the apply: ${diff.stdout || diff.stderr}`);
  const differs = JSON.stringify(earlier.objects) !== JSON.stringify(now.objects);
  const notes = [`${subject}: ${now.objects.length} objects, ${differs ? 'some of them changed' : 'none changed'}`];
  return [{ subject, checked: now.objects.length, problems, notes }];
}

/** Its own Plan is not known; the prune command of this one has nothing to remove at the first apply. */
function written(files: Files, like: ManifestSet): ManifestSet {
  const folder = join(scratchFolder('previous'), 'dist');
  mkdirSync(folder);
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return { ...like, folder, objects: readObjects(folder) };
}
