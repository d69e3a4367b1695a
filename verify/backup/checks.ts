import { strict as assert } from 'node:assert';
import type { Outcome } from '../kit/command';

/** A check of a running system; it throws where something is not as it should be. */
export type Checks<T> = Readonly<Record<string, (it: T) => Promise<void>>>;

export async function runChecks<T>(part: string, it: T, checks: Checks<T>): Promise<void> {
  for (const [title, check] of Object.entries(checks)) {
    const start = Date.now();
    try {
      await check(it);
    } catch (error) {
      console.log(`FAIL ${part}: ${title}`);
      throw error;
    }
    console.log(`ok  ${part}: ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  }
}

export function succeeds(outcome: Outcome): Outcome {
  assert.equal(outcome.status, 0, `${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

export function refuses(outcome: Outcome, why: RegExp): Outcome {
  assert.notEqual(outcome.status, 0, `it was not refused: ${outcome.stdout}`);
  assert.match(outcome.stderr, why);
  return outcome;
}
