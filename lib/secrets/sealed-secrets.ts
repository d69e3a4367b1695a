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

/** A value that the environment's file does not have yet, and the command that prints it. */
export interface MissingSealed {
  readonly secret: string;
  readonly key: string;
  /** Prints the encrypted value. It reads the plain one from standard input: it stands in no argument and no file. */
  readonly command: string;
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

function source(secret: SecretPlan, key: string): string {
  const value = secret.keys[key];
  if (value?.make === 'hex') return `openssl rand -hex ${value.bytes} | tr -d '\\n'`;
  if (value?.make === 'literal') return `printf '%s' '${value.value.replaceAll("'", "'\\''")}'`;
  return `cat FILE`;
}

/**
 * Every key that a Secret of the Plan has and the environment's file has not. An optional Secret that is left out whole is
 * not missing; one that is there in part is.
 */
export function missingSealed(plan: Pick<Plan, 'secrets' | 'namespace'>, provider: Sealed): readonly MissingSealed[] {
  return plan.secrets.flatMap((secret) => {
    const values = provider.sealed[secret.name];
    if (secret.optional && values === undefined) return [];
    return Object.keys(secret.keys)
      .filter((key) => values?.[key] === undefined)
      .map((key) => ({
        secret: secret.name,
        key,
        command: `${source(secret, key)} | kubeseal --raw --scope strict --namespace ${plan.namespace} --name ${secret.name} --from-file=/dev/stdin`,
      }));
  });
}
