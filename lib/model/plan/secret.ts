/** What the cluster must hold, and who makes it. */
import type { Workload } from './workload';

export type SecretValue =
  /** Random bytes, as hex: safe in a URL. */
  | { readonly make: 'hex'; readonly bytes: number }
  | { readonly make: 'literal'; readonly value: string }
  /** A self-signed certificate and its key. */
  | { readonly make: 'certificate'; readonly hosts: readonly string[] };

export interface SecretPlan {
  readonly name: string;
  readonly class: 'generated' | 'given';
  readonly description: string;
  readonly type: 'Opaque' | 'kubernetes.io/tls' | 'kubernetes.io/dockerconfigjson';
  /** By key; how a generated one is made. For a given one the value is undefined. */
  readonly keys: Readonly<Record<string, SecretValue | undefined>>;
  readonly optional: boolean;
  /** Keys that it may have besides: what uses it does without. */
  readonly optionalKeys?: readonly string[] | undefined;
  readonly usedBy: readonly string[];
}

export type SecretsProvider =
  | { readonly provider: 'bootstrap'; readonly job: Workload }
  | { readonly provider: 'existing' }
  | {
      readonly provider: 'external-secrets';
      readonly store: string;
      readonly storeKind: 'SecretStore' | 'ClusterSecretStore';
      readonly prefix: string;
    }
  | {
      readonly provider: 'sealed-secrets';
      readonly sealed: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
