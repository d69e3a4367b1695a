/**
 * The Plan: a system resolved for one environment and one tier. Immutable, every default filled in, nothing left to
 * decide. Charts, reports and checks read only this. CPU is in millicores, memory and storage in MiB, time in seconds.
 */
import type { Mode, Tier } from './schema/primitives';

export type { Mode, Tier };

export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
}

export interface Resources {
  readonly requests: Capacity;
  readonly limits: Capacity;
  /** Ephemeral storage, request and limit alike: every emptyDir of the container plus logs and slack. */
  readonly ephemeral: number;
}

/** `app.kubernetes.io/component`. */
export type Component =
  | 'web'
  | 'worker'
  | 'singleton'
  | 'cron'
  | 'proxy'
  | 'database'
  | 'cache'
  | 'queue'
  | 'tool'
  | 'job'
  | 'monitoring'
  | 'backup';

export type Controller = 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';

export interface PortPlan {
  readonly name: string;
  /** The Service's port, as the system's file has it. */
  readonly port: number;
  /** The port the process listens on; above 1024, because no capability is left to bind a lower one. */
  readonly containerPort: number;
}

/** The most pods of a workload at once, by cause: the figure, the autoscaler's maximum, and one more while it rolls. */
export interface Replicas {
  /** Pods without any metric; the autoscaler's minimum. */
  readonly min: number;
  /** The autoscaler's maximum; equal to `min` where there is no autoscaler. */
  readonly max: number;
}

/**
 * What every workload has, whatever it is. `name` is unique among all workloads of a namespace: it is the object's
 * name, `app.kubernetes.io/name`, and what policies select by.
 */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly component: Component;
  readonly controller: Controller;
  readonly image: string;
  readonly ports: readonly PortPlan[];
  readonly replicas: Replicas;
  /** Of the main container; init containers never need more (`helperResources`), so this is the pod's. */
  readonly resources: Resources;
  readonly user: number;
  readonly group: number;
  readonly zone: string | undefined;
  /** The workload talks to the API server. */
  readonly apiServer: boolean;
}

/** What an init container waits for before the main container starts. */
export interface WaitPlan {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds: number;
  /** A wait for a store fails at its time-out; a wait for a service goes on, so that one crash stops nobody else. */
  readonly atTimeout: 'fail' | 'go-on';
  /** Wait until this role can log in, not only for the port: the roles Job may still be at work. */
  readonly login:
    | { readonly image: string; readonly database: string; readonly user: string; readonly secret: string }
    | undefined;
}

export type EnvPlan =
  | { readonly name: string; readonly value: string }
  /** `value` may name earlier variables as `$(NAME)`: URLs are composed in the pod, from values no manifest holds. */
  | { readonly name: string; readonly secret: string; readonly key: string; readonly optional: boolean };

export interface HealthPlan {
  /** Readiness over HTTP; undefined where there is only a port or a command. */
  readonly path: string | undefined;
  /** Liveness over HTTP; undefined means a TCP connection to the first port. */
  readonly livePath: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly tries: number;
  readonly startSeconds: number;
}

export interface MountPlan {
  readonly volume: string;
  readonly path: string;
}

export interface ScratchPlan {
  readonly path: string;
  /** MiB. */
  readonly size: number;
}

export interface AutoscalerPlan {
  readonly cpuPercent: number;
  /** Set where KEDA scales by the length of a queue. */
  readonly queue: { readonly store: string; readonly name: string; readonly depth: number } | undefined;
}

/** How a service answers for its migrations: the Job that runs them and the command its pods wait with. */
export interface MigrationPlan extends Workload {
  readonly controller: 'Job';
  /** The service whose image, environment and arrows to stores the Job has. */
  readonly service: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly env: readonly EnvPlan[];
  readonly waits: readonly WaitPlan[];
  readonly scratch: readonly ScratchPlan[];
  readonly run: readonly string[];
  readonly timeoutSeconds: number;
}

