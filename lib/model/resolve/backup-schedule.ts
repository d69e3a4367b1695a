import type { KeepPlan } from '../plan';
import type { Context } from './context';

/** The hours (UTC) at which things happen that say only `@daily` and the like: one after the other, never all at once. */
export const hours = {
  backup: 1,
  full: 2,
  configuration: 3,
  retention: 4,
  drill: 5,
  archive: 6,
  recoveryTest: 12,
} as const;

/** Minutes between two stores: each has the target to itself for its first minutes. */
const apart = 7;

/** Five cron fields for `@daily` and the like, at a quiet hour; what has fields already is left alone. */
export function cronOf(schedule: string, hour: number, slot: number): string {
  const minute = (5 + slot * apart) % 60;
  switch (schedule) {
    case '@hourly':
      return `${minute} * * * *`;
    case '@daily':
      return `${minute} ${hour} * * *`;
    case '@weekly':
      return `${minute} ${hour} * * 0`;
    case '@monthly':
      return `${minute} ${hour} 1 * *`;
    default:
      return schedule;
  }
}

/** Whether a cron expression fires more than once a day: its minute or hour is no single figure. */
export function isFrequent(cron: string): boolean {
  const [minute = '', hour = ''] = cron.trim().split(/\s+/);
  return !/^\d+$/.test(minute) || !/^\d+$/.test(hour);
}

/** Where a system declares backups of its parts and nothing more. */
const defaultKeep = { daily: 7, weekly: 4, monthly: 12 } as const;

export function keepOf({ system }: Context, cron: string): KeepPlan {
  return { hourly: isFrequent(cron) ? 24 : 0, ...(system.backups?.keep ?? defaultKeep) };
}
