import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan, SecretPlan, SecretsProvider } from '../../lib/model';
import { recipe } from '../../lib/secrets/recipe';
import { shopPlan } from '../application/fixture';

/** A rendered object, as far as these tests look into it. */
export interface Rendered {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
  readonly spec?: Record<string, unknown>;
}

const opaque = { type: 'Opaque', optional: false } as const;

/** One Secret of each sort. */
export const secrets: readonly SecretPlan[] = [
  {
    ...opaque,
    name: 'cookie',
    class: 'generated',
    description: 'Cookie',
    keys: { cookie: { make: 'hex', bytes: 32 } },
    usedBy: ['queue'],
  },
  {
    ...opaque,
    name: 'db-superuser',
    class: 'generated',
    description: 'Superuser of db',
    keys: { password: { make: 'hex', bytes: 24 }, user: { make: 'literal', value: 'it\'s "me"\n@hex 4' } },
    usedBy: ['db'],
  },
  {
    name: 'db-tls',
    class: 'generated',
    description: 'Certificate of db',
    type: 'kubernetes.io/tls',
    optional: false,
    keys: Object.fromEntries(
      ['tls.crt', 'tls.key', 'ca.crt'].map((key) => [
        key,
        { make: 'certificate', hosts: ['db', 'db.shop-production.svc'] },
      ]),
    ),
    usedBy: ['db'],
  },
  {
    ...opaque,
    name: 'mail',
    class: 'given',
    description: 'Mail relay',
    keys: { user: undefined, 'api-key': undefined },
    usedBy: ['backend'],
  },
  {
    ...opaque,
    name: 'sentry',
    class: 'given',
    description: 'Error tracker',
    keys: { value: undefined },
    optional: true,
    usedBy: ['backend'],
  },
  {
    name: 'edge-tls',
    class: 'given',
    description: 'Public certificate',
    type: 'kubernetes.io/tls',
    optional: false,
    keys: { 'tls.crt': undefined, 'tls.key': undefined },
    usedBy: ['the Ingress'],
  },
  {
    name: 'registry',
    class: 'given',
    description: 'Registry',
    type: 'kubernetes.io/dockerconfigjson',
    optional: false,
    keys: { '.dockerconfigjson': undefined },
    usedBy: ['every pod'],
  },
];

/** The shop with these Secrets, and the provider it resolves to unless another is given. */
export function planWith(provider?: SecretsProvider, list: readonly SecretPlan[] = secrets): Plan {
  const plan = { ...shopPlan(), namespace: 'shop-production', secrets: list };
  return provider === undefined ? plan : { ...plan, secretsProvider: provider };
}

/** The recipes as the ConfigMap holds them. */
export function recipes(): Record<string, string> {
  const plan = planWith();
  const generated = plan.secrets.filter((secret) => secret.class === 'generated');
  return Object.fromEntries(generated.map((secret) => [`${secret.name}.recipe`, recipe(plan, secret)]));
}

/** The objects that a construct emits. */
export function rendered(build: (scope: Construct) => void): Rendered[] {
  const chart = new Chart(new App(), 'test');
  build(chart);
  return chart.toJson() as Rendered[];
}
