import type { System } from '../lib';

/** The worker touches the file every 15 s from a thread of its own, broker or not: liveness must not ask the broker. */
const heartbeat = ['sh', '-c', 'test -n "$(find /tmp/heartbeat -mmin -2)"'];

export default {
  title: 'Django and React',
  description:
    'Nginx in front of a React/Vite frontend and a Django/DRF backend; PostgreSQL 15, Redis 7, optional Celery',

  images: {
    nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine',
    frontend: { own: 'django-react/frontend:1.0.0' },
    backend: { own: 'django-react/backend:1.0.0' },
    'frontend-dev': { own: 'django-react/frontend-dev:1.0.0' },
    'backend-dev': { own: 'django-react/backend-dev:1.0.0' },
    postgres: 'postgres:15.19-bookworm',
    redis: 'redis:7.4.11-alpine',
  },

  services: {
    proxy: {
      kind: 'web',
      description: 'Nginx reverse proxy, the one way in; logs to stdout',
      image: 'nginx',
      ports: { http: 80 },
      health: { path: '/health', intervalSeconds: 10, tries: 3, startSeconds: 10 },
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      arrows: { frontend: {}, backend: {} },
      proxy: { gzip: true },
      development: {
        // Vite's client is an inline script that evaluates modules and talks to its server by WebSocket.
        proxy: { contentSecurityPolicy: "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws: wss:" },
      },
    },

    frontend: {
      kind: 'web',
      description: 'React single-page application on Node 20; fetches its runtime configuration from the backend',
      image: 'frontend',
      // The image holds the Vite build and `serve`: `vite preview` is not meant for production.
      command: ['serve', '--single', '--no-port-switching', '--listen', 'tcp://0.0.0.0:5173', 'dist'],
      ports: { http: 5173 },
      health: { path: '/', intervalSeconds: 30, tries: 3, startSeconds: 30 },
      resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { cpu: '2', memory: '2048Mi' } },
      arrows: { backend: { env: { BACKEND_URL: '{url}' } } },
      settings: { NODE_ENV: 'production', NO_UPDATE_CHECK: '1' },
      development: {
        image: 'frontend-dev',
        command: ['node_modules/.bin/vite', '--host', '0.0.0.0', '--port', '5173', '--strictPort'],
        // Vite answers only hosts that it knows; `frontend` is what the proxy and the probes say.
        settings: { NODE_ENV: 'development', __VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS: 'frontend' },
        scratch: { '/app/node_modules/.vite': '256Mi', '/app/node_modules/.vite-temp': '16Mi' },
      },
    },

    backend: {
      kind: 'web',
      description: 'Django REST framework on Python 3.12: REST API, admin and runtime configuration',
      image: 'backend',
      command: [
        ...['gunicorn', 'config.wsgi:application', '--bind', '0.0.0.0:8000', '--workers', '3', '--threads', '2'],
        ...['--worker-tmp-dir', '/tmp', '--graceful-timeout', '20', '--access-logfile', '-'],
      ],
      ports: { http: 8000 },
      health: { path: '/api/v1/health/', intervalSeconds: 30, tries: 3, startSeconds: 30 },
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '2', memory: '1024Mi' } },
      arrows: {
        db: { env: { DATABASE_URL: '{url}' }, pool: 2 },
        redis: { env: { REDIS_URL: '{url}/0', CELERY_BROKER_URL: '{url}/1' } },
      },
      processes: 3,
      settings: {
        DJANGO_DEBUG: 'false',
        DJANGO_ALLOWED_HOSTS: '{hosts},backend',
        DJANGO_CSRF_TRUSTED_ORIGINS: '{origins}',
      },
      secrets: { DJANGO_SECRET_KEY: 'django-key' },
      mounts: { media: '/app/media' },
      scratch: { '/app/staticfiles': '256Mi' },
      prepare: [['python', 'manage.py', 'collectstatic', '--noinput']],
      migrations: {
        run: ['python', 'manage.py', 'migrate', '--noinput'],
        ready: ['python', 'manage.py', 'migrate', '--check'],
      },
      development: {
        image: 'backend-dev',
        command: ['python', 'manage.py', 'runserver', '0.0.0.0:8000'],
        settings: { DJANGO_DEBUG: 'true' },
      },
    },

    celery: {
      kind: 'worker',
      description: 'Celery worker',
      image: 'backend',
      profile: 'with-celery',
      command: ['celery', '--app', 'config', 'worker', '--concurrency', '2', '--without-gossip', '--without-mingle'],
      health: { command: heartbeat, intervalSeconds: 30, tries: 3, startSeconds: 30 },
      resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      arrows: {
        db: { env: { DATABASE_URL: '{url}' }, pool: 1 },
        redis: { env: { REDIS_URL: '{url}/0', CELERY_BROKER_URL: '{url}/1' } },
      },
      processes: 2,
      // Celery's own name for its queue, in the database of the broker's URL. Not in the document: how many may wait.
      scaling: { queue: { store: 'redis', name: 'celery', database: 1, depth: 20 } },
      settings: { DJANGO_DEBUG: 'false' },
      secrets: { DJANGO_SECRET_KEY: 'django-key' },
      graceSeconds: 120,
      development: { image: 'backend-dev', settings: { DJANGO_DEBUG: 'true' } },
    },

    'celery-beat': {
      kind: 'singleton',
      description: 'Celery beat: hands out the periodic tasks, exactly once',
      image: 'backend',
      profile: 'with-celery',
      command: [
        ...['celery', '--app', 'config', 'beat', '--schedule', '/tmp/celerybeat-schedule', '--pidfile='],
        ...['--max-interval', '60'],
      ],
      // Beat writes its schedule every three minutes, whether anything is due or not.
      health: {
        command: ['sh', '-c', 'test -n "$(find /tmp -name \'celerybeat-schedule*\' -mmin -8)"'],
        intervalSeconds: 30,
        tries: 3,
        startSeconds: 30,
      },
      // Not in the document: one Python process that mostly sleeps.
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '250m', memory: '256Mi' } },
      arrows: {
        db: { env: { DATABASE_URL: '{url}' }, pool: 1 },
        redis: { env: { REDIS_URL: '{url}/0', CELERY_BROKER_URL: '{url}/1' } },
      },
      settings: { DJANGO_DEBUG: 'false' },
      secrets: { DJANGO_SECRET_KEY: 'django-key' },
      development: { image: 'backend-dev', settings: { DJANGO_DEBUG: 'true' } },
    },
  },

  stores: {
    db: {
      kind: 'postgres',
      description: 'PostgreSQL 15',
      image: 'postgres',
      database: 'backend_db',
      owner: 'backend',
      size: '20Gi',
      health: { intervalSeconds: 10, tries: 3, startSeconds: 5 },
      resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      // Four times the backends of low ask it at high.
      highResources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '2Gi' } },
      backup: { schedule: '@daily' },
    },
    redis: {
      kind: 'redis',
      description: 'Redis 7: cache and Celery queue',
      image: 'redis',
      use: 'mixed',
      size: '2Gi',
      health: { intervalSeconds: 10, tries: 3, startSeconds: 5 },
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      backup: { schedule: '@daily' },
    },
  },

  volumes: {
    media: { description: 'Uploaded files', size: '10Gi', backup: { schedule: '@daily' } },
  },

  routes: [
    { path: '/', to: 'frontend', in: 'production' },
    // Vite's client opens its WebSocket at the base path unless the project's configuration says `/ws`.
    { path: '/', to: 'frontend', websocket: true, in: 'development' },
    { path: '/api/', to: 'backend' },
    { path: '/admin/', to: 'backend' },
    { path: '/static/', to: 'backend' },
    { path: '/media/', to: 'backend' },
    { path: '/ws', to: 'frontend', websocket: true, in: 'development' },
    { path: '/@vite/', to: 'frontend', in: 'development' },
  ],

  secrets: {
    'django-key': { class: 'generated', description: "Django's SECRET_KEY: signs sessions and tokens" },
  },

  profiles: {
    'with-celery': { description: 'Celery worker and beat', development: 'off', production: 'on' },
  },

  flows: {
    'API request': ['user', 'proxy', 'backend', 'db', 'backend', 'proxy'],
    'Frontend access': ['user', 'proxy', 'frontend', 'proxy'],
    'Runtime configuration': ['user', 'proxy', 'backend'],
  },

  backups: { keep: { daily: 7, weekly: 4, monthly: 12 } },

  documented: {
    services: ['proxy', 'frontend', 'backend', 'db', 'redis', 'celery'],
    limits: { cpu: '7', memory: '4608Mi' },
    requests: { cpu: '2.75', memory: '1792Mi' },
  },
} satisfies System;
