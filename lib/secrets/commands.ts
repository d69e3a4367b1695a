import type { Plan, SecretPlan, SecretValue } from '../model/plan';
import { secretMetadata } from './recipe';

/** A Secret that a person must make before the system starts, and how. */
export interface CreateCommand {
  readonly secret: string;
  readonly description: string;
  /** The system starts without it. */
  readonly optional: boolean;
  readonly usedBy: readonly string[];
  /** Keys that may be added, each as one more `--from-literal`. */
  readonly optionalKeys: readonly string[];
  /** In order: the Secret, then its labels. What stands in capitals is for the person to fill in. */
  readonly commands: readonly string[];
}

/** A placeholder for a key: `access-key-id` → `ACCESS_KEY_ID`. */
function placeholder(key: string): string {
  return key.replace(/[^a-z0-9]+/gi, '_').toUpperCase();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function literal(key: string, value: SecretValue | undefined): string {
  if (value?.make === 'hex') return `--from-literal=${key}="$(openssl rand -hex ${value.bytes})"`;
  if (value?.make === 'literal') return `--from-literal=${key}=${quoted(value.value)}`;
  return key.endsWith('.crt') ? `--from-file=${key}` : `--from-literal=${key}=${placeholder(key)}`;
}

function selfSigned(secret: SecretPlan): string[] {
  const value = Object.values(secret.keys).find((item) => item?.make === 'certificate');
  if (value?.make !== 'certificate') return [];
  const names = value.hosts.map((host) => `DNS:${host}`).join(',');
  return [
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=${secret.name} -addext ${quoted(`subjectAltName=${names}`)} -keyout tls.key -out tls.crt`,
  ];
}

function create(plan: Pick<Plan, 'namespace'>, secret: SecretPlan): string[] {
  const target = `${secret.name} --namespace ${plan.namespace}`;
  if (secret.type === 'kubernetes.io/dockerconfigjson') {
    return [
      `kubectl create secret docker-registry ${target} --docker-server=SERVER --docker-username=USERNAME --docker-password=PASSWORD`,
    ];
  }
  if (secret.type === 'kubernetes.io/tls') {
    const made = selfSigned(secret);
    // A certificate that signed itself is its own authority.
    const file = made.length ? 'ca.crt=tls.crt' : 'ca.crt';
    const authority = 'ca.crt' in secret.keys ? ` --from-file=${file}` : '';
    return authority === ''
      ? [...made, `kubectl create secret tls ${target} --cert=tls.crt --key=tls.key`]
      : [
          ...made,
          `kubectl create secret generic ${target} --type=kubernetes.io/tls --from-file=tls.crt --from-file=tls.key${authority}`,
        ];
  }
  const literals = Object.entries(secret.keys).map(([key, value]) => literal(key, value));
  return [`kubectl create secret generic ${target} ${literals.join(' ')}`];
}

function label(plan: Plan, secret: SecretPlan): string {
  const pairs = Object.entries(secretMetadata(plan, secret).labels).map(([key, value]) => `${key}=${value}`);
  return `kubectl label secret ${secret.name} --namespace ${plan.namespace} ${pairs.join(' ')}`;
}

/** The Secrets that no provider makes: `bootstrap` leaves the given ones, `existing` all, the two operators none. */
function unmade(plan: Plan): readonly SecretPlan[] {
  const { provider } = plan.secretsProvider;
  if (provider === 'existing') return plan.secrets;
  return provider === 'bootstrap' ? plan.secrets.filter((secret) => secret.class === 'given') : [];
}

/** For each Secret that a person must make, the commands that make it; no value is in them. */
export function createCommands(plan: Plan): readonly CreateCommand[] {
  return unmade(plan).map((secret) => ({
    secret: secret.name,
    description: secret.description,
    optional: secret.optional,
    usedBy: secret.usedBy,
    commands: [...create(plan, secret), label(plan, secret)],
    optionalKeys: secret.optionalKeys ?? [],
  }));
}
