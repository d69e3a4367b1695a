import { labels } from '../kubernetes/labels';
import { retained } from '../kubernetes/retention';
import type { Component, Plan, SecretPlan, SecretValue } from '../model/plan';

/** The keys that one self-signed certificate fills; `ca.crt` is the certificate again, for clients that may not see the key. */
const certificateKeys = ['tls.crt', 'tls.key', 'ca.crt'];

/** The component of whoever uses the Secret first, for its labels; a Secret that outsiders use belongs to the Jobs. */
export function componentOf(plan: Pick<Plan, 'workloads'>, secret: SecretPlan): Component {
  return plan.workloads.find(({ name }) => secret.usedBy.includes(name))?.component ?? 'job';
}

/**
 * What every Secret carries, whoever makes it: where it comes from and what for, and that no GitOps tool deletes it. A
 * password that vanished would be made anew, and fit no database any more.
 */
export function secretMetadata(
  plan: Plan,
  secret: SecretPlan,
): { readonly labels: Record<string, string>; readonly annotations: Record<string, string> } {
  return {
    labels: labels(plan, secret.name, componentOf(plan, secret)),
    annotations: { ...retained, 'keelson.dev/description': secret.description },
  };
}

/** The Secrets that are made inside the namespace. */
export function generatedSecrets(plan: Pick<Plan, 'secrets'>): readonly SecretPlan[] {
  return plan.secrets.filter((secret) => secret.class === 'generated');
}

function valueLine(secret: SecretPlan, key: string, value: SecretValue | undefined): string {
  if (value?.make === 'hex') return `"\n@hex ${value.bytes}\n"`;
  if (value?.make === 'literal') return JSON.stringify(value.value);
  if (value?.make === 'certificate' && certificateKeys.includes(key)) return `"\n@pem ${secret.name}/${key}\n"`;
  const found = value === undefined ? 'no value' : `a certificate, which fills ${certificateKeys.join(', ')}`;
  throw new Error(`Cannot make key "${key}" of Secret "${secret.name}" as it has ${found}`);
}

/**
 * The Secret as JSON in which a line of its own, `@hex 24` or `@pem name/key`, stands for a value that the Job makes. The
 * script joins the lines; JSON escapes line ends, so no text of ours can be mistaken for such a line.
 * @throws Error when a key of a generated Secret has no way to be made
 */
export function recipe(plan: Plan, secret: SecretPlan): string {
  const head = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret.name, namespace: plan.namespace, ...secretMetadata(plan, secret) },
    type: secret.type,
  });
  const values = Object.entries(secret.keys).map(
    ([key, value]) => `${JSON.stringify(key)}:${valueLine(secret, key, value)}`,
  );
  return `${head.slice(0, -1)},"stringData":{${values.join(',')}}}\n`;
}

/** A certificate to make: for which Secret, for which hosts, and in which image. */
export interface CertificateRecipe {
  readonly secret: string;
  readonly hosts: readonly string[];
  readonly image: string;
}

function certificateImage(stores: Plan['stores'], { usedBy }: SecretPlan): string | undefined {
  const serving = stores.find(({ name }) => usedBy.includes(name));
  return (usedBy.length === 0 ? undefined : (serving ?? stores.find(({ kind }) => kind === 'postgres')))?.image;
}

/**
 * The certificates among the generated Secrets. openssl is not in the helper image; the image of the store that serves
 * with the certificate has it (PostgreSQL's Debian variants do) and is in the cluster anyway. The edge's is made in that
 * of any PostgreSQL.
 * @throws Error when no store uses such a Secret, and there is no PostgreSQL
 */
export function certificateRecipes(plan: Pick<Plan, 'secrets' | 'stores'>): readonly CertificateRecipe[] {
  return generatedSecrets(plan).flatMap((secret) => {
    const value = Object.values(secret.keys).find((item) => item?.make === 'certificate');
    if (value?.make !== 'certificate') return [];
    const image = certificateImage(plan.stores, secret);
    if (image === undefined) throw new Error(`Cannot make Secret "${secret.name}" as no store uses its certificate`);
    return [{ secret: secret.name, hosts: value.hosts, image }];
  });
}
