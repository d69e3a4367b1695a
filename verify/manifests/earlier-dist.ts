import { join } from 'node:path';
import { isFolder, readFiles } from '../../cli/output-folder';
import type { Files } from '../../lib/changes';
import { git } from '../kit/tree';

export interface EarlierDist {
  /** Which release it is, and why this one. */
  title: string;
  files: Files;
}

/**
 * The `dist/` before the last commit that changed it: of the commit before this one when this one changed it, of an
 * earlier one otherwise. A shallow clone has none of them: there it is the committed one. Without git it is the folder's.
 * @throws Error where there is none at all
 */
export async function earlierDist(root: string): Promise<EarlierDist> {
  const last = (await git(root, ['log', '--max-count=1', '--format=%h', '--', 'dist/']))?.trim();
  const before = last && (await distOf(root, `${last}~1`));
  if (before) return { title: `the dist/ before ${last} changed it`, files: before };
  const committed = await distOf(root, 'HEAD');
  if (committed)
    return { title: 'the committed dist/ (the history has no earlier one, as in a shallow clone)', files: committed };
  const folder = join(root, 'dist');
  if (!isFolder(folder))
    throw new Error('There is no dist/, in no commit and no folder: no earlier release to come from');
  const files = readFiles(folder);
  return { title: 'the dist/ of this folder (no commit has one, or this is no git repository)', files };
}

async function distOf(root: string, commit: string): Promise<Files | undefined> {
  const names = (await git(root, ['ls-tree', '--name-only', commit, 'dist/']))?.split('\n').filter(Boolean) ?? [];
  if (names.length === 0) return undefined;
  const texts = await Promise.all(names.map((name) => git(root, ['show', `${commit}:${name}`])));
  return new Map(names.map((name, index) => [name.slice('dist/'.length), texts[index] ?? '']));
}
