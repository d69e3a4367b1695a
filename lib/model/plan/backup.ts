/** What is backed up, when, where to, and the Jobs that do it. */
import type { Resources } from './amounts';
import type { ClaimPlan, ScratchPlan, Workload } from './workload';

/** How many snapshots are kept: grandfather, father, son. Counted in snapshots, so failed backups make none older. */
export interface KeepPlan {
  /** 0 unless there is more than one backup a day. */
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** A Job of the backups. Its pods have `image`, and the client beside it where that is another one. */
export interface BackupJobPlan extends Workload {
  readonly controller: 'CronJob';
  /** Five cron fields, in UTC; undefined where a person starts it. */
  readonly schedule: string | undefined;
  /** How long it may take in all, retries included. */
  readonly deadlineSeconds: number;
  readonly backoffLimit: number;
  readonly scratch: readonly ScratchPlan[];
}

/** A volume that lives as long as one pod: an encrypted class holds for it as for the data that it is a copy of. */
export interface ThrowAwayVolumePlan {
  /** MiB. */
  readonly size: number;
  readonly storageClass: string | undefined;
}

interface Subject {
  /** The store or the volume. */
  readonly name: string;
  readonly keep: KeepPlan;
  readonly backup: BackupJobPlan;
  readonly restore: BackupJobPlan;
}

export interface PostgresBackupPlan extends Subject {
  readonly kind: 'postgres';
  /** Also as `.sql`, which is loaded before it is accepted. */
  readonly plain: boolean;
  /** Restores the newest backup into a throw-away server. */
  readonly drill: BackupJobPlan;
  /** The same from the archive: what is left when the repository is lost. */
  readonly recoveryTest: BackupJobPlan | undefined;
  readonly throwAway: ThrowAwayVolumePlan;
}

export interface RedisBackupPlan extends Subject {
  readonly kind: 'redis';
}

export interface VolumeBackupPlan extends Subject {
  readonly kind: 'volume';
  /** Reads every file again, whatever its time stamp says. */
  readonly full: BackupJobPlan | undefined;
}

export type BackupSubjectPlan = PostgresBackupPlan | RedisBackupPlan | VolumeBackupPlan;

/** Where the repositories are: a folder for each subject below it. */
export type RepositoriesPlan =
  | { readonly on: 'claim'; readonly claim: ClaimPlan }
  | { readonly on: 's3'; readonly url: string; readonly region: string };

export interface BackupPlan {
  readonly subjects: readonly BackupSubjectPlan[];
  readonly repositories: RepositoriesPlan;
  /** The image of the client, restic. */
  readonly client: string;
  /** What copies the client into a pod of another image needs. */
  readonly clientResources: Resources;
  /** The Secret with `encryption-key`, and for object storage `access-key-id` and `secret-access-key`. */
  readonly secret: string;
  /** Forgets what need not be kept, and checks what is. */
  readonly retention: BackupJobPlan;
  /** Copies the newest backups to where nothing is ever forgotten. */
  readonly archive: BackupJobPlan | undefined;
  /** The Secrets: ConfigMaps stand in what is committed. */
  readonly configuration: (BackupJobPlan & { readonly keep: KeepPlan }) | undefined;
  /** Every Job of the above. */
  readonly jobs: readonly BackupJobPlan[];
}
