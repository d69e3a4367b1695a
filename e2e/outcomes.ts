/** What the inner half hands to the outer one: what came of each check. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './acts';
import { STATE } from './cluster/layout';

const FILE = join(STATE, 'outcomes.json');

export function forgetOutcomes(): void {
  rmSync(FILE, { force: true });
}

export function writeOutcomes(outcomes: readonly Outcome[]): void {
  writeFileSync(FILE, JSON.stringify(outcomes));
}

/** @throws Error when there are none: the inner half did not come to its end */
export function readOutcomes(): Outcome[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Outcome[];
}
