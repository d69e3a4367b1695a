import type { System } from '../lib';

/**
 * Passes when every migration of this image is applied; more of them, of a newer image, do no harm. `prisma migrate
 * status` would refuse those, and a rollback would wait for ever.
 */
const schemaReady = `
const { PrismaClient } = require('@prisma/client');
const { readdirSync } = require('node:fs');
const wanted = readdirSync('src/prisma/migrations', { withFileTypes: true }).filter((entry) => entry.isDirectory());
new PrismaClient()
  .$queryRawUnsafe('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL')
  .then((rows) => {
    const applied = new Set(rows.map((row) => row.migration_name));
    process.exit(wanted.every(({ name }) => applied.has(name)) ? 0 : 1);
  })
  .catch(() => process.exit(1));
`.trim();

export default {
  title: 'NestJS API',
  description: 'NestJS and Prisma, PostgreSQL 16, Redis 7 with a password',

  images: {
    app: { own: 'nestjs-api/app:1.0.0' },
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
  },

  services: {
    app: {
      kind: 'web',
      description: 'NestJS on Node 20 (Alpine); the Prisma client is generated in the image',
      image: 'app',
      profile: 'app',
      user: 1001,
      command: ['node', 'dist/src/main.js'],
      ports: { http: 3001, metrics: 9464 },
      health: { path: '/', intervalSeconds: 30, tries: 3 },
      // The document wants Prometheus: prom-client, on a port of its own, because every path of 3001 is public.
      metrics: { port: 'metrics' },
      // Not in the document: one thread uses one CPU, and its heap stays below the limit with a third to spare.
      resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      arrows: {
        // Prisma's own pool would grow with the node's CPUs.
        postgres: {
          query: { connection_limit: '5' },
          pool: 5,
        },
        redis: { env: { REDIS_HOST: '{host}', REDIS_PORT: '{port}', REDIS_URL: '{url}' } },
        'error-tracker': {},
      },
      settings: {
        NODE_ENV: 'production',
        PORT: '3001',
        METRICS_PORT: '9464',
        NODE_OPTIONS: '--max-old-space-size=340',
        CORS_ORIGIN: '{origin}',
        THROTTLE_TTL_SECONDS: '60',
        THROTTLE_LIMIT: '100',
        LOG_LEVEL: 'info',
        CHECKPOINT_DISABLE: '1',
      },
      secrets: { JWT_SECRET: 'jwt-key', ERROR_TRACKER_DSN: 'error-tracker-dsn' },
      migrations: {
        run: ['node_modules/.bin/prisma', 'migrate', 'deploy', '--schema', 'src/prisma/schema.prisma'],
        ready: ['node', '-e', schemaReady],
      },
    },
  },

  stores: {
    // Not in the document: sound for some hundred requests per second; memory is reserved in full, for it holds data.
    postgres: {
      kind: 'postgres',
      description: 'PostgreSQL 16: users, posts, transactions',
      image: 'postgres',
      database: 'nestjs_db',
      owner: 'app',
      size: '20Gi',
      health: { intervalSeconds: 30, tries: 5 },
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      highResources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '2Gi' } },
      backup: { schedule: '@daily', formats: ['custom', 'plain'] },
    },
    redis: {
      kind: 'redis',
      description: 'Redis 7 with a password: sessions, API cache, rate limits',
      image: 'redis',
      use: 'mixed',
      size: '2Gi',
      health: { intervalSeconds: 30, tries: 5 },
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      backup: { schedule: '@daily' },
    },
  },

  routes: [{ path: '/', to: 'app' }],

  outside: {
    'error-tracker': { description: 'Error tracking service', cidrs: 'public', port: 443, optional: true },
  },

  secrets: {
    'jwt-key': { class: 'generated', description: 'Signs the JWTs' },
    'error-tracker-dsn': { class: 'given', description: 'Where errors are reported to', optional: true },
  },

  profiles: {
    app: {
      description: 'The application; in development it runs on the machine of the developer (npm run start:dev)',
      development: 'off',
      production: 'on',
    },
  },

  flows: {
    Request: ['user', 'app', 'postgres', 'app'],
    'Session, cache, rate limit': ['user', 'app', 'redis', 'app'],
  },

  scenarios: {
    'Development (local machine)': 'development',
    'Production (single server)': 'production',
    'Production (cloud, multi-container)': 'cloud',
  },

  backups: { keep: { daily: 7, weekly: 4, monthly: 12 }, restoreTest: '@monthly' },
} satisfies System;