export interface ProxyPlan {
  readonly root: string | undefined;
  readonly contentSecurityPolicy: string;
  readonly frameOptions: 'DENY' | 'SAMEORIGIN';
  readonly gzip: boolean;
  readonly brotli: boolean;
  /** MiB. */
  readonly bodySize: number;
  readonly methods: readonly string[] | undefined;
  readonly connectionsPerAddress: number | undefined;
  readonly cors:
    | {
        readonly origins: readonly string[];
        readonly methods: readonly string[];
        readonly headers: readonly string[];
        readonly maxAgeSeconds: number;
      }
    | undefined;
  /** The Secret of type kubernetes.io/tls when TLS ends at this pod. */
  readonly tlsSecret: string | undefined;
  readonly hsts: boolean;
  readonly trustedProxies: readonly string[];
  readonly routes: readonly RoutePlan[];
}

/** A service of the application: `web`, `worker`, `singleton` or `cron`. */
export interface ServicePlan extends Workload {
  readonly kind: 'web' | 'worker' | 'singleton' | 'cron';
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly health: HealthPlan;
  /** Plain configuration, a ConfigMap of the service's name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly env: readonly EnvPlan[];
  readonly waits: readonly WaitPlan[];
  readonly mounts: readonly MountPlan[];
  readonly scratch: readonly ScratchPlan[];
  readonly prepare: readonly (readonly string[])[];
  /** The Job that brings the schema up to this image's version, where this service owns one. */
  readonly migration: MigrationPlan | undefined;
  /** The `ready` command of the service that migrates this one's database, where that shares this one's image. */
  readonly awaitSchema: { readonly command: readonly string[]; readonly timeoutSeconds: number } | undefined;
  readonly autoscaler: AutoscalerPlan | undefined;
  readonly schedule: string | undefined;
  readonly graceSeconds: number;
  readonly processes: number;
  readonly proxy: ProxyPlan | undefined;
  readonly metrics: { readonly port: string; readonly path: string } | undefined;
  /** Pods must share a node, because they mount a ReadWriteOnce claim: the workloads that share it. */
  readonly sameNodeAs: readonly string[];
}

/** A claim: an object of its own, before the workload that mounts it. */
export interface ClaimPlan {
  readonly name: string;
  /** The workload it belongs to, for its labels. */
  readonly owner: string;
  readonly component: Component;
  /** MiB. */
  readonly size: number;
  readonly storageClass: string | undefined;
  readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany';
}

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
  readonly rolesJob: Workload & { readonly waits: readonly WaitPlan[] };
  readonly tls: 'off' | 'verify-full';
  readonly budget: ConnectionBudget;
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
  readonly engine: 'statefulset' | 'external';
  readonly use: 'cache' | 'queue' | 'mixed';
  /** MiB. */
  readonly maxMemory: number;
  readonly evictionPolicy: 'noeviction' | 'allkeys-lru';
  /** The Secret with the key `password`. */
  readonly secret: string;
}

export interface RabbitmqPlan extends StoreBase {
  readonly kind: 'rabbitmq';
  readonly engine: 'statefulset' | 'rabbitmq-cluster-operator' | 'external';
  /** The application's user name at the broker. */
  readonly account: string;
  /** The Secret with the key `password`. */
  readonly secret: string;
  /** The Secret with the key `cookie`. */
  readonly cookieSecret: string;
  readonly queues: readonly string[];
  /** The management page is served (development only). */
  readonly management: boolean;
}

export type StorePlan = PostgresPlan | RedisPlan | RabbitmqPlan;

export interface ToolPlan extends Workload {
  readonly kind: 'pgadmin' | 'redis-commander' | 'ollama';
  /** The stores it shows. */
  readonly stores: readonly string[];
  readonly claim: ClaimPlan | undefined;
}

