/** One small golden for each store, the proxy, a web service and bootstrap: what a reader of the manifests looks at first. */
import { stringify } from 'yaml';
import type { Container, Probe, Volume } from '../invariants/manifest';
import type { Workload } from '../invariants/objects';
import { synthesized } from './combinations';

/** A script stands in its own test; here its place shows. */
function short(word: string): string {
  return word.includes('\n') ? '<script>' : word;
}

function asked(probe: Probe | undefined): string | undefined {
  if (probe === undefined) return undefined;
  const { httpGet, tcpSocket, exec, periodSeconds, failureThreshold } = probe;
  const question = httpGet?.path ?? tcpSocket?.port ?? exec?.command?.map(short).join(' ');
  return `${question} (every ${periodSeconds} s, ${failureThreshold} times)`;
}

function amounts({ resources }: Container): string {
  const of = (part: 'requests' | 'limits'): string => Object.values(resources?.[part] ?? {}).join(' ');
  return `${of('requests')} up to ${of('limits')}`;
}

function source({ name, emptyDir, configMap, secret, persistentVolumeClaim, projected }: Volume): string {
  if (emptyDir !== undefined) return `${name}: empty, ${emptyDir.sizeLimit}`;
  const given = configMap?.name ?? secret?.secretName ?? persistentVolumeClaim?.claimName;
  return `${name}: ${given ?? projected?.sources.map((one) => one.configMap?.name ?? one.secret?.name ?? 'token')}`;
}

function container(one: Container): object {
  const { name, image, command, args, ports, env, volumeMounts } = one;
  return {
    name,
    image,
    command: command?.map(short).join(' '),
    args: args?.map(short).join(' '),
    ports: ports?.map(({ name: port, containerPort }) => `${port} ${containerPort}`).join(),
    variables: env?.map((variable) => variable.name).join(' '),
    amounts: amounts(one),
    start: asked(one.startupProbe),
    ready: asked(one.readinessProbe),
    alive: asked(one.livenessProbe),
    mounts: volumeMounts?.map(
      ({ name: volume, mountPath, readOnly }) => `${volume} ${mountPath}${readOnly ? ' ro' : ''}`,
    ),
  };
}

/** The telling parts of a workload, as YAML. */
function golden(system: string, kind: string, name: string): string {
  const { objects } = synthesized({ system, environment: 'production', tier: 'medium' });
  const found = objects.workloadsOf(kind).find((workload: Workload) => workload.name === name);
  if (found === undefined) throw new Error(`${system} has no ${kind} ${name}`);
  const { manifest, pod } = found;
  const [main, ...others] = pod.containers;
  return stringify(
    {
      replicas: manifest.spec?.replicas,
      user: pod.securityContext?.runAsUser,
      before: pod.initContainers?.map((one) => one.name),
      main: main && container(main),
      beside: others.map((one) => one.name),
      volumes: pod.volumes?.map(source),
    },
    { lineWidth: 0 },
  );
}

test('PostgreSQL', () => {
  expect(golden('django-react', 'StatefulSet', 'db')).toMatchInlineSnapshot(`
"replicas: 1
user: 10001
main:
  name: postgres
  image: postgres:15.19-bookworm
  command: /bin/sh /etc/postgresql/start.sh postgres -c config_file=/etc/postgresql/postgresql.conf -c hba_file=/etc/postgresql/pg_hba.conf
  ports: postgres 5432
  variables: PGDATA VOLUME MAJOR_VERSION CREDENTIALS POSTGRES_PASSWORD_FILE POSTGRES_INITDB_ARGS
  amounts: 500m 256Mi 256Mi up to 1 256Mi 512Mi
  start: pg_isready --host=127.0.0.1 --username=postgres --dbname=backend_db (every 5 s, 360 times)
  ready: pg_isready --host=127.0.0.1 --username=postgres --dbname=backend_db (every 10 s, 3 times)
  alive: postgres (every 10 s, 3 times)
  mounts:
    - data /var/lib/postgresql/data
    - configuration /etc/postgresql ro
    - credentials /run/secrets/postgres ro
    - shared-memory /dev/shm
    - postgres-var-run-postgresql /var/run/postgresql
    - postgres-tmp /tmp
beside:
  - exporter
volumes:
  - "configuration: db-config"
  - "credentials: db-superuser"
  - "shared-memory: empty, 64Mi"
  - "postgres-var-run-postgresql: empty, 16Mi"
  - "postgres-tmp: empty, 64Mi"
  - "exporter-password: db-monitoring"
"
`);
});

