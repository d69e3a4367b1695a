/** Images that recipes have left behind: each change of a recipe makes another folder, of up to a gigabyte. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { imageFolder } from './build';
import { recipes } from './recipes';

/** Another checkout may have other recipes, and be run in turn with this one. */
const KEPT_MILLISECONDS = 3_600_000;
const VERSION = /-[0-9a-f]{12}$/;

/**
 * Removes other versions of these images that no run has used for an hour, and hands over their names.
 * @param present the folders of the images as they are made now
 */
export function removeOldImages(present: readonly string[] = Object.values(recipes).map(imageFolder)): string[] {
  const images = new Set(present.map((folder) => folder.replace(VERSION, '')));
  const caches = [...new Set(present.map((folder) => dirname(folder)))];
  const old = caches
    .flatMap((cache) => readdirSync(cache).map((name) => join(cache, name)))
    .filter((folder) => images.has(folder.replace(VERSION, '')) && !present.includes(folder))
    .filter((folder) => statSync(folder).mtimeMs < Date.now() - KEPT_MILLISECONDS);
  for (const folder of old) rmSync(folder, { recursive: true });
  return old.map((folder) => basename(folder));
}
