import type { System } from '../lib';

/** What the three portals share. */
const portal = {
  kind: 'web',
  command: ['node', 'server.js'],
  // Not in the document: one thread that renders, with bursts up to a CPU.
  resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
  arrows: { 'backend-django': { env: { DJANGO_URL: '{url}' } }, 'backend-fastapi': { env: { FASTAPI_URL: '{url}' } } },
  scratch: { '/app/.next/cache': '256Mi' },
} satisfies Partial<System['services'][string]>;

const nextjs = { NODE_ENV: 'production', HOSTNAME: '0.0.0.0', NEXT_TELEMETRY_DISABLED: '1' };

export default {
  title: 'Learning management system',
  description: 'Nginx gateway, three Next.js portals, Django and FastAPI backends, PostgreSQL; three scaling tiers',

  images: {
    nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine',
    'frontend-admin': { own: 'lms/frontend-admin:1.0.0' },
    'frontend-teacher': { own: 'lms/frontend-teacher:1.0.0' },
    'frontend-student': { own: 'lms/frontend-student:1.0.0' },
    'backend-django': { own: 'lms/backend-django:1.0.0' },
    'backend-fastapi': { own: 'lms/backend-fastapi:1.0.0' },
    // The document names no versions: the newest ones of which the details were checked.
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
    rabbitmq: 'rabbitmq:4.3.5-management',
  },

  services: {
    nginx: {
      kind: 'web',
      description: 'API gateway and load balancer; request validation, rate limits, header and CORS policy',
      image: 'nginx',
      ports: { http: 80 },
      health: { path: '/health', startSeconds: 10 },
      // Not in the document: the figures of the proxy of django-react.
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      arrows: {
        ...{ 'frontend-admin': {}, 'frontend-teacher': {}, 'frontend-student': {} },
        ...{ 'backend-django': {}, 'backend-fastapi': {} },
      },
      proxy: {
        tls: true,
        // Next.js starts its pages from inline scripts.
        contentSecurityPolicy:
          "default-src 'self'; script-src 'self' 'unsafe-inline' {static}; style-src 'self' 'unsafe-inline' {static}; img-src 'self' data: {static}; font-src 'self' {static}; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        bodySize: '10Mi',
        // Figures are not in the document: a class behind one address opens a page together.
        connectionsPerAddress: 200,
        rate: { perSecond: 100, burst: 300 },
        cors: {
          origins: ['{origin}'],
          methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
          headers: ['authorization', 'content-type'],
        },
      },
      scaling: { low: 1, medium: 2, high: 3 },
    },

    // A portal's health is asked of the portal alone: it stays up while a backend or the database is down.
    'frontend-admin': {
      ...portal,
      description: 'Admin portal: groups, schedules, courses, teachers, configuration',
      image: 'frontend-admin',
      ports: { http: 3000 },
      health: { path: '/api/health' },
      settings: { ...nextjs, PORT: '3000' },
      scaling: { low: 1, medium: 2, high: 3 },
    },
    'frontend-teacher': {
      ...portal,
      description: 'Teacher portal: attendance, grades, course content',
      image: 'frontend-teacher',
      ports: { http: 3001 },
      health: { path: '/teacher/api/health' },
      settings: { ...nextjs, PORT: '3001' },
      scaling: { low: 1, medium: 2, high: 5 },
    },
    'frontend-student': {
      ...portal,
      description: 'Student portal, most users: attendance, grades, enrolment, profile',
      image: 'frontend-student',
      ports: { http: 3002 },
      health: { path: '/student/api/health' },
      settings: { ...nextjs, PORT: '3002' },
      scaling: { low: 1, medium: 3, high: 10 },
    },

    // With the database down the backends answer with errors: no check of theirs asks it.
    'backend-django': {
      kind: 'web',
      description: 'Django: ORM, authentication (JWT, roles), admin',
      image: 'backend-django',
      command: [
        ...['gunicorn', 'config.wsgi:application', '--bind', '0.0.0.0:8001', '--workers', '2', '--threads', '2'],
        ...['--worker-tmp-dir', '/tmp', '--graceful-timeout', '20', '--access-logfile', '-'],
      ],
      ports: { http: 8001 },
      health: { path: '/healthz' },
      metrics: { port: 'http', exports: 'django' },
      // Not in the document: two processes that share a CPU, half of the memory of each for a burst.
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      arrows: {
        'backend-fastapi': { env: { FASTAPI_URL: '{url}' } },
        db: { env: { DATABASE_URL: '{url}' }, pool: 2 },
        redis: { env: { REDIS_URL: '{url}/0' } },
        rabbitmq: { env: { RABBITMQ_URL: '{url}' } },
      },
      processes: 2,
      settings: {
        DJANGO_DEBUG: 'false',
        DJANGO_ALLOWED_HOSTS: '{hosts},backend-django',
        DJANGO_CSRF_TRUSTED_ORIGINS: '{origins}',
        DJANGO_STATIC_URL: '{static}/static/',
        PROMETHEUS_MULTIPROC_DIR: '/app/metrics',
      },
      secrets: { DJANGO_SECRET_KEY: 'django-key', JWT_SIGNING_KEY: 'jwt-key' },
      mounts: { 'backend-media': '/app/media' },
      scratch: { '/app/staticfiles': '256Mi', '/app/metrics': '16Mi' },
      prepare: [['python', 'manage.py', 'collectstatic', '--noinput']],
      migrations: {
        run: ['python', 'manage.py', 'migrate', '--noinput'],
        ready: ['python', 'manage.py', 'migrate', '--check'],
        reads: ['DJANGO_SECRET_KEY', 'JWT_SIGNING_KEY', 'FASTAPI_URL', 'REDIS_URL', 'RABBITMQ_URL'],
      },
      scaling: { low: 1, medium: 2, high: 4 },
      development: { settings: { DJANGO_DEBUG: 'true' } },
    },
    'backend-fastapi': {
      kind: 'web',
      description: 'FastAPI: files, WebSocket, tasks',
      image: 'backend-fastapi',
      command: [
        ...['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000', '--proxy-headers'],
        ...['--forwarded-allow-ips', '*', '--timeout-graceful-shutdown', '20'],
      ],
      ports: { http: 8000 },
      health: { path: '/healthz' },
      metrics: { port: 'http' },
      // Not in the document: one process, half of the memory of Django's two; files pass through to the volume.
      resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      arrows: {
        'backend-django': { env: { DJANGO_URL: '{url}' } },
        db: { env: { DATABASE_URL: '{url}' }, pool: 4 },
        redis: { env: { REDIS_URL: '{url}/1' } },
        rabbitmq: { env: { RABBITMQ_URL: '{url}' } },
      },
      settings: { DATABASE_POOL_SIZE: '4' },
      secrets: { JWT_SIGNING_KEY: 'jwt-key' },
      mounts: { 'backend-uploads': '/app/uploads' },
      scaling: { low: 1, medium: 2, high: 4 },
    },
  },

  // Resources are not in the document. What holds data has its memory in full; queue and cache as in microservices.
  stores: {
    db: {
      kind: 'postgres',
      description: 'PostgreSQL',
      image: 'postgres',
      database: 'lms',
      owner: 'backend-django',
      size: '50Gi',
      encrypted: true,
      tls: 'verify-full',
      maxConnections: 100,
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } },
      highResources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '4', memory: '4Gi' } },
      replicas: { low: 1, medium: 2, high: 3 }, // the primary counts
      backup: { schedule: '@daily' },
    },
    redis: {
      kind: 'redis',
      description: 'Redis: caching',
      image: 'redis',
      tiers: ['high'],
      use: 'cache',
      size: '2Gi',
      encrypted: true,
      resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
    },
    rabbitmq: {
      kind: 'rabbitmq',
      description: 'RabbitMQ: message queue',
      image: 'rabbitmq',
      tiers: ['high'],
      size: '5Gi',
      encrypted: true,
      resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      queues: { tasks: {} },
    },
  },

  volumes: {
    'backend-media': { description: 'Pictures, documents', size: '20Gi', encrypted: true, backup: {} },
    'backend-uploads': { description: 'Course materials, assignments', size: '50Gi', encrypted: true, backup: {} },
  },

  routes: [
    { path: '/', to: 'frontend-admin' },
    { path: '/admin/', to: 'frontend-admin' },
    { path: '/teacher/', to: 'frontend-teacher' },
    { path: '/student/', to: 'frontend-student' },
    { path: '/api/', to: 'backend-django' },
    { path: '/api/files/', to: 'backend-fastapi', bodySize: '100Mi', timeoutSeconds: 300 },
    { path: '/api/tasks/', to: 'backend-fastapi' },
    { path: '/api/ws/', to: 'backend-fastapi', websocket: true },
    { path: '/static/', to: 'backend-django' },
  ],

  cdn: { tiers: ['high'], paths: ['/static/'] },

  secrets: {
    'django-key': { class: 'generated', description: "Django's SECRET_KEY" },
    'jwt-key': { class: 'generated', description: 'Django signs tokens with it, FastAPI checks them' },
  },

  flows: {
    'User authentication': ['user', 'nginx', 'backend-django', 'db'],
    'Authenticated request': ['user', 'nginx', 'backend-fastapi', 'db'],
    'Data operation': ['user', 'nginx', 'backend-django', 'db', 'backend-django', 'nginx'],
  },

  scenarios: { 'Low traffic (development)': 'development', 'Medium traffic (production)': 'production' },

  backups: {
    keep: { daily: 7, weekly: 4, monthly: 12 },
    encrypted: true,
    weekly: true,
    archive: { schedule: '@monthly', disasterRecoveryTest: true },
  },

  dashboard: [
    { row: 'System Overview', panels: ['CPU', 'Memory', 'Disk', 'Network'] },
    {
      row: 'Service Status',
      panels: [
        ...['db', 'backend-django', 'backend-fastapi'],
        ...['frontend-admin', 'frontend-teacher', 'frontend-student', 'nginx'],
      ],
    },
    { row: 'Request Metrics', panels: ['Requests/sec', 'Avg Response', 'Error Rate', 'Active Users'] },
    { row: 'Database Metrics', panels: ['Connections', 'Query Time', 'Cache Hit', 'Size'] },
  ],
} satisfies System;
