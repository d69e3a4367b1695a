import type { Plan, SecretPlan, SecretsProvider } from '../plan';
import type { Problem } from '../problem';

type Sealed = Extract<SecretsProvider, { provider: 'sealed-secrets' }>;

/** A value that the environment's file does not have yet, and the command that prints it. */
export interface MissingSealed {
  readonly secret: string;
  readonly key: string;
  /** Prints the encrypted value. It reads the plain one from standard input: it stands in no argument and no file. */
  readonly command: string;
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

/** The same as problems: a pod would wait for a Secret that nobody makes. */
export function sealedProblems(plan: Plan): Problem[] {
  const provider = plan.secretsProvider;
  if (provider.provider !== 'sealed-secrets') return [];
  const place = `environments/${plan.environment.name}.systems.${plan.system.id}.sealed`;
  return missingSealed(plan, provider).map(({ secret, key, command }) => ({
    severity: 'error',
    rule: 'sealed-missing',
    path: `${place}.${secret}.${key}`,
    found: 'nothing',
    wanted: `what this prints: ${command}`,
  }));
}
