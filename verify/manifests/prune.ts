import { existsSync, readFileSync } from 'node:fs';
import type { ManifestSet } from './sets';

/** The command that removes what is gone, as `keelson report` prints it. */
export function pruneCommand({ folder }: ManifestSet): string {
  const recorded = `${folder}.prune`; // beside a set that was made elsewhere
  if (existsSync(recorded)) return readFileSync(recorded, 'utf8').trim();
  throw new Error('keelson report has no prune command');
}
