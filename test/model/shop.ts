import { mergePatch } from '../../lib/model/merge';
import type { Tier } from '../../lib/model/plan';
import { type PlanResult, resolvePlan } from '../../lib/model/resolve';
import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';

const small = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } };

/** A small system that uses a little of everything and has no fault: tests change one thing in it. */
export const shop = {
  title: 'Shop',
  description: 'A small shop',
  images: {
    nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine',
    web: { own: 'shop/web:1.0.0' },
    jobs: { own: 'shop/jobs:1.0.0' },
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
    rabbitmq: 'rabbitmq:4.3.5-management',
    pgadmin: 'dpage/pgadmin4:9.17',
  },
  services: {
    gateway: { kind: 'web', description: 'nginx', image: 'nginx', ports: { http: 80 }, arrows: { web: {} }, proxy: {} },
    web: {
      kind: 'web',
      description: 'The shop',
      image: 'web',
      ports: { http: 8000 },
      health: { path: '/health' },
      metrics: { port: 'http' },
      arrows: { db: {}, cache: {}, queue: {}, mail: {} },
      settings: { ORIGIN: '{origin}' },
      secrets: { SIGNING_SECRET: 'signing' },
      mounts: { media: '/app/media' },
      scratch: { '/app/static': '64Mi' },
      migrations: { run: ['migrate'], ready: ['migrate', '--check'], reads: ['SIGNING_SECRET'] },
    },
    worker: {
      kind: 'worker',
      description: 'Sends mail',
      image: 'jobs',
      profile: 'mailing',
      arrows: { queue: {}, mail: {} },
    },
    nightly: { kind: 'cron', description: 'Cleans up', image: 'jobs', schedule: '0 3 * * *', arrows: { db: {} } },
  },
  stores: {
    db: {
      kind: 'postgres',
      description: 'Orders',
      image: 'postgres',
      resources: small,
      size: '10Gi',
      database: 'shop',
      owner: 'web',
      backup: {},
    },
    cache: { kind: 'redis', description: 'Sessions', image: 'redis', resources: small, size: '1Gi', use: 'cache' },
    queue: {
      kind: 'rabbitmq',
      description: 'Jobs',
      image: 'rabbitmq',
      resources: small,
      size: '1Gi',
      queues: { mail: {} },
    },
  },
  tools: { pgadmin: { kind: 'pgadmin', description: 'Database pages', image: 'pgadmin', arrows: ['db'] } },
  volumes: { media: { description: 'Pictures', size: '5Gi', backup: {} } },
  secrets: { signing: { class: 'generated', description: 'Signs sessions' } },
  outside: {
    mail: {
      description: 'Mail relay',
      host: 'mail.example.com',
      cidrs: ['203.0.113.7/32'],
      port: 587,
      env: { SMTP_URL: 'smtp://{host}:{port}' },
    },
  },
  profiles: { mailing: { description: 'Mail', development: 'off', production: 'on' } },
  routes: [{ path: '/', to: 'web' }],
} satisfies System;

export const place = {
  description: 'Somewhere',
  mode: 'production',
  tier: 'low',
  domain: 'example.com',
  tls: { by: 'none' },
  monitoring: {
    mode: 'built-in',
    receivers: { chat: { by: 'slack', channel: '#shop' }, heartbeat: { by: 'heartbeat' } },
    runbooks: 'https://docs.example.org/runbooks',
  },
  backupTarget: { to: 's3', endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'] }, bucket: 'backups' },
} satisfies Environment;

/** A change to the two files, as JSON merge patches. */
export interface Change {
  readonly system?: unknown;
  readonly environment?: unknown;
  readonly images?: unknown;
  readonly tier?: Tier;
}

/** Resolves the shop, or what stands in its place, with a change. */
export function resolveShop(change: Change = {}, system: unknown = shop): PlanResult {
  return resolvePlan({
    system: { id: 'shop', raw: mergePatch(system, change.system ?? {}) },
    environment: { name: 'prod', raw: mergePatch(place, change.environment ?? {}), images: change.images },
    tier: change.tier,
    systems: ['shop', 'depot'],
    environments: ['prod', 'staging'],
    exists: (path) => path === 'README.md',
  });
}
