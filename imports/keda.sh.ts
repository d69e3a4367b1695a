/**
 * KEDA's ScaledObject, by hand: the fields we use, under the names that `cdk8s import` gives them, so that the full classes
 * can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface ScaledObjectProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ScaledObjectSpec;
}

export interface ScaledObjectSpec {
  readonly scaleTargetRef: ScaledObjectSpecScaleTargetRef;
  /** Seconds between two looks at the queue. */
  readonly pollingInterval?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  /** What to scale to while the queue cannot be asked. */
  readonly fallback?: ScaledObjectSpecFallback;
  readonly advanced?: ScaledObjectSpecAdvanced;
  readonly triggers: readonly ScaledObjectSpecTriggers[];
}

export interface ScaledObjectSpecScaleTargetRef {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name: string;
  /** The container whose variables the triggers' `…FromEnv` name. */
  readonly envSourceContainerName?: string;
}

export interface ScaledObjectSpecFallback {
  readonly failureThreshold: number;
  readonly replicas: number;
}

export interface ScaledObjectSpecAdvanced {
  readonly horizontalPodAutoscalerConfig?: ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfig;
}

export interface ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfig {
  readonly name?: string;
  /** As in autoscaling/v2. */
  readonly behavior?: unknown;
}

export interface ScaledObjectSpecTriggers {
  readonly type: string;
  /** Numbers too are text here. */
  readonly metadata: Readonly<Record<string, string>>;
}

export class ScaledObject extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' };

  constructor(scope: Construct, id: string, props: ScaledObjectProps) {
    super(scope, id, { ...ScaledObject.GVK, ...props });
  }
}
