import { redisShards, storeEphemeral } from '../defaults';
import type {
  AccountPlan,
  ClaimPlan,
  Component,
  PortPlan,
  QueuePlan,
  RabbitmqPlan,
  RedisPlan,
  StoreBase,
  StorePlan,
} from '../plan';
import { mib } from '../quantities';
import { type Tier, tiers } from '../schema/primitives';
import type { ParsedStore } from '../schema/system';
import type { Context, Endpoint } from './context';
import { engineOf } from './engine';
import { isOperator, operatorClaims, operatorPorts, podLabelsOf } from './operators';
import { resolvePostgres } from './postgres';
import { resourcesOf, workload } from './workload';

type Kind<K extends ParsedStore['kind']> = Extract<ParsedStore, { kind: K }>;

/** The port each kind listens on: the programs' own defaults, which the documents draw. */
export const storePorts: Readonly<Record<ParsedStore['kind'], number>> = {
  postgres: 5432,
  redis: 6379,
  rabbitmq: 5672,
};

/** Where a kind has a port of its own for TLS. @see https://www.rabbitmq.com/docs/networking#ports */
const tlsPorts: Readonly<Partial<Record<ParsedStore['kind'], number>>> = { rabbitmq: 5671 };

const components: Readonly<Record<ParsedStore['kind'], Component>> = {
  postgres: 'database',
  redis: 'cache',
  rabbitmq: 'queue',
};

/** Where an external store is, or undefined for one in the cluster. */
export function endpointOf(context: Context, name: string, store: ParsedStore): Endpoint | undefined {
  if (engineOf(context, name, store) !== 'external') return undefined;
  const stated = context.own.stores[name]?.endpoint;
  const managed = context.environment.managedStores;
  const host = stated?.host ?? managed?.host.replaceAll('{store}', name).replaceAll('{system}', context.id);
  if (host === undefined) return undefined;
  const tls = stated?.tls ?? managed?.tls ?? true;
  const port = stated?.port ?? (tls ? (tlsPorts[store.kind] ?? storePorts[store.kind]) : storePorts[store.kind]);
  return { host, cidrs: stated?.cidrs ?? managed?.cidrs ?? [], port, tls };
}

/** The class of a claim: the environment's word for it, the encrypted class where the document asks, the default class. */
export function storageClassOf(context: Context, own: string | undefined, encrypted: boolean): string | undefined {
  const { className, encryptedClassName } = context.environment.storage;
  return own ?? (encrypted ? (encryptedClassName ?? className) : className);
}

function claims(
  context: Context,
  name: string,
  store: ParsedStore,
  component: Component,
  replicas: number,
): ClaimPlan[] {
  const own = context.own.stores[name];
  return Array.from({ length: replicas }, (_, ordinal) => ({
    name: `data-${name}-${ordinal}`,
    owner: name,
    component,
    size: mib(own?.size ?? store.size),
    storageClass: storageClassOf(context, own?.storageClass, store.encrypted),
    accessMode: 'ReadWriteOnce',
  }));
}

/** The pods of a store of ours: of a Redis Cluster the copies of each shard. */
function podsAt(context: Context, name: string, store: ParsedStore, tier: Tier): number {
  return store.replicas[tier] * (engineOf(context, name, store) === 'redis-cluster' ? redisShards : 1);
}

/** The claims of a store at its largest tier: going down keeps them, and the quota must hold them still. */
export function claimsAtMost(context: Context): ClaimPlan[] {
  return [...context.stores].flatMap(([name, store]) => {
    if (endpointOf(context, name, store) !== undefined) return [];
    const most = Math.max(...store.tiers.map((tier) => podsAt(context, name, store, tier)));
    return claims(context, name, store, components[store.kind], most);
  });
}

