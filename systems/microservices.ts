import type { System } from '../lib';

/**
 * Passes when the database is at this image's revision or at one that the image does not know yet, a newer one: so a
 * rollback finds the schema ready. @see https://alembic.sqlalchemy.org/en/latest/api/script.html
 */
const schemaReady = `
import os, sys
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
script = ScriptDirectory.from_config(Config("alembic.ini"))
known = {revision.revision for revision in script.walk_revisions()}
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    present = set(MigrationContext.configure(connection).get_current_heads())
sys.exit(0 if present and (present == set(script.get_heads()) or present - known) else 1)
`.trim();

// The document states limits alone. Requests: a quarter of the CPU and half of the memory for what scales sideways; all of
// the memory for what holds data, so that pressure on a node never takes it away.
export default {
  title: 'Microservices',
  description: 'React frontend, FastAPI API, Node.js queue worker; PostgreSQL, Redis, RabbitMQ',

  images: {
    nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine',
    frontend: { own: 'microservices/frontend:1.0.0' },
    api: { own: 'microservices/api:1.0.0' },
    worker: { own: 'microservices/worker:1.0.0' },
    'frontend-dev': { own: 'microservices/frontend-dev:1.0.0' },
    'api-dev': { own: 'microservices/api-dev:1.0.0' },
    'worker-dev': { own: 'microservices/worker-dev:1.0.0' },
    // The document names no versions: the newest ones of which the details were checked.
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
    rabbitmq: 'rabbitmq:4.3.5-management',
    pgadmin: 'dpage/pgadmin4:9.17',
    'redis-commander': 'ghcr.io/joeferner/redis-commander:0.9.1',
    ollama: 'ollama/ollama:0.32.15',
  },

  zones: ['public', 'frontend', 'application', 'data'],

  services: {
    gateway: {
      kind: 'web',
      description: 'Nginx behind the load balancer: rate limits, which an Ingress cannot set',
      image: 'nginx',
      zone: 'frontend',
      ports: { http: 80 },
      health: { path: '/health', startSeconds: 10 },
      // Not in the document: the figures of the proxy of django-react.
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      arrows: { frontend: {}, api: {} },
      // Rates are not in the document: a page loads some thirty files at once, a person clicks once a second.
      proxy: { rate: { perSecond: 50, burst: 100 } },
      development: {
        // Vite's client is an inline script, and each module of the sources is a file of its own: many hundreds at once.
        proxy: {
          rate: { perSecond: 500, burst: 2000 },
          contentSecurityPolicy: "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: ws: wss:",
        },
      },
    },

    frontend: {
      kind: 'web',
      description: 'React single-page application: static files only',
      image: 'frontend',
      zone: 'frontend',
      command: ['serve', '--single', '--no-port-switching', '--listen', 'tcp://0.0.0.0:3000', 'dist'],
      ports: { http: 3000 },
      health: { path: '/' },
      resources: { requests: { cpu: '125m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      arrows: { api: { env: { API_URL: '{url}' } } },
      settings: { NODE_ENV: 'production', NO_UPDATE_CHECK: '1' },
      development: {
        image: 'frontend-dev',
        command: ['node_modules/.bin/vite', '--host', '0.0.0.0', '--port', '3000', '--strictPort'],
        settings: { NODE_ENV: 'development', __VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS: 'frontend' },
        scratch: { '/app/node_modules/.vite': '256Mi', '/app/node_modules/.vite-temp': '16Mi' },
      },
    },

    api: {
      kind: 'web',
      description: 'FastAPI: authentication, users, jobs; tells the browser by WebSocket or SSE when a job is done',
      image: 'api',
      zone: 'application',
      command: [
        ...['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000', '--proxy-headers'],
        ...['--forwarded-allow-ips', '*', '--timeout-graceful-shutdown', '20'],
      ],
      ports: { http: 8000 },
      health: { path: '/health' },
      // Not in the document: prometheus-fastapi-instrumentator. The gateway routes only /api/ here.
      metrics: { port: 'http' },
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      arrows: {
        postgres: { env: { DATABASE_URL: '{url}' }, pool: 5 },
        redis: { env: { REDIS_URL: '{url}' }, clusterAware: true },
        rabbitmq: { env: { RABBITMQ_URL: '{url}' } },
      },
      settings: {
        ACCESS_TOKEN_EXPIRE_MINUTES: '30',
        REFRESH_TOKEN_EXPIRE_DAYS: '7',
        DATABASE_POOL_SIZE: '5',
        JOBS_QUEUE: 'jobs',
        DEBUG: 'false',
      },
      secrets: { JWT_SECRET_KEY: 'jwt-key' },
      migrations: {
        // Alembic fails on a revision that it does not know: a newer schema is left as it is.
        run: ['sh', '-c', 'python -c "$0" || exec alembic upgrade head', schemaReady],
        ready: ['python', '-c', schemaReady],
        // The worker waits with it for the same tables: the database is all that it asks.
        reads: [],
      },
      scaling: { low: 1, medium: 3, high: 6 },
      development: {
        image: 'api-dev',
        command: ['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000', '--reload'],
        settings: { DEBUG: 'true' },
      },
    },

    worker: {
      kind: 'worker',
      description: 'Node.js consumer of the job queue: exports to object storage, then acknowledges the message',
      image: 'worker',
      zone: 'application',
      command: ['node', 'dist/main.js'],
      // A timer of the event loop touches the file every 15 s, broker or not: liveness must not ask the broker.
      health: { command: ['sh', '-c', 'test -n "$(find /tmp/heartbeat -mmin -2)"'] },
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      arrows: {
        rabbitmq: { env: { RABBITMQ_URL: '{url}' } },
        postgres: { env: { DATABASE_URL: '{url}' }, pool: 2 },
        'object-storage': {},
      },
      settings: { JOBS_QUEUE: 'jobs', DATABASE_POOL_SIZE: '2', S3_BUCKET: 'exports' },
      secrets: { S3_ACCESS_KEY_ID: 'exports-key-id', S3_SECRET_ACCESS_KEY: 'exports-key' },
      scaling: { queue: { store: 'rabbitmq', name: 'jobs', depth: 20 } },
      // Time to finish the job at hand; an unacknowledged message goes to another worker.
      graceSeconds: 120,
      development: { image: 'worker-dev', command: ['node', '--watch', 'src/main.js'] },
    },
  },

  stores: {
    postgres: {
      kind: 'postgres',
      description: 'PostgreSQL; scales up, and by read replicas',
      image: 'postgres',
      zone: 'data',
      database: 'app',
      owner: 'api',
      size: '20Gi',
      encrypted: true,
      resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '2Gi' } },
      highResources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '4', memory: '4Gi' } },
      replicas: { low: 1, medium: 1, high: 3 },
      backup: { schedule: '@daily' },
    },
    redis: {
      kind: 'redis',
      description: 'Redis: cache and refresh tokens, which must not be evicted',
      image: 'redis',
      zone: 'data',
      use: 'mixed',
      size: '2Gi',
      encrypted: true,
      resources: { requests: { cpu: '125m', memory: '512Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      cluster: true,
      // Drawn as a cluster, which a managed Redis is; here one primary with two replicas.
      replicas: { low: 1, medium: 1, high: 3 },
      backup: { schedule: '@hourly' },
    },
    rabbitmq: {
      kind: 'rabbitmq',
      description: 'RabbitMQ: jobs, persisted to disk',
      image: 'rabbitmq',
      zone: 'data',
      size: '5Gi',
      encrypted: true,
      resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      replicas: { low: 1, medium: 1, high: 3 },
      queues: { jobs: {} },
    },
  },

  tools: {
    pgadmin: { kind: 'pgadmin', description: 'Web page over PostgreSQL', image: 'pgadmin', arrows: ['postgres'] },
    'redis-commander': {
      kind: 'redis-commander',
      description: 'Web page over Redis',
      image: 'redis-commander',
      arrows: ['redis'],
    },
    ollama: { kind: 'ollama', description: 'Language models, kept on a claim', image: 'ollama', size: '20Gi' },
  },

  routes: [
    { path: '/', to: 'frontend', in: 'production' },
    // Vite reloads the page by a WebSocket at the base path.
    { path: '/', to: 'frontend', websocket: true, in: 'development' },
    // A finished job reaches the browser here, by WebSocket or server-sent event.
    { path: '/api/', to: 'api', websocket: true, streaming: true },
    // Log-ins are what is guessed at.
    { path: '/api/v1/auth/', to: 'api', rate: { perSecond: 2, burst: 10 } },
  ],

  outside: {
    'object-storage': {
      description: 'S3, for exported files',
      host: 's3.amazonaws.com',
      cidrs: 'public',
      env: { S3_ENDPOINT: 'https://{host}:{port}' },
    },
  },

  secrets: {
    'jwt-key': { class: 'generated', description: 'Signs access and refresh tokens' },
    'exports-key-id': { class: 'given', description: 'S3 access key id for exports', optional: true },
    'exports-key': { class: 'given', description: 'S3 secret access key for exports', optional: true },
  },

  flows: {
    'User request': ['user', 'gateway', 'frontend', 'api', 'redis', 'api', 'postgres', 'api', 'redis'],
    'Background job': ['user', 'gateway', 'api', 'rabbitmq', 'worker', 'postgres', 'worker', 'object-storage'],
    'Background job: result': ['worker', 'postgres', 'worker', 'rabbitmq', 'api', 'frontend'],
    Authentication: ['user', 'gateway', 'api', 'postgres', 'api', 'redis', 'api'],
  },

  links: [
    'docs/deploy.md',
    'docs/add-a-service.md',
    'docs/environments.md',
    'docs/secrets.md',
    'docs/troubleshooting.md',
  ],

  backups: { keep: { daily: 7, weekly: 4, monthly: 12 } },
} satisfies System;
