/**
 * The Plan: a system resolved for one environment and one tier. Immutable, every default filled in, nothing left to
 * decide. Charts, reports and checks read only this. CPU is in millicores, memory and storage in MiB, time in seconds.
 */

import type { Capacity } from './plan/amounts';
import type { BackupPlan } from './plan/backup';
import type { MonitoringPlan } from './plan/monitoring';
import type { ArrowPlan, EdgePlan, Peer } from './plan/network';
import type { SecretPlan, SecretsProvider } from './plan/secret';
import type { ServicePlan, ToolPlan } from './plan/service';
import type { StorePlan } from './plan/store';
import type { VolumePlan, Workload } from './plan/workload';
import type { Mode, Tier } from './schema/primitives';

export type * from './plan/amounts';
export type * from './plan/backup';
export type * from './plan/monitoring';
export type * from './plan/network';
export type * from './plan/secret';
export type * from './plan/service';
export type * from './plan/store';
export type * from './plan/tls';
export type * from './plan/workload';
export type { Mode, Tier };

export interface PatchPlan {
  readonly kind: string;
  readonly name: string;
  readonly merge: Readonly<Record<string, unknown>>;
  /** Where it was written, for messages. */
  readonly path: string;
}

export interface BackupsPlan {
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
  readonly encrypted: boolean;
  readonly weekly: boolean;
  readonly archive?: { readonly schedule: string; readonly disasterRecoveryTest: boolean } | undefined;
  readonly restoreTest: string;
}

export type BackupTarget =
  /** A claim of the namespace; size in MiB. */
  | {
      readonly to: 'claim';
      readonly size: number;
      readonly storageClass: string | undefined;
      readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany';
    }
  | {
      readonly to: 's3';
      readonly endpoint: {
        readonly host: string;
        readonly cidrs: readonly string[];
        readonly port?: number | undefined;
      };
      readonly bucket: string;
      readonly region: string;
    }
  | { readonly to: 'none' };

export interface Plan {
  readonly system: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    readonly zones: readonly string[];
    readonly flows: Readonly<Record<string, readonly string[]>>;
    readonly scenarios: Readonly<Record<string, string>>;
    readonly dashboard: readonly { readonly row: string; readonly panels: readonly string[] }[];
    readonly documented:
      | { readonly services: readonly string[]; readonly limits: Capacity; readonly requests: Capacity }
      | undefined;
    readonly links: readonly string[];
  };
  readonly environment: { readonly name: string; readonly description: string; readonly mode: Mode };
  readonly tier: Tier;
  readonly namespace: string;
  readonly services: readonly ServicePlan[];
  readonly stores: readonly StorePlan[];
  readonly tools: readonly ToolPlan[];
  /** Every workload that makes pods, whatever it is: the parts above, their Jobs and the bootstrap. External stores have none. */
  readonly workloads: readonly Workload[];
  readonly arrows: readonly ArrowPlan[];
  readonly edge: EdgePlan;
  readonly network: {
    readonly dns: Peer & { readonly cidrs: readonly string[] };
    readonly apiServer: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
    /** Pods of other namespaces that reach a workload here, besides the edge. */
    readonly visitors: readonly { readonly peer: Peer; readonly to: string; readonly port: number }[];
    /** cert-manager's HTTP-01 solver runs in this namespace. */
    readonly acmeSolver: boolean;
  };
  readonly volumes: readonly VolumePlan[];
  readonly secrets: readonly SecretPlan[];
  readonly secretsProvider: SecretsProvider;
  readonly images: {
    readonly pullPolicy: 'Always' | 'IfNotPresent';
    readonly pullSecret: string | undefined;
    readonly helper: string;
    readonly all: readonly { readonly name: string; readonly reference: string }[];
  };
  readonly monitoring: 'built-in' | 'operator' | 'none';
  /** Undefined where monitoring is `none`. */
  readonly monitors: MonitoringPlan | undefined;
  readonly keda: boolean;
  readonly resourceMetrics: 'none' | 'kubelet' | 'platform';
  /** What the system's document says of backups. */
  readonly backups: BackupsPlan | undefined;
  readonly backupTarget: BackupTarget;
  /** What is done about it; undefined where nothing is backed up, or there is nowhere to put it. */
  readonly backup: BackupPlan | undefined;
  readonly quota: QuotaPlan;
  readonly patches: readonly PatchPlan[];
  readonly cdn: { readonly host: string; readonly paths: readonly string[] } | undefined;
}

/** The namespace's ResourceQuota: see `quota.ts` for the sum. */
export interface QuotaPlan {
  readonly pods: number;
  readonly requests: Capacity;
  readonly limits: Capacity;
  /** Ephemeral storage, MiB. */
  readonly ephemeral: number;
  readonly claims: number;
  /** The limits that the LimitRange gives a container which states none: at least the largest request of any container. */
  readonly largest: Capacity & { readonly ephemeral: number };
}
