import type { Plan } from '../model/plan';

/** What does not answer within this time is taken for dead, seconds. */
const longestTimeout = 10;

/** How often a target is looked at and how long it may take, as Prometheus writes durations; in both modes the same. */
export function timingOf({ monitors }: Plan): { readonly interval: string; readonly timeout: string } {
  const seconds = monitors?.intervalSeconds ?? 0;
  return { interval: `${seconds}s`, timeout: `${Math.min(seconds, longestTimeout)}s` };
}
