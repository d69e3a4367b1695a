/** What every workload has. */
import type { Resources } from './amounts';
import type { ClientTlsPlan } from './tls';

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
  /** What its pods carry where an operator makes them. @default - our own labels */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
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
    | {
        readonly image: string;
        readonly database: string;
        readonly user: string;
        readonly secret: string;
        readonly tls: ClientTlsPlan | undefined;
      }
    | undefined;
}

export type EnvPlan =
  | { readonly name: string; readonly value: string }
  /** `value` may name earlier variables as `$(NAME)`: URLs are composed in the pod, from values no manifest holds. */
  | { readonly name: string; readonly secret: string; readonly key: string; readonly optional: boolean };

export interface MountPlan {
  readonly volume: string;
  readonly path: string;
}

export interface ScratchPlan {
  readonly path: string;
  /** MiB. */
  readonly size: number;
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

export interface VolumePlan {
  readonly name: string;
  readonly description: string;
  readonly claim: ClaimPlan;
  readonly mountedBy: readonly string[];
  readonly shared: 'one-node' | 'rwx';
  readonly backup: { readonly schedule: string } | undefined;
}
