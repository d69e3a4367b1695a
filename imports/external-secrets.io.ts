/**
 * External Secrets Operator's ExternalSecret v1, by hand: the fields we use, under the names that `cdk8s import` gives
 * them, so that the full classes can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface ExternalSecretProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec?: ExternalSecretSpec;
}

export interface ExternalSecretSpec {
  /** How often the store is asked, as a Go duration such as `1h`. */
  readonly refreshInterval?: string;
  readonly secretStoreRef?: ExternalSecretSpecSecretStoreRef;
  readonly target?: ExternalSecretSpecTarget;
  readonly data?: readonly ExternalSecretSpecData[];
  readonly dataFrom?: readonly ExternalSecretSpecDataFrom[];
}

export interface ExternalSecretSpecSecretStoreRef {
  readonly name?: string;
  readonly kind?: ExternalSecretSpecSecretStoreRefKind;
}

export enum ExternalSecretSpecSecretStoreRefKind {
  SECRET_STORE = 'SecretStore',
  CLUSTER_SECRET_STORE = 'ClusterSecretStore',
}

export interface ExternalSecretSpecTarget {
  /** The Secret's name. */
  readonly name?: string;
  readonly creationPolicy?: ExternalSecretSpecTargetCreationPolicy;
  readonly deletionPolicy?: ExternalSecretSpecTargetDeletionPolicy;
  readonly template?: ExternalSecretSpecTargetTemplate;
}

export enum ExternalSecretSpecTargetCreationPolicy {
  OWNER = 'Owner',
  ORPHAN = 'Orphan',
  MERGE = 'Merge',
  NONE = 'None',
}

export enum ExternalSecretSpecTargetDeletionPolicy {
  DELETE = 'Delete',
  MERGE = 'Merge',
  RETAIN = 'Retain',
}

export interface ExternalSecretSpecTargetTemplate {
  readonly type?: string;
  readonly metadata?: ExternalSecretSpecTargetTemplateMetadata;
}

export interface ExternalSecretSpecTargetTemplateMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ExternalSecretSpecData {
  /** The key of the Secret. */
  readonly secretKey: string;
  readonly remoteRef: ExternalSecretSpecDataRemoteRef;
}

export interface ExternalSecretSpecDataRemoteRef {
  /** The object's name in the store. */
  readonly key: string;
  /** The field of that object. */
  readonly property?: string;
  readonly conversionStrategy?: ExternalSecretSpecDataRemoteRefConversionStrategy;
  readonly decodingStrategy?: ExternalSecretSpecDataRemoteRefDecodingStrategy;
  readonly metadataPolicy?: ExternalSecretSpecDataRemoteRefMetadataPolicy;
}

/** All fields of an object in the store, each a key of the Secret. */
export interface ExternalSecretSpecDataFrom {
  readonly extract?: ExternalSecretSpecDataFromExtract;
}

export interface ExternalSecretSpecDataFromExtract {
  /** The object's name in the store. */
  readonly key: string;
  readonly conversionStrategy?: ExternalSecretSpecDataRemoteRefConversionStrategy;
  readonly decodingStrategy?: ExternalSecretSpecDataRemoteRefDecodingStrategy;
  readonly metadataPolicy?: ExternalSecretSpecDataRemoteRefMetadataPolicy;
}

export enum ExternalSecretSpecDataRemoteRefConversionStrategy {
  DEFAULT = 'Default',
  UNICODE = 'Unicode',
}

export enum ExternalSecretSpecDataRemoteRefDecodingStrategy {
  AUTO = 'Auto',
  BASE64 = 'Base64',
  BASE64_URL = 'Base64URL',
  NONE = 'None',
}

export enum ExternalSecretSpecDataRemoteRefMetadataPolicy {
  NONE = 'None',
  FETCH = 'Fetch',
}

export class ExternalSecret extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' };

  constructor(scope: Construct, id: string, props: ExternalSecretProps = {}) {
    super(scope, id, { ...ExternalSecret.GVK, ...props });
  }
}