test('Redis', () => {
  expect(golden('django-react', 'StatefulSet', 'redis')).toMatchInlineSnapshot(`
"replicas: 1
user: 10001
main:
  name: redis
  image: redis:7.4.11-alpine
  command: /bin/sh /etc/redis/start.sh
  ports: redis 6379
  variables: CONFIGURATION RENDERED PASSWORD_FILE
  amounts: 250m 256Mi 128Mi up to 500m 256Mi 256Mi
  start: /bin/sh -c REDISCLI_AUTH=$(cat "$PASSWORD_FILE") redis-cli ping | grep -q PONG (every 5 s, 120 times)
  ready: /bin/sh -c REDISCLI_AUTH=$(cat "$PASSWORD_FILE") redis-cli ping | grep -q PONG (every 10 s, 3 times)
  alive: redis (every 10 s, 3 times)
  mounts:
    - data /data
    - configuration /etc/redis ro
    - password /run/secrets/redis ro
    - redis-run-redis /run/redis
beside:
  - exporter
volumes:
  - "configuration: redis-config"
  - "password: redis"
  - "redis-run-redis: empty, 1Mi"
"
`);
});

test('RabbitMQ', () => {
  expect(golden('microservices', 'StatefulSet', 'rabbitmq')).toMatchInlineSnapshot(`
"replicas: 1
user: 10001
main:
  name: rabbitmq
  image: rabbitmq:4.3.5-management
  command: /bin/sh /etc/rabbitmq/start.sh
  ports: rabbitmq 5672,metrics 15692
  variables: HOME CONFIGURATION ACCOUNTS PASSWORDS COOKIE_FILE RABBITMQ_CONFIG_FILES RABBITMQ_LOG_BASE ERL_CRASH_DUMP_SECONDS
  amounts: 250m 256Mi 1Gi up to 1 256Mi 1Gi
  start: rabbitmq (every 10 s, 60 times)
  ready: rabbitmq (every 10 s, 3 times)
  mounts:
    - home /var/lib/rabbitmq
    - data /var/lib/rabbitmq/mnesia
    - configuration /etc/rabbitmq ro
    - credentials /run/secrets/rabbitmq ro
    - rabbitmq-tmp /tmp
beside: []
volumes:
  - "home: empty, 64Mi"
  - "configuration: rabbitmq-config"
  - "credentials: rabbitmq-api,rabbitmq-worker,rabbitmq-cookie"
  - "rabbitmq-tmp: empty, 16Mi"
"
`);
});

test('The proxy', () => {
  expect(golden('django-react', 'Deployment', 'proxy')).toMatchInlineSnapshot(`
"user: 10001
before:
  - wait-for-frontend
  - wait-for-backend
main:
  name: proxy
  image: nginxinc/nginx-unprivileged:1.30.4-alpine
  command: /bin/sh /etc/keelson/start.sh
  ports: http 8080
  amounts: 250m 564Mi 128Mi up to 500m 564Mi 256Mi
  start: /livez (every 2 s, 20 times)
  ready: /health (every 10 s, 3 times)
  alive: /livez (every 10 s, 3 times)
  mounts:
    - config /etc/keelson ro
    - proxy-tmp /tmp
beside:
  - exporter
volumes:
  - "config: proxy-nginx"
  - "proxy-tmp: empty, 500Mi"
"
`);
});

test('The pod of a web service', () => {
  expect(golden('django-react', 'Deployment', 'backend')).toMatchInlineSnapshot(`
"user: 10001
before:
  - wait-for-db
  - wait-for-redis
  - await-schema
  - prepare-1
main:
  name: backend
  image: registry.example.com/django-react/backend:1.0.0
  command: gunicorn config.wsgi:application --bind 0.0.0.0:8000 --workers 3 --threads 2 --worker-tmp-dir /tmp --graceful-timeout 20 --access-logfile -
  ports: http 8000
  variables: DJANGO_SECRET_KEY DB_PASSWORD DATABASE_URL REDIS_PASSWORD REDIS_URL CELERY_BROKER_URL
  amounts: 500m 384Mi 512Mi up to 2 384Mi 1Gi
  start: http (every 2 s, 60 times)
  ready: /api/v1/health/ (every 30 s, 3 times)
  alive: http (every 30 s, 3 times)
  mounts:
    - volume-media /app/media
    - scratch-app-staticfiles /app/staticfiles
    - scratch-tmp /tmp
beside: []
volumes:
  - "volume-media: media"
  - "scratch-app-staticfiles: empty, 256Mi"
  - "scratch-tmp: empty, 64Mi"
"
`);
});

test('The bootstrap Job', () => {
  expect(golden('django-react', 'Job', 'bootstrap')).toMatchInlineSnapshot(`
"user: 10001
main:
  name: bootstrap
  image: curlimages/curl:8.17.0
  command: /bin/sh /bootstrap/bootstrap.sh django-react-production /bootstrap /var/run/secrets/kubernetes.io/serviceaccount /certificates 6 1 10
  amounts: 10m 32Mi 16Mi up to 100m 32Mi 64Mi
  mounts:
    - script /bootstrap ro
    - bootstrap-tmp /tmp
beside: []
volumes:
  - "script: bootstrap"
  - "bootstrap-tmp: empty, 1Mi"
"
`);
});
