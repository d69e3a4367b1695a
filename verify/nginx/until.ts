import { setTimeout as sleep } from 'node:timers/promises';

/** @returns the milliseconds until it held, or undefined where it did not within so many seconds */
export async function until(holds: () => boolean | Promise<boolean>, seconds: number): Promise<number | undefined> {
  const start = Date.now();
  while (Date.now() - start < seconds * 1000) {
    if (await holds()) return Date.now() - start;
    await sleep(100);
  }
  return undefined;
}
