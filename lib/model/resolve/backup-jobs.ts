import { ephemeralSlack } from '../defaults';
import type { BackupJobPlan, Capacity, ScratchPlan } from '../plan';
import { workload } from './workload';

/** Where the client stands in pods of another image, MiB: the program, and the authorities it trusts. */
export const toolsScratch: ScratchPlan = { path: '/tools', size: 64 };

/** restic keeps a pack (16 MiB) for each of its five connections in a temporary file, and one more that it fills. */
export const temporary: ScratchPlan = { path: '/tmp', size: 256 };

/** restic holds the repository's index in memory: about 1 GiB for 100 million files, so this is far more than enough. */
const clientCapacity: Sizing = { requests: { cpu: 50, memory: 128 }, limits: { cpu: 1000, memory: 512 } };

/** A throw-away PostgreSQL with its defaults (128 MiB shared buffers), and the client beside it. */
export const serverCapacity: Sizing = { requests: { cpu: 100, memory: 256 }, limits: { cpu: 1000, memory: 1024 } };

interface Sizing {
  readonly requests: Capacity;
  readonly limits: Capacity;
}

const hour = 3600;

/** How long each kind of Job may take, seconds: far above what it should, so that only what hangs is ended. */
export const deadlines = {
  hourly: 50 * 60,
  backup: 4 * hour,
  long: 12 * hour,
  restore: 24 * hour,
} as const;

/** What differs between the Jobs. */
export interface JobFacts {
  readonly name: string;
  readonly description: string;
  readonly image: string;
  readonly schedule: string | undefined;
  readonly deadlineSeconds: number;
  readonly scratch: readonly ScratchPlan[];
  readonly capacity?: Sizing;
  readonly user?: number;
  readonly group?: number;
}

/** Twice more after a failure; what a person started is the person's to start again. */
function retries(schedule: string | undefined): number {
  return schedule === undefined ? 0 : 2;
}

export function backupJob(facts: JobFacts): BackupJobPlan {
  const { capacity = clientCapacity, schedule, deadlineSeconds, scratch, user, group, ...rest } = facts;
  const ephemeral = scratch.reduce((sum, { size }) => sum + size, ephemeralSlack);
  return {
    ...workload({
      ...rest,
      component: 'backup',
      controller: 'CronJob',
      resources: { ...capacity, ephemeral },
      ...(user === undefined ? {} : { user }),
      ...(group === undefined ? {} : { group }),
    }),
    schedule,
    deadlineSeconds,
    backoffLimit: retries(schedule),
    scratch,
  };
}
