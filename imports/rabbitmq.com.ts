/**
 * The custom resource of the RabbitMQ Cluster Operator, by hand: the fields we use, under the names that `cdk8s import`
 * gives them, so that the full class can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://www.rabbitmq.com/kubernetes/operator/using-operator
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface RabbitmqClusterSpec {
  readonly replicas: number;
  readonly image: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly persistence: { readonly storage: string; readonly storageClassName?: string };
  readonly resources: unknown;
  /** As in a pod. */
  readonly affinity?: unknown;
  readonly rabbitmq: {
    readonly additionalPlugins?: readonly string[];
    readonly additionalConfig?: string;
  };
  /** Merged over what the operator makes. */
  readonly override?: { readonly statefulSet?: unknown };
  readonly terminationGracePeriodSeconds?: number;
}

export interface RabbitmqClusterProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: RabbitmqClusterSpec;
}

export class RabbitmqCluster extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'rabbitmq.com/v1beta1', kind: 'RabbitmqCluster' };

  constructor(scope: Construct, id: string, props: RabbitmqClusterProps) {
    super(scope, id, { ...RabbitmqCluster.GVK, ...props });
  }
}
