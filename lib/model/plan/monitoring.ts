/** What watches a system: its exporters, the servers that keep and show metrics, and who is told. */
import type { alertComponents, panelNames, severities } from '../schema/monitoring';
import type { Resources } from './amounts';
import type { ClaimPlan, Workload } from './workload';

export type Severity = (typeof severities)[number];

/** What an alert is about. */
export type AlertComponent = (typeof alertComponents)[number];

/** A panel that a document may draw. */
export type PanelName = (typeof panelNames)[number];

/** Turns what a program knows of itself into metrics. */
export interface ExporterPlan {
  readonly kind: 'nginx' | 'postgres' | 'redis';
  /** The service or store it watches: `app.kubernetes.io/name` of its pods, and the metrics' `job`. */
  readonly of: string;
  readonly image: string;
  readonly port: number;
  readonly resources: Resources;
  /** Beside the server, one in each of its pods; undefined for a managed store, whose exporter is a workload. */
  readonly pods: number | undefined;
  readonly workload: Workload | undefined;
  /** The Secret with the `password` it logs in with. */
  readonly secret: string | undefined;
  /** Whom it logs in as. */
  readonly user: string | undefined;
}

/** A server of ours that keeps data. */
export interface MonitoringServer {
  readonly workload: Workload & { readonly controller: 'StatefulSet' };
  readonly claim: ClaimPlan;
}

interface ReceiverBase {
  readonly name: string;
  readonly severities: readonly Severity[];
  /** Empty: all. */
  readonly components: readonly AlertComponent[];
  /** The Secret with its credential, and the key; undefined where it needs none. */
  readonly secret: { readonly name: string; readonly key: string } | undefined;
}

export type ReceiverPlan =
  | (ReceiverBase & {
      readonly by: 'mail';
      readonly to: string;
      readonly from: string;
      readonly server: string;
      readonly user: string | undefined;
    })
  | (ReceiverBase & { readonly by: 'slack'; readonly channel: string })
  | (ReceiverBase & { readonly by: 'pagerduty' | 'webhook' | 'heartbeat' });

/** A page that is asked from outside its pod, as a client would. */
export interface CheckPlan {
  /** The service, or the public host. */
  readonly name: string;
  readonly url: string;
  readonly public: boolean;
  /** `page`: known to be there, so only success will do. `any`: every status below 500 says that the route is there. */
  readonly expects: 'page' | 'any';
}

export interface MonitoringPlan {
  readonly mode: 'built-in' | 'operator';
  readonly exporters: readonly ExporterPlan[];
  readonly checks: readonly CheckPlan[];
  /** Only built in; an operator brings its own. */
  readonly servers:
    | {
        readonly prometheus: MonitoringServer;
        readonly alertmanager: MonitoringServer;
        readonly grafana: MonitoringServer & { readonly secret: string };
        readonly kubeStateMetrics: Workload;
      }
    | undefined;
  readonly blackbox: Workload | undefined;
  readonly receivers: readonly ReceiverPlan[];
  /** Between two looks at every target, and between two evaluations of the rules. */
  readonly intervalSeconds: number;
  readonly retention: {
    readonly days: number;
    /** MiB. */ readonly size: number;
  };
  readonly remoteWrite: { readonly url: string; readonly secret: string | undefined } | undefined;
  /** The platform's Prometheus, where CPU, memory and volumes are its business. */
  readonly platform: { readonly url: string } | undefined;
  /** Percent of the requests that shall succeed. */
  readonly objective: number;
  /** Where the runbook pages are, without a slash at the end. */
  readonly runbooks: string;
  readonly operatorLabels: Readonly<Record<string, string>>;
}
