import { Construct } from 'constructs';
import {
  ExternalSecret,
  type ExternalSecretSpec,
  ExternalSecretSpecDataRemoteRefConversionStrategy,
  ExternalSecretSpecDataRemoteRefDecodingStrategy,
  ExternalSecretSpecDataRemoteRefMetadataPolicy,
  ExternalSecretSpecSecretStoreRefKind,
  ExternalSecretSpecTargetCreationPolicy,
  ExternalSecretSpecTargetDeletionPolicy,
} from '../../imports/external-secrets.io';
import { metadata } from '../kubernetes/labels';
import type { Plan, SecretPlan, SecretsProvider } from '../model/plan';
import { componentOf, secretMetadata } from './recipe';

/** How often the operator looks into the store: often enough for a rotation, seldom enough for a store that bills calls. */
const refreshInterval = '1h';

/** The operator's own defaults, spelled out: Argo CD compares list items whole, and would call each one changed. */
const remoteDefaults = {
  conversionStrategy: ExternalSecretSpecDataRemoteRefConversionStrategy.DEFAULT,
  decodingStrategy: ExternalSecretSpecDataRemoteRefDecodingStrategy.NONE,
  metadataPolicy: ExternalSecretSpecDataRemoteRefMetadataPolicy.NONE,
};

export interface ExternalSecretsProps {
  readonly plan: Plan;
  readonly provider: Extract<SecretsProvider, { provider: 'external-secrets' }>;
}

/** Its keys one by one; all that the object has where some may be missing: one that is named and missing stops the rest. */
function sourceOf(object: string, { keys, optionalKeys }: SecretPlan): Pick<ExternalSecretSpec, 'data' | 'dataFrom'> {
  if (optionalKeys?.length) return { dataFrom: [{ extract: { key: object, ...remoteDefaults } }] };
  return {
    data: Object.keys(keys).map((key) => ({
      secretKey: key,
      remoteRef: { key: object, property: key, ...remoteDefaults },
    })),
  };
}

/**
 * An ExternalSecret for each Secret, generated and given alike: in the store, under the Secret's name after the prefix,
 * lies an object with the Secret's keys. The operator never deletes what it made, neither when the value leaves the store
 * (`Retain`) nor when the ExternalSecret goes (`Orphan`): a running database keeps its password.
 */
export class ExternalSecrets extends Construct {
  constructor(scope: Construct, id: string, props: ExternalSecretsProps) {
    super(scope, id);
    for (const secret of props.plan.secrets) this.add(props, secret);
  }

  private add({ plan, provider }: ExternalSecretsProps, secret: SecretPlan): void {
    new ExternalSecret(this, secret.name, {
      metadata: metadata(plan, secret.name, { name: secret.name, component: componentOf(plan, secret) }),
      spec: {
        refreshInterval,
        secretStoreRef: {
          name: provider.store,
          kind:
            provider.storeKind === 'SecretStore'
              ? ExternalSecretSpecSecretStoreRefKind.SECRET_STORE
              : ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE,
        },
        target: {
          name: secret.name,
          creationPolicy: ExternalSecretSpecTargetCreationPolicy.ORPHAN,
          deletionPolicy: ExternalSecretSpecTargetDeletionPolicy.RETAIN,
          template: { type: secret.type, metadata: secretMetadata(plan, secret) },
        },
        ...sourceOf(`${provider.prefix}${secret.name}`, secret),
      },
    });
  }
}
