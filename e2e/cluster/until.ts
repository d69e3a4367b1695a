import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined nor false.
 * @throws Error with the last failure at the time-out
 */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined | false>,
  pauseMilliseconds = 200,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let reason = '';
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      reason = '';
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await sleep(pauseMilliseconds);
  }
  throw new Error(`Not so within ${seconds} s: ${what}${reason}`);
}
