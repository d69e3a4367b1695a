/**
 * Custom resources of the Prometheus Operator, by hand: the fields we use, under the names that `cdk8s import` gives them,
 * so that the full classes can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

export interface NamespaceSelector {
  readonly matchNames: readonly string[];
}

export interface Relabeling {
  readonly action?: string;
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** One endpoint, of pods or of a Service. */
export interface Endpoint {
  readonly port: string;
  readonly path?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly interval?: string;
  readonly scrapeTimeout?: string;
  readonly honorLabels?: boolean;
  readonly relabelings?: readonly Relabeling[];
  readonly metricRelabelings?: readonly Relabeling[];
}

export interface PodMonitorSpec {
  readonly selector: LabelSelector;
  readonly namespaceSelector?: NamespaceSelector;
  readonly podMetricsEndpoints: readonly Endpoint[];
}

export interface ServiceMonitorSpec {
  readonly selector: LabelSelector;
  readonly namespaceSelector?: NamespaceSelector;
  readonly endpoints: readonly Endpoint[];
}

export interface ProbeSpec {
  readonly jobName: string;
  readonly interval?: string;
  readonly module: string;
  readonly prober: { readonly url: string; readonly path?: string };
  readonly targets: {
    readonly staticConfig: { readonly static: readonly string[]; readonly labels?: Readonly<Record<string, string>> };
  };
}

export interface PrometheusRuleSpec {
  readonly groups: readonly { readonly name: string; readonly rules: readonly unknown[] }[];
}

export interface AlertmanagerConfigSpec {
  readonly route: unknown;
  readonly inhibitRules: readonly unknown[];
  readonly receivers: readonly unknown[];
}

export interface AlertmanagerConfigProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: AlertmanagerConfigSpec;
}

export class AlertmanagerConfig extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'monitoring.coreos.com/v1alpha1', kind: 'AlertmanagerConfig' };

  constructor(scope: Construct, id: string, props: AlertmanagerConfigProps) {
    super(scope, id, { ...AlertmanagerConfig.GVK, ...props });
  }
}

export interface PodMonitorProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: PodMonitorSpec;
}

export class PodMonitor extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' };

  constructor(scope: Construct, id: string, props: PodMonitorProps) {
    super(scope, id, { ...PodMonitor.GVK, ...props });
  }
}

export interface ProbeProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ProbeSpec;
}

export class Probe extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'Probe' };

  constructor(scope: Construct, id: string, props: ProbeProps) {
    super(scope, id, { ...Probe.GVK, ...props });
  }
}

export interface PrometheusRuleProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: PrometheusRuleSpec;
}

export class PrometheusRule extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };

  constructor(scope: Construct, id: string, props: PrometheusRuleProps) {
    super(scope, id, { ...PrometheusRule.GVK, ...props });
  }
}

export interface ServiceMonitorProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ServiceMonitorSpec;
}

export class ServiceMonitor extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' };

  constructor(scope: Construct, id: string, props: ServiceMonitorProps) {
    super(scope, id, { ...ServiceMonitor.GVK, ...props });
  }
}
