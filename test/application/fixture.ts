import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Plan, resolvePlan } from '../../lib/model';
import type { ServicePlan, Tier } from '../../lib/model/plan';
import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';

const capacity = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '500m', memory: '256Mi' },
};

/** A small system with one service of each kind. */
export const shop: System = {
  title: 'Shop',
  description: 'A fixture',
  images: {
    backend: { own: 'shop/backend:1.0.0' },
    frontend: { own: 'shop/frontend:1.0.0' },
    postgres: 'postgres:16.15-bookworm',
    rabbitmq: 'rabbitmq:4.3.5',
  },
  stores: {
    db: {
      kind: 'postgres',
      description: 'Orders',
      image: 'postgres',
      resources: capacity,
      size: '1Gi',
      database: 'shop',
      owner: 'backend',
      maxConnections: 200,
    },
    queue: {
      kind: 'rabbitmq',
      description: 'Jobs',
      image: 'rabbitmq',
      resources: capacity,
      size: '1Gi',
      queues: { jobs: {} },
    },
  },
  services: {
    backend: {
      kind: 'web',
      description: 'The API',
      image: 'backend',
      ports: { http: 8000 },
      health: { path: '/health/', intervalSeconds: 15, timeoutSeconds: 4, tries: 3, startSeconds: 30 },
      resources: capacity,
      arrows: { db: {}, queue: {} },
      settings: { MODE: 'live' },
      scratch: { '/app/static': '32Mi' },
      prepare: [['python', 'manage.py', 'collectstatic']],
      migrations: { run: ['migrate'], ready: ['migrate', '--check'], timeoutSeconds: 400 },
      graceSeconds: 40,
    },
    frontend: {
      kind: 'web',
      description: 'The page',
      image: 'frontend',
      ports: { http: 3000 },
      health: { path: '/' },
      arrows: { backend: {} },
      mounts: { media: '/app/media' },
    },
    worker: {
      kind: 'worker',
      description: 'Works off jobs',
      image: 'backend',
      args: ['work'],
      health: { command: ['worker', 'ping'], intervalSeconds: 20, timeoutSeconds: 10, tries: 3, startSeconds: 30 },
      arrows: { db: {}, queue: {} },
      scaling: { queue: { store: 'queue', name: 'jobs', depth: 20 } },
    },
    beat: { kind: 'singleton', description: 'The clock', image: 'backend', arrows: { db: {}, queue: {} } },
    cleanup: {
      kind: 'cron',
      description: 'Removes old carts',
      image: 'backend',
      arrows: { db: {} },
      schedule: '@daily',
    },
  },
  volumes: { media: { description: 'Uploads', size: '5Gi' } },
  routes: [{ path: '/', to: 'frontend' }],
};

export const production: Environment = {
  description: 'Where the fixture runs',
  mode: 'production',
  tier: 'medium',
  domain: 'example.com',
  tls: { by: 'none' },
  images: { registry: 'registry.example.com' },
};

/** The Plan of the fixture. @throws Error when the fixture itself is wrong */
export function shopPlan(
  change: { system?: Partial<System>; environment?: Partial<Environment>; tier?: Tier } = {},
): Plan {
  const { plan, problems } = resolvePlan({
    system: { id: 'shop', raw: { ...shop, ...change.system } },
    environment: { name: 'production', raw: { ...production, ...change.environment } },
    tier: change.tier,
  });
  if (plan === undefined) throw new Error(problems.map((problem) => JSON.stringify(problem)).join('\n'));
  return plan;
}

/** One service of a Plan. */
export function serviceOf(plan: Plan, name: string): ServicePlan {
  const found = plan.services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: rendered objects are JSON, read field by field
export type Rendered = any;

/** The objects that a construct renders, by `Kind/name`, in order. */
export function render(build: (scope: Construct) => void): Map<string, Rendered> {
  const chart = new Chart(new App(), 'test');
  build(chart);
  return new Map((chart.toJson() as Rendered[]).map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}
