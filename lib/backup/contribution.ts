import type { k8s } from 'cdk8s-plus-28';
import type { AuthorityPlan, BackupJobPlan, EnvPlan, ThrowAwayVolumePlan } from '../model/plan';

/** A Job of a component, by what differs; repository, client and credentials of the backups are given to all. */
export interface BackupWork {
  readonly job: BackupJobPlan;
  /** The file that is run, and its arguments. */
  readonly command: readonly [file: string, ...args: string[]];
  readonly env?: readonly EnvPlan[];
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
  /** Of the stores that it reaches by encrypted connections. */
  readonly authorities?: readonly AuthorityPlan[];
  /** Where restores and drills read from. @default - the subject's own repository */
  readonly repository?: string;
  /** A volume for this pod alone, at `/throw-away`. */
  readonly throwAway?: ThrowAwayVolumePlan | undefined;
  /** Workloads with whose pods this one must share a node, because they mount one ReadWriteOnce claim. */
  readonly sameNodeAs?: readonly string[];
}

/** What a component contributes to the backups: the files of its scripts, the Secrets that they read, and the Jobs. */
export interface BackupContribution {
  /** The store or the volume; also the folder of its repository. */
  readonly subject: string;
  /** Files of the ConfigMap, beside `repository.sh`, which each of them reads first. */
  readonly files: Readonly<Record<string, string>>;
  /** Read under `/run/credentials`, beside those of the backups. */
  readonly credentials: readonly k8s.VolumeProjection[];
  readonly works: readonly BackupWork[];
}

/** Where a pod's own throw-away volume is. */
export const throwAwayFolder = '/throw-away';
