import { Construct } from 'constructs';
import { SealedSecret } from '../../imports/bitnami.com';
import { metadata } from '../kubernetes/labels';
import type { Plan, SecretPlan, SecretsProvider } from '../model/plan';
import { componentOf, secretMetadata } from './recipe';

type Sealed = Extract<SecretsProvider, { provider: 'sealed-secrets' }>;

export interface SealedSecretsProps {
  readonly plan: Plan;
  readonly provider: Sealed;
}

/** A SealedSecret for each Secret that has encrypted values. Scope strict: a value fits one name in one namespace. */
export class SealedSecrets extends Construct {
  constructor(scope: Construct, id: string, props: SealedSecretsProps) {
    super(scope, id);
    for (const secret of props.plan.secrets) {
      const values = props.provider.sealed[secret.name];
      if (values !== undefined) this.add(props.plan, secret, values);
    }
  }

  private add(plan: Plan, secret: SecretPlan, values: Readonly<Record<string, string>>): void {
    const { labels, annotations } = secretMetadata(plan, secret);
    new SealedSecret(this, secret.name, {
      metadata: metadata(plan, secret.name, { name: secret.name, component: componentOf(plan, secret) }),
      spec: {
        encryptedData: { ...values },
        template: {
          type: secret.type,
          metadata: {
            labels,
            // Without an owner, the Secret outlives its SealedSecret: a running database keeps its password.
            annotations: { ...annotations, 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' },
          },
        },
      },
    });
  }
}
