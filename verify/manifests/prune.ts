import { existsSync, readFileSync } from 'node:fs';
import { reportOf } from '../../lib/report';
import type { ManifestSet } from './sets';

/** The command that removes what is gone, as `keelson report` prints it. */
export function pruneCommand({ folder, plan }: ManifestSet): string {
  if (plan) return reportOf(plan, { byTier: new Map([[plan.tier, plan]]) }).pruneCommand;
  const recorded = `${folder}.prune`; // beside a set that was made elsewhere
  if (existsSync(recorded)) return readFileSync(recorded, 'utf8').trim();
  throw new Error(`There is no prune command beside ${folder}`);
}