function base(context: Context, name: string, store: ParsedStore): StoreBase {
  const endpoint = endpointOf(context, name, store);
  const replicas = endpoint === undefined ? podsAt(context, name, store, context.tier) : 0;
  const component = components[store.kind];
  const port = endpoint?.port ?? storePorts[store.kind];
  const engine = engineOf(context, name, store);
  return {
    ...workload({
      name,
      description: store.description,
      component,
      controller: 'StatefulSet',
      image: context.images.get(store.image) ?? '',
      resources: resourcesOf(store.resources, store.highResources, context.tier, storeEphemeral),
      ports: endpoint === undefined ? operatorPorts(engine, [{ name: store.kind, port, containerPort: port }]) : [],
      replicas: { min: replicas, max: replicas },
      zone: store.zone,
      // An operator's instances tell it of themselves, and ask what they are to be.
      apiServer: isOperator(engine),
      podLabels: podLabelsOf(engine, name),
    }),
    host: endpoint?.host ?? name,
    port,
    health: store.health,
    claims: operatorClaims(engine, name, claims(context, name, store, component, replicas)),
    primary: context.own.stores[name]?.primary ?? 0,
    external: endpoint,
    backup: store.backup,
  };
}

function redis(context: Context, name: string, store: Kind<'redis'>): RedisPlan {
  const common = base(context, name, store);
  const limit = common.resources.limits.memory;
  const members = Math.max(...tiers.map((tier) => podsAt(context, name, store, tier)));
  const clustered = engineOf(context, name, store) === 'redis-cluster';
  return {
    ...common,
    kind: 'redis',
    engine: common.external ? 'external' : clustered ? 'redis-cluster' : 'statefulset',
    use: store.use,
    maxMemory: store.maxMemory === undefined ? Math.floor(limit * 0.65) : mib(store.maxMemory),
    evictionPolicy: store.use === 'cache' ? 'allkeys-lru' : 'noeviction',
    secret: name,
    replication: common.external || clustered || members === 1 ? undefined : { members },
    cluster: clustered ? { shards: redisShards, members } : undefined,
  };
}

/** The Secret of an application's account. */
export function accountSecret(store: string, image: string): string {
  return `${store}-${image}`;
}

/** One account per application, that is, per image. */
function accounts(context: Context, name: string): AccountPlan[] {
  const clients = [...context.services.values()].filter(({ arrows }) => name in arrows).map(({ image }) => image);
  return [...new Set(clients)].map((image) => ({ name: image, secret: accountSecret(name, image) }));
}

function queues({ queues: declared }: Kind<'rabbitmq'>): QueuePlan[] {
  return Object.entries(declared).map(([name, queue]) => ({
    name,
    type: queue.type,
    maxLength: queue.maxLength,
    maxBytes: queue.maxBytes === undefined ? undefined : mib(queue.maxBytes),
    overflow: queue.overflow ?? 'reject-publish',
    messageSeconds: queue.messageSeconds,
    deliveries: queue.deliveries,
    deadLetters: queue.deadLetters,
  }));
}

function rabbitmq(context: Context, name: string, store: Kind<'rabbitmq'>): RabbitmqPlan {
  const common = base(context, name, store);
  const engine = engineOf(context, name, store);
  return {
    ...common,
    ports: common.external ? [] : [...common.ports, ...managementPort(context), metricsPort(engine)],
    kind: 'rabbitmq',
    engine: engine === 'rabbitmq-cluster-operator' ? engine : common.external ? 'external' : 'statefulset',
    accounts: common.external ? [{ name: context.id, secret: name }] : accounts(context, name),
    cookieSecret: `${name}-cookie`,
    queues: queues(store),
    limits: {
      connections: store.limits.connections,
      queues: store.limits.queues,
      messageSize: store.limits.messageSize === undefined ? undefined : mib(store.limits.messageSize),
    },
    management: context.mode === 'development',
  };
}

function metricsPort(engine: string): PortPlan {
  return { name: engine === 'rabbitmq-cluster-operator' ? 'prometheus' : 'metrics', port: 15692, containerPort: 15692 };
}

/** Every management page is off in production. */
function managementPort(context: Context): { name: string; port: number; containerPort: number }[] {
  return context.mode === 'development' ? [{ name: 'management', port: 15672, containerPort: 15672 }] : [];
}

/** The stores of a Plan, in the order of the system's file. */
export function resolveStores(context: Context): StorePlan[] {
  return [...context.stores].map(([name, store]): StorePlan => {
    if (store.kind === 'postgres')
      return resolvePostgres(context, name, store, base(context, name, store), engineOf(context, name, store));
    return store.kind === 'redis' ? redis(context, name, store) : rabbitmq(context, name, store);
  });
}