export type ArrowEnd =
  | { readonly kind: 'workload'; readonly name: string }
  | {
      readonly kind: 'outside';
      readonly name: string;
      readonly host: string | undefined;
      readonly cidrs: readonly string[];
      readonly except: readonly string[];
    };

/** Who talks to whom. `port` is the container port: policies see pods, not Services. */
export interface ArrowPlan {
  readonly from: string;
  readonly to: ArrowEnd;
  readonly port: number;
  readonly why: 'drawn' | 'migration' | 'roles' | 'tool' | 'cluster' | 'object-storage';
}

export interface RoutePlan {
  readonly path: string;
  readonly match: 'prefix' | 'exact';
  /** The service, and its Service port. */
  readonly to: string;
  readonly port: number;
  readonly websocket: boolean;
  readonly streaming: boolean;
  readonly rate: { readonly perSecond: number; readonly burst: number } | undefined;
  /** MiB. */
  readonly bodySize: number | undefined;
  readonly timeoutSeconds: number;
  readonly immutable: boolean;
}

export type TlsPlan =
  | { readonly by: 'none' }
  | {
      readonly by: 'cert-manager';
      readonly issuer: string;
      readonly issuerKind: 'ClusterIssuer' | 'Issuer';
      readonly certificate: boolean;
      readonly secret: string;
    }
  | { readonly by: 'secret'; readonly secret: string };

export interface Peer {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface EdgePlan {
  /** `none` where no route is left, e.g. when the application runs on the developer's machine. */
  readonly kind: 'ingress' | 'gateway' | 'load-balancer' | 'none';
  readonly hosts: readonly string[];
  readonly tls: TlsPlan;
  readonly ingressClass: string | undefined;
  readonly peer: Peer;
  /** The proxy's name; undefined where the Ingress leads straight to the services. */
  readonly proxy: string | undefined;
  /** What the outside routes to: everything to the proxy, or each route to its service. */
  readonly routes: readonly RoutePlan[];
}

export type SecretValue =
  /** Random bytes, as hex: safe in a URL. */
  | { readonly make: 'hex'; readonly bytes: number }
  | { readonly make: 'literal'; readonly value: string }
  /** A self-signed certificate and its key. */
  | { readonly make: 'certificate'; readonly hosts: readonly string[] };

export interface SecretPlan {
  readonly name: string;
  readonly class: 'generated' | 'given';
  readonly description: string;
  readonly type: 'Opaque' | 'kubernetes.io/tls' | 'kubernetes.io/dockerconfigjson';
  /** By key; how a generated one is made. For a given one the value is undefined. */
  readonly keys: Readonly<Record<string, SecretValue | undefined>>;
  readonly optional: boolean;
  readonly usedBy: readonly string[];
}

export type SecretsProvider =
  | { readonly provider: 'bootstrap'; readonly job: Workload }
  | { readonly provider: 'existing' }
  | {
      readonly provider: 'external-secrets';
      readonly store: string;
      readonly storeKind: 'SecretStore' | 'ClusterSecretStore';
      readonly prefix: string;
    }
  | {
      readonly provider: 'sealed-secrets';
      readonly sealed: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };

export interface VolumePlan {
  readonly name: string;
  readonly description: string;
  readonly claim: ClaimPlan;
  readonly mountedBy: readonly string[];
  readonly shared: 'one-node' | 'rwx';
  readonly backup: { readonly schedule: string } | undefined;
}

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
  | { readonly to: 'claim'; readonly size: number; readonly storageClass: string | undefined }
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
  readonly keda: boolean;
  readonly resourceMetrics: 'none' | 'kubelet' | 'platform';
  readonly backups: BackupsPlan | undefined;
  readonly backupTarget: BackupTarget;
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
  /** MiB of all claims. */
  readonly storage: number;
  /** The limits that the LimitRange gives a container which states none: at least the largest request of any container. */
  readonly largest: Capacity & { readonly ephemeral: number };
}
