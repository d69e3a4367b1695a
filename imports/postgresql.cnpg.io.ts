/**
 * Custom resources of CloudNativePG, by hand: the fields we use, under the names that `cdk8s import` gives them, so that the
 * full classes can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface LocalObjectReference {
  readonly name: string;
}

export interface ClusterSpecBootstrapInitdb {
  readonly database: string;
  readonly owner: string;
  /** With `username` and `password`. */
  readonly secret: LocalObjectReference;
  readonly dataChecksums?: boolean;
  readonly encoding?: string;
  readonly localeCollate?: string;
  readonly localeCType?: string;
}

export interface ClusterSpecStorage {
  readonly size: string;
  readonly storageClass?: string;
  readonly resizeInUseVolumes?: boolean;
}

export interface ClusterSpecPlugins {
  readonly name: string;
  readonly isWALArchiver?: boolean;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface ClusterSpecAffinity {
  readonly enablePodAntiAffinity?: boolean;
  readonly podAntiAffinityType?: 'preferred' | 'required';
  readonly topologyKey?: string;
}

export interface ClusterSpec {
  readonly instances: number;
  readonly imageName: string;
  readonly imagePullPolicy?: string;
  readonly imagePullSecrets?: readonly LocalObjectReference[];
  readonly bootstrap: { readonly initdb: ClusterSpecBootstrapInitdb };
  readonly enableSuperuserAccess?: boolean;
  readonly superuserSecret?: LocalObjectReference;
  readonly primaryUpdateStrategy?: 'unsupervised' | 'supervised';
  readonly primaryUpdateMethod?: 'switchover' | 'restart';
  readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
  readonly storage: ClusterSpecStorage;
  readonly resources?: unknown;
  readonly ephemeralVolumesSizeLimit?: { readonly shm?: string; readonly temporaryData?: string };
  readonly affinity?: ClusterSpecAffinity;
  /** As in a pod. */
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly certificates?: { readonly serverTLSSecret?: string; readonly serverCASecret?: string };
  readonly managed?: { readonly services?: { readonly disabledDefaultServices?: readonly string[] } };
  readonly enablePDB?: boolean;
  readonly plugins?: readonly ClusterSpecPlugins[];
  readonly backup?: {
    readonly volumeSnapshot?: { readonly snapshotOwnerReference?: 'none' | 'backup' | 'cluster' };
  };
}

export interface ClusterProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ClusterSpec;
}

export class Cluster extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' };

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id, { ...Cluster.GVK, ...props });
  }
}

export interface ScheduledBackupSpec {
  /** Six fields: seconds first. */
  readonly schedule: string;
  readonly cluster: LocalObjectReference;
  readonly backupOwnerReference?: 'none' | 'self' | 'cluster';
  readonly immediate?: boolean;
  readonly method?: 'barmanObjectStore' | 'volumeSnapshot' | 'plugin';
  readonly pluginConfiguration?: LocalObjectReference;
  readonly target?: 'primary' | 'prefer-standby';
}

export interface ScheduledBackupProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ScheduledBackupSpec;
}

export class ScheduledBackup extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'ScheduledBackup' };

  constructor(scope: Construct, id: string, props: ScheduledBackupProps) {
    super(scope, id, { ...ScheduledBackup.GVK, ...props });
  }
}
