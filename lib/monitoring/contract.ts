/**
 * What a component brings to be watched. Each component folder has a `monitoring.ts` that reads the Plan and returns
 * this; the monitoring chart gathers them and knows none of them by name.
 */
import type { k8s } from 'cdk8s-plus-28';
import type { ContainerProps } from '../kubernetes/container';
import type { AlertComponent, PanelName, Plan, Severity, Workload } from '../model/plan';

/** A container in the pods of a workload that is not its own: an exporter beside its server. */
export interface Sidecar {
  /** The workload's name. */
  readonly of: string;
  readonly container: ContainerProps;
  readonly volumes: readonly k8s.Volume[];
}

/** An exporter that has pods of its own: its server is not in the cluster. */
export interface OwnPods {
  readonly workload: Workload;
  readonly container: ContainerProps;
  readonly volumes: readonly k8s.Volume[];
}

/** One endpoint of metrics. */
export interface Scrape {
  /** The metrics' `job`: the name of the service or store they are about. */
  readonly job: string;
  /** The workload whose pods serve them; `app.kubernetes.io/name`. */
  readonly workload: string;
  /** The container port, and what its container calls it. */
  readonly port: number;
  readonly portName: string;
  /** @default /metrics */
  readonly path?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** Label `endpoint`, where a workload has more than one. */
  readonly endpoint?: string;
  /** Metrics that are kept, as a regular expression. @default - all */
  readonly keep?: string;
  /** The metrics name namespace and pod themselves: those of other objects. */
  readonly honorLabels?: boolean;
}

/** An alert: that a user is hurt, or soon will be. */
export interface Alert {
  readonly name: string;
  readonly expr: string;
  /** How long it must hold, as Prometheus writes durations. @default - at once */
  readonly for?: string;
  readonly severity: Severity | 'none';
  /** The service or store it is about: what inhibition goes by. */
  readonly service: string;
  /** Labels besides severity, component and service. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What is wrong, in a few words. */
  readonly summary: string;
  /** With its figures; Prometheus' templates. */
  readonly description: string;
}

/** A series that rules and dashboards share. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A colour from a value on; the first one has none. */
export type Step = readonly [from: number | null, color: 'green' | 'orange' | 'red'];

export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** A figure that others are compared with, and that is neither good nor bad itself. */
  readonly limit?: boolean;
}

export interface Panel {
  readonly title: string;
  /** What the figure means, once, beside its query. */
  readonly description: string;
  /** As Grafana calls it: `percentunit`, `s`, `bytes`, `reqps`, `short`. */
  readonly unit: string;
  /** A figure, a curve, or a dot that is green or red. */
  readonly shape: 'stat' | 'timeseries' | 'dot';
  readonly queries: readonly Query[];
  readonly steps?: readonly Step[];
  /** From the platform's Prometheus, where that knows CPU, memory and volumes. */
  readonly resource?: boolean;
}

/** Panels by the names that documents draw. */
export type DrawnPanels = Readonly<Partial<Record<PanelName, Panel>>>;

export interface DashboardRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What one part of the system brings. */
export interface Contribution {
  readonly component: AlertComponent;
  /** The service or store, or what else it is about; unique. */
  readonly part: string;
  readonly sidecars?: readonly Sidecar[];
  readonly ownPods?: readonly OwnPods[];
  readonly scrapes?: readonly Scrape[];
  readonly recordings?: readonly Recording[];
  readonly alerts?: readonly Alert[];
  /** 1 while it works, 0 while it does not: a dot on the dashboard. */
  readonly status?: string;
  readonly row?: DashboardRow;
  readonly panels?: DrawnPanels;
  /** Alerts that are only consequences while this part is down: of these services. */
  readonly down?: { readonly alert: string; readonly silences: readonly string[] };
}

/** What a component brings, for every part of its kind that the Plan has. */
export type Contributor = (plan: Plan) => readonly Contribution[];

/** What an alert means and what to do, for a person who was just woken: Markdown, by the alert's name. */
export type Runbook = Readonly<Record<string, string>>;
