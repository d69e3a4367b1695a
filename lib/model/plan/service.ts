/** The application's own workloads. */
import type { RoutePlan } from './network';
import type { AuthorityPlan } from './tls';
import type { ClaimPlan, EnvPlan, MountPlan, ScratchPlan, WaitPlan, Workload } from './workload';

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

export interface AutoscalerPlan {
  readonly cpuPercent: number;
  /** `queue` where KEDA asks for the length of the worker's queue. */
  readonly by: 'cpu' | 'queue';
}

/** A queue that somebody works off. */
export interface WorkPlan {
  readonly store: string;
  /** Of a RabbitMQ its queue, of a Redis its list. */
  readonly name: string;
  /** Messages that one pod is to have before it. */
  readonly depth: number;
  /** Of a Redis; 0 for every other store. */
  readonly database: number;
}

/** How a service answers for its migrations: the Job that runs them and the command its pods wait with. */
export interface MigrationPlan extends Workload {
  readonly controller: 'Job';
  /** The service whose image, environment and arrows to stores the Job has. */
  readonly service: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly env: readonly EnvPlan[];
  readonly waits: readonly WaitPlan[];
  readonly authorities: readonly AuthorityPlan[];
  readonly scratch: readonly ScratchPlan[];
  readonly run: readonly string[];
  /** Exits 0 when the schema is this image's version or a newer one. */
  readonly ready: readonly string[];
  readonly timeoutSeconds: number;
}

/** A wait for the schema that a service of another image makes: its `ready` command, in its image. */
export interface OtherSchemaPlan {
  /** The database. */
  readonly store: string;
  /** The service that migrates it. */
  readonly service: string;
  readonly image: string;
  /** The numeric user of that image. */
  readonly user: number;
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  /** The settings of the migrating service: a ConfigMap of its name. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the command reads. The database's credentials are those of the service that waits. */
  readonly env: readonly EnvPlan[];
  /** Its folders, small: it asks and writes nothing that matters. */
  readonly scratch: readonly ScratchPlan[];
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
  /** What the host of static files serves. */
  readonly cdn: { readonly host: string; readonly routes: readonly RoutePlan[] } | undefined;
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
  /** Of the stores that it reaches by encrypted connections. */
  readonly authorities: readonly AuthorityPlan[];
  readonly mounts: readonly MountPlan[];
  readonly scratch: readonly ScratchPlan[];
  readonly prepare: readonly (readonly string[])[];
  /** The Job that brings the schema up to this image's version, where this service owns one. */
  readonly migration: MigrationPlan | undefined;
  /** The `ready` command of the service that migrates this one's database, where that shares this one's image. */
  readonly awaitSchema: { readonly command: readonly string[]; readonly timeoutSeconds: number } | undefined;
  /** The schemas that services of other images make, in databases that this one uses. */
  readonly otherSchemas: readonly OtherSchemaPlan[];
  readonly autoscaler: AutoscalerPlan | undefined;
  /** What it takes its work from, where the file says so and the tier has the store. */
  readonly work: WorkPlan | undefined;
  readonly schedule: string | undefined;
  readonly graceSeconds: number;
  readonly processes: number;
  readonly proxy: ProxyPlan | undefined;
  readonly metrics: { readonly port: string; readonly path: string; readonly exports: 'http' | 'django' } | undefined;
  /** Pods must share a node, because they mount a ReadWriteOnce claim: the workloads that share it. */
  readonly sameNodeAs: readonly string[];
}

export interface ToolPlan extends Workload {
  readonly kind: 'pgadmin' | 'redis-commander' | 'ollama';
  /** The stores it shows. */
  readonly stores: readonly string[];
  readonly claim: ClaimPlan | undefined;
}
