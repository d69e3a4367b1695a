import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where built tools live: outside the checkout, so that a clean clone finds them. */
const CACHE = join(homedir(), '.cache', 'keelson');

/** The folder of one tool at one version. Another version is another folder: nothing is ever updated in place. */
export function cacheFolder(name: string, version: string): string {
  return join(CACHE, `${name}-${version}`);
}

export function isCached(name: string, version: string): boolean {
  return existsSync(cacheFolder(name, version));
}

/**
 * Fills a tool's folder through a temporary one that is renamed at the end: an interrupted build leaves
 * nothing that a later run would take for the tool.
 */
export async function fillCache(
  name: string,
  version: string,
  fill: (folder: string) => void | Promise<void>,
): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const temporary = mkdtempSync(join(CACHE, '.building-'));
  try {
    await fill(temporary);
    renameSync(temporary, cacheFolder(name, version));
  } catch (error) {
    if (!isCached(name, version)) throw error; // else: another run was faster
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
