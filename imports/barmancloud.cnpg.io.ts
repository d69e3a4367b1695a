/**
 * The custom resource of CloudNativePG's Barman Cloud plugin, by hand: the fields we use, under the names that `cdk8s
 * import` gives them. `metadata` and `spec` pass through as they are.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface SecretKeySelector {
  readonly name: string;
  readonly key: string;
}

export interface ObjectStoreSpec {
  readonly configuration: {
    readonly destinationPath: string;
    readonly endpointURL?: string;
    readonly s3Credentials: { readonly accessKeyId: SecretKeySelector; readonly secretAccessKey: SecretKeySelector };
    readonly wal?: { readonly compression?: string; readonly encryption?: string };
    readonly data?: { readonly compression?: string; readonly encryption?: string };
  };
  readonly retentionPolicy?: string;
  readonly instanceSidecarConfiguration?: {
    readonly env?: readonly { readonly name: string; readonly value: string }[];
  };
}

export interface ObjectStoreProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ObjectStoreSpec;
}

export class ObjectStore extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore' };

  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id, { ...ObjectStore.GVK, ...props });
  }
}
