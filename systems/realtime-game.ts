import type { System } from '../lib';

// The document states no resources: the figures are those of django-react, which runs the same programs.
export default {
  title: 'Real-time game',
  description: 'HTTPS Nginx with a static React build, Django/Daphne with WebSockets, PostgreSQL, Redis channel layer',

  images: {
    'front-end': { own: 'realtime-game/front-end:1.0.0' },
    'back-end': { own: 'realtime-game/back-end:1.0.0' },
    'front-end-dev': { own: 'realtime-game/front-end-dev:1.0.0' },
    'back-end-dev': { own: 'realtime-game/back-end-dev:1.0.0' },
    // The document names no versions: the ones that the other systems run.
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
    'redis-commander': 'ghcr.io/joeferner/redis-commander:0.9.1',
  },

  services: {
    'front-end': {
      kind: 'web',
      description: 'Nginx (unprivileged) with the React build: ends TLS, serves static files, proxies to the back-end',
      image: 'front-end',
      ports: { http: 80 },
      health: { path: '/health', startSeconds: 10 },
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      arrows: { 'back-end': {} },
      proxy: { root: '/usr/share/nginx/html', tls: true, gzip: true, brotli: true, frameOptions: 'DENY' },
      // No nginx in development: Vite serves the sources and the browser calls the back-end itself.
      development: {
        image: 'front-end-dev',
        proxy: null,
        command: ['node_modules/.bin/vite', '--host', '0.0.0.0', '--port', '5173', '--strictPort'],
        ports: { http: 5173 },
        health: { path: '/', startSeconds: 30 },
        // What compiles needs more than what serves: the frontend of django-react.
        resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { cpu: '2', memory: '2048Mi' } },
        settings: {
          VITE_API_URL: 'http://localhost:8000',
          VITE_WS_URL: 'ws://localhost:8000',
          __VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS: 'front-end',
        },
        scratch: { '/app/node_modules/.vite': '256Mi', '/app/node_modules/.vite-temp': '16Mi' },
      },
    },

    'back-end': {
      kind: 'web',
      description: 'Django ASGI on Daphne, Python 3.12: REST API, WebSockets, JWT, rate limits',
      image: 'back-end',
      command: [
        ...['daphne', '--bind', '0.0.0.0', '--port', '8000', '--proxy-headers', '--ping-interval', '20'],
        // nginx logs every request without its query; Daphne would log it with the token of a game's address.
        ...['--ping-timeout', '30', '--access-log', '/dev/null', 'backend.asgi:application'],
      ],
      ports: { http: 8000 },
      // The document gives no URL; the path is not routed, so only the kubelet asks it.
      health: { path: '/health/', startSeconds: 30 },
      // Served before Django's host check: Prometheus asks by address.
      metrics: { port: 'http', path: '/metrics', exports: 'django' },
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '2', memory: '1024Mi' } },
      arrows: {
        // Django opens a connection per request under ASGI: ten at once is what one process gets through.
        postgres: { env: { DATABASE_URL: '{url}' }, pool: 10 },
        redis: { env: { REDIS_URL: '{url}/0' } },
        rpc: {},
      },
      settings: {
        DJANGO_DEBUG: 'false',
        DJANGO_ALLOWED_HOSTS: '{hosts},back-end',
        DJANGO_CSRF_TRUSTED_ORIGINS: '{origins}',
        DATABASE_CONN_MAX_AGE: '0',
        RATE_LIMIT_ANONYMOUS: '60/minute',
        RATE_LIMIT_USER: '600/minute',
      },
      secrets: { DJANGO_SECRET_KEY: 'django-key', JWT_SIGNING_KEY: 'jwt-key' },
      scratch: { '/app/staticfiles': '256Mi' },
      prepare: [['python', 'manage.py', 'collectstatic', '--noinput']],
      migrations: {
        run: ['python', 'manage.py', 'migrate', '--noinput'],
        ready: ['python', 'manage.py', 'migrate', '--check'],
      },
      // Open games end within the minute that a pod has left.
      graceSeconds: 60,
      development: {
        image: 'back-end-dev',
        // With Daphne among the installed apps, runserver is Daphne and reloads on a change.
        command: ['python', 'manage.py', 'runserver', '0.0.0.0:8000'],
        settings: {
          DJANGO_DEBUG: 'true',
          DJANGO_ALLOWED_HOSTS: '{hosts},back-end,localhost',
          CORS_ALLOWED_ORIGINS: 'http://localhost:5173,{origin}',
        },
      },
    },
  },

  stores: {
    postgres: {
      kind: 'postgres',
      description: 'PostgreSQL: users, games, tournaments',
      image: 'postgres',
      database: 'game',
      owner: 'back-end',
      size: '20Gi',
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      highResources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '2Gi' } },
      maxConnections: 150,
      backup: { schedule: '@daily' },
    },
    redis: {
      kind: 'redis',
      description: 'Redis: channel layer, WebSocket routing, cache',
      image: 'redis',
      use: 'mixed',
      size: '2Gi',
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      backup: { schedule: '@daily' },
    },
  },

  tools: {
    'redis-commander': {
      kind: 'redis-commander',
      description: 'Web page over Redis',
      image: 'redis-commander',
      arrows: ['redis'],
    },
  },

  routes: [
    { path: '/', to: 'front-end' },
    { path: '/assets/', to: 'front-end', immutable: true, in: 'production' },
    { path: '/api/', to: 'back-end' },
    // wss://<host>/ws/game/<room>/?token=<JWT>: open for as long as a game lasts.
    { path: '/ws/', to: 'back-end', websocket: true },
  ],

  outside: {
    rpc: {
      description: 'Blockchain RPC endpoint (web3)',
      cidrs: 'public',
      port: 443,
      optional: true,
      env: { WEB3_PROVIDER_URL: 'https://{host}:{port}' },
    },
  },

  secrets: {
    'django-key': { class: 'generated', description: "Django's SECRET_KEY" },
    'jwt-key': { class: 'generated', description: 'Signs the JWTs of the API and of the WebSockets' },
  },

  edge: 'load-balancer',

  flows: {
    'HTTP request': ['user', 'front-end', 'back-end', 'postgres', 'back-end', 'redis', 'back-end', 'front-end'],
    'WebSocket connection': ['user', 'front-end', 'back-end', 'redis', 'back-end', 'front-end'],
  },

  scenarios: { 'Development environment': 'development', 'Production environment': 'production' },

  backups: { keep: { daily: 7, weekly: 4, monthly: 12 } },
} satisfies System;
