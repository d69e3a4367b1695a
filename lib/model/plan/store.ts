/** Stores and their roles. */
import type { CertificatePlan, ClientTlsPlan } from './tls';
import type { ClaimPlan, WaitPlan, Workload } from './workload';

export interface StoreBase extends Workload {
  readonly controller: 'StatefulSet';
  /** Where clients find it: the Service's name, or the outside host of an external store. */
  readonly host: string;
  readonly port: number;
  readonly health: { readonly intervalSeconds: number; readonly tries: number; readonly startSeconds: number };
  readonly claims: readonly ClaimPlan[];
  /** The ordinal that takes writes. */
  readonly primary: number;
  readonly external:
    | { readonly host: string; readonly port: number; readonly cidrs: readonly string[]; readonly tls: boolean }
    | undefined;
  readonly backup: { readonly schedule: string; readonly formats: readonly string[] } | undefined;
}

/** A database role: one per application, never the superuser. */
export interface RolePlan {
  readonly name: string;
  /** The Secret with the key `password`. */
  readonly secret: string;
  /** Owns the schema and runs the migrations; the others read and write what it makes. */
  readonly owner: boolean;
  /** Reads the server's statistics (`pg_monitor`), and no table. */
  readonly monitor?: true;
}

/** Streaming replication among the pods of one StatefulSet. */
export interface ReplicationPlan {
  /** The role that may stream, and do nothing else. */
  readonly role: string;
  /** The Secret with its `password`. */
  readonly secret: string;
  /** Pods at the largest tier: who the others may be. */
  readonly members: number;
}

export interface PostgresPlan extends StoreBase {
  readonly kind: 'postgres';
  readonly engine: 'statefulset' | 'cloudnative-pg' | 'external';
  readonly majorVersion: number;
  readonly database: string;
  readonly maxConnections: number;
  /** The Secret with the superuser's `password`. */
  readonly superuserSecret: string;
  readonly roles: readonly RolePlan[];
  /** Set where any tier has replicas, and the same at every tier: a tier changes no pod, but their number. */
  readonly replication: ReplicationPlan | undefined;
  readonly rolesJob: Workload & { readonly waits: readonly WaitPlan[] };
  /** What CloudNativePG runs; undefined at every other engine. */
  readonly instanceImage: string | undefined;
  /** How clients encrypt. Undefined: they do not. */
  readonly tls: ClientTlsPlan | undefined;
  /** What the server shows them; undefined where it is not ours, or does not encrypt. */
  readonly certificate: CertificatePlan | undefined;
  readonly budget: ConnectionBudget;
  /** Where applications connect to instead; migrations, roles, backups and tools go past it. */
  readonly pooler: PoolerPlan | undefined;
}

/** PgBouncer, a connection of the server's for the time of a transaction. Figures are of one pod. */
export interface PoolerPlan extends Workload {
  readonly controller: 'Deployment';
  /** The Service's. */
  readonly port: number;
  /** To the server at most, of all roles. */
  readonly serverConnections: number;
  /** To the server at most, of one role. */
  readonly poolSize: number;
  /** Of clients at most. */
  readonly clientConnections: number;
}

/** Σ (maximum pods + surge) × processes × pool, and who adds what, against what the server grants. */
export interface ConnectionBudget {
  readonly terms: readonly {
    readonly who: string;
    readonly pods: number;
    readonly processes: number;
    readonly pool: number;
  }[];
  /** Exporter, backup, roles Job and migration. */
  readonly helpers: number;
  readonly reserved: number;
  readonly total: number;
  readonly maxConnections: number;
}

export interface RedisPlan extends StoreBase {
  readonly kind: 'redis';
  readonly engine: 'statefulset' | 'redis-cluster' | 'external';
  readonly use: 'cache' | 'queue' | 'mixed';
  /** MiB. */
  readonly maxMemory: number;
  readonly evictionPolicy: 'noeviction' | 'allkeys-lru';
  /** The Secret with the key `password`. */
  readonly secret: string;
  /** Set where any tier has replicas, and the same at every tier: a tier changes no pod, but their number. */
  readonly replication: { readonly members: number } | undefined;
  /** Set for a Redis Cluster: its primaries, and its pods at the largest tier. Member N belongs to shard N modulo shards. */
  readonly cluster: { readonly shards: number; readonly members: number } | undefined;
}

/** Who may log in to a broker. */
export interface AccountPlan {
  readonly name: string;
  /** The Secret with the key `password`. */
  readonly secret: string;
}

/** A queue that the broker has before anybody declares it. */
export interface QueuePlan {
  readonly name: string;
  readonly type: 'quorum' | 'classic';
  readonly maxLength: number | undefined;
  /** MiB. */
  readonly maxBytes: number | undefined;
  readonly overflow: 'reject-publish' | 'drop-head';
  readonly messageSeconds: number | undefined;
  readonly deliveries: number | undefined;
  readonly deadLetters: string | undefined;
}

export interface RabbitmqPlan extends StoreBase {
  readonly kind: 'rabbitmq';
  readonly engine: 'statefulset' | 'rabbitmq-cluster-operator' | 'external';
  /** One per application that talks to it; of a managed broker the one that its provider hands out. */
  readonly accounts: readonly AccountPlan[];
  /** The Secret with the key `cookie`. */
  readonly cookieSecret: string;
  readonly queues: readonly QueuePlan[];
  readonly limits: {
    readonly connections: number | undefined;
    readonly queues: number | undefined;
    /** MiB. */
    readonly messageSize: number | undefined;
  };
  /** The management page is served (development only). */
  readonly management: boolean;
}

export type StorePlan = PostgresPlan | RedisPlan | RabbitmqPlan;
