/** What is different about a store whose pods an operator makes. */
import type { ClaimPlan, PortPlan, StorePlan } from '../plan';

export type Operator = 'cloudnative-pg' | 'rabbitmq-cluster-operator';

const operators: readonly string[] = ['cloudnative-pg', 'rabbitmq-cluster-operator'] satisfies readonly Operator[];

export function isOperator(engine: string): engine is Operator {
  return operators.includes(engine);
}

/** Where CloudNativePG asks its instances for their state. */
export const statusPort = 8000;

/** Where its instances serve metrics of their own. */
export const instanceMetricsPort = 9187;

/**
 * The labels that an operator gives to the pods of a cluster of that name. The RabbitMQ operator's are ours.
 * @see https://cloudnative-pg.io/documentation/current/labels_annotations/
 */
export function podLabelsOf(engine: string, name: string): Readonly<Record<string, string>> | undefined {
  return engine === 'cloudnative-pg' ? { 'cnpg.io/cluster': name } : undefined;
}

/** The names of its ports, which Services lead to. */
export function operatorPorts(engine: string, ports: readonly PortPlan[]): readonly PortPlan[] {
  const names: Readonly<Record<string, string>> =
    engine === 'cloudnative-pg'
      ? { postgres: 'postgresql' }
      : engine === 'rabbitmq-cluster-operator'
        ? { rabbitmq: 'amqp' }
        : {};
  return ports.map((port) => ({ ...port, name: names[port.name] ?? port.name }));
}

/** Its claims, as it names them: they are no objects of ours, but they take their room. */
export function operatorClaims(engine: string, name: string, claims: readonly ClaimPlan[]): readonly ClaimPlan[] {
  if (engine === 'cloudnative-pg') return claims.map((claim, index) => ({ ...claim, name: `${name}-${index + 1}` }));
  if (engine === 'rabbitmq-cluster-operator')
    return claims.map((claim, index) => ({ ...claim, name: `persistence-${name}-server-${index}` }));
  return claims;
}

/**
 * CloudNativePG runs images of its own, which hold what the operator calls. The same version on the same distribution,
 * because collations come with it; undefined for an image of which it has none.
 * @see https://github.com/cloudnative-pg/postgres-containers
 */
export function instanceImage(reference: string): string | undefined {
  const [name = ''] = reference.split('@');
  if (/(^|\/)cloudnative-pg\/postgresql:/.test(name)) return reference;
  const found = /^(?:(.+?)\/)?(?:library\/)?postgres:(\d+\.\d+)-(bookworm|trixie|bullseye)$/.exec(name);
  if (found === null) return undefined;
  const [, mirror, version, distribution] = found;
  const official = mirror === undefined || mirror === 'docker.io' ? '' : `${mirror}/`;
  return `${official}ghcr.io/cloudnative-pg/postgresql:${version}-standard-${distribution}`;
}

/** The images that operators are told to run. */
export function operatorImages(stores: readonly StorePlan[]): { readonly name: string; readonly reference: string }[] {
  return stores.flatMap((store) =>
    store.kind === 'postgres' && store.instanceImage !== undefined
      ? [{ name: `${store.name}-instance`, reference: store.instanceImage }]
      : [],
  );
}
