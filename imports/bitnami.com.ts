/**
 * Sealed Secrets' SealedSecret v1alpha1, by hand: the fields we use, under the names that `cdk8s import` gives them, so
 * that the full classes can take this file's place. `metadata` and `spec` pass through as they are.
 * @see https://github.com/bitnami-labs/sealed-secrets
 */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface SealedSecretProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec: SealedSecretSpec;
}

export interface SealedSecretSpec {
  /** By key, as `kubeseal --raw` prints it. */
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template?: SealedSecretSpecTemplate;
}

export interface SealedSecretSpecTemplate {
  readonly type?: string;
  readonly metadata?: SealedSecretSpecTemplateMetadata;
}

export interface SealedSecretSpecTemplateMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export class SealedSecret extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' };

  constructor(scope: Construct, id: string, props: SealedSecretProps) {
    super(scope, id, { ...SealedSecret.GVK, ...props });
  }
}
