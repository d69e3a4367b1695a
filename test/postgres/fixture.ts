import { App } from 'cdk8s';
import { DataChart } from '../../charts/data';
import { resolvePlan } from '../../lib/model';
import { mergePatch } from '../../lib/model/merge';
import type { Plan, PostgresPlan, RabbitmqPlan, RedisPlan, StorePlan } from '../../lib/model/plan';
import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';

const resources = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } };

const worker = { kind: 'worker', description: 'Works', arrows: { db: {}, queue: {} } } as const;

/** A system with one store of each kind, and two applications at the database. */
const shop: System = {
  title: 'Shop',
  description: 'A fixture',
  images: {
    backend: { own: 'shop/backend:1.0.0' },
    'back-office': { own: 'shop/back-office:1.0.0' },
    postgres: 'postgres:15.19-bookworm',
    redis: 'redis:7.4.11-alpine',
    rabbitmq: 'rabbitmq:4.3.5-management',
  },
  stores: {
    db: {
      kind: 'postgres',
      description: 'Orders',
      image: 'postgres',
      resources,
      size: '10Gi',
      database: 'shop',
      owner: 'backend',
      health: { intervalSeconds: 7, tries: 5 },
    },
    cache: { kind: 'redis', description: 'Sessions', image: 'redis', resources, size: '2Gi', use: 'mixed' },
    queue: {
      kind: 'rabbitmq',
      description: 'Jobs',
      image: 'rabbitmq',
      resources,
      size: '4Gi',
      replicas: { low: 1, medium: 1, high: 3 },
    },
  },
  services: {
    backend: {
      kind: 'web',
      description: 'The API',
      image: 'backend',
      ports: { http: 8000 },
      health: { path: '/' },
      arrows: { db: {}, cache: {}, queue: {} },
    },
    office: { ...worker, image: 'back-office' },
  },
  routes: [{ path: '/', to: 'backend' }],
};

const laptop: Environment = {
  description: 'Where the fixture runs',
  mode: 'development',
  tier: 'low',
  domain: 'localhost',
  tls: { by: 'none' },
};

/** The fixture's Plan, in an environment that differs as told, with a database that differs as told. */
export function shopPlan(
  environment: Partial<Environment> = {},
  db: Readonly<Record<string, unknown>> = {},
  rest: Readonly<Record<string, unknown>> = {},
): Plan {
  const { plan, problems } = resolvePlan({
    system: { id: 'shop', raw: mergePatch(mergePatch(shop, { stores: { db } }), rest) },
    environment: { name: 'laptop', raw: { ...laptop, ...environment } },
  });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

/** The Plan with its stores changed: what no file can say yet. */
export function withStores(plan: Plan, change: (store: StorePlan) => StorePlan): Plan {
  return { ...plan, stores: plan.stores.map(change) };
}

interface Stores {
  readonly postgres: PostgresPlan;
  readonly redis: RedisPlan;
  readonly rabbitmq: RabbitmqPlan;
}

/** The fixture's store of a kind. */
export function storeOf<K extends keyof Stores>(plan: Plan, kind: K): Stores[K] {
  const found = plan.stores.find((store): store is Stores[K] & StorePlan => store.kind === kind);
  if (found === undefined) throw new Error(`The fixture has no ${kind}`);
  return found;
}

/** An object as it will stand in `dist/`, open to any path. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they assert
export type Manifest = any;

/** The objects of `30-data`, in their order. */
export function dataObjects(plan: Plan): Manifest[] {
  return new DataChart(new App(), plan).toJson();
}

/** One object, by kind and name. */
export function object(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((item) => item.kind === kind && item.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind}/${name}`);
  return found;
}

/** The main container of a StatefulSet or Job. */
export function mainContainer(workload: Manifest): Manifest {
  return workload.spec.template.spec.containers[0];
}
