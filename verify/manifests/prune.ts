import { existsSync, readFileSync } from 'node:fs';
import { pruneOf } from '../../lib/report/prune';
import type { ManifestSet } from './sets';

/** The command that removes what is gone, as `keelson report` prints it. */
export function pruneCommand({ folder, plan }: ManifestSet): string {
  if (plan) return pruneOf(plan, 'dist/').command;
  const recorded = `${folder}.prune`; // beside a set that was made elsewhere
  if (existsSync(recorded)) return readFileSync(recorded, 'utf8').trim();
  throw new Error(`There is no prune command beside ${folder}`);
}
