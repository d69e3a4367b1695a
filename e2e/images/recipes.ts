/**
 * The images of the end-to-end test. What each owes to the published one is in `contracts.ts`; where it is another version,
 * the page says so.
 */
import { goPath, NODE_ADDONS } from '../tools';
import { monitoringRecipes } from './monitoring';
import type { Recipe } from './recipe';

/** What each of Debian's own images has, because its base files need it. */
const debian = ['bash', 'coreutils', 'dash', 'findutils', 'grep', 'libc-bin', 'mawk', 'sed'];

const debianLinks = 'ln -sf dash /usr/bin/sh; ln -sf mawk /usr/bin/awk';

/** The official image of a major version, Debian variant: any user id, SIGINT to stop quickly. */
function postgres(): Recipe {
  return {
    name: 'postgres-15',
    version: { command: '/usr/lib/postgresql/15/bin/postgres --version' },
    packages: [...debian, 'gzip', 'hostname', 'libnss-wrapper', 'locales', 'openssl', 'postgresql-15'],
    files: { '/usr/local/bin/docker-entrypoint.sh': 'images/files/postgres-entrypoint.sh' },
    commands: [
      debianLinks,
      'mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql/data; chmod 1777 /var/lib/postgresql/data',
      'localedef -i en_US -c -f UTF-8 en_US.UTF-8',
      // Debian's wrappers need Perl; the programs themselves are on the PATH.
      'rm -rf /usr/share/postgresql-common; find /usr/bin -xtype l -delete',
      // Without LLVM's library a costly query would fail at it; without the provider PostgreSQL goes on.
      'rm -rf /usr/lib/postgresql/15/lib/llvmjit* /usr/lib/postgresql/15/lib/bitcode',
    ],
    config: {
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin',
        LANG: 'en_US.utf8',
        PG_MAJOR: '15',
        PGDATA: '/var/lib/postgresql/data',
      },
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['postgres'],
      stopSignal: 'SIGINT',
    },
  };
}

const redis: Recipe = {
  name: 'redis',
  version: { command: 'redis-server --version' },
  packages: ['busybox', 'redis-server'],
  applets: true,
  files: { '/usr/local/bin/docker-entrypoint.sh': 'images/files/redis-entrypoint.sh' },
  commands: ['mkdir -p /data; chmod 1777 /data'],
  config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], workingDir: '/data' },
};

/** `resolve` in an upstream needs nginx 1.27.3: Debian testing's. */
const nginx: Recipe = {
  name: 'nginx',
  version: { command: 'nginx -v 2>&1' },
  suite: 'forky',
  packages: ['busybox', 'nginx', 'libnginx-mod-http-brotli-static'],
  applets: true,
  commands: ['mkdir -p /usr/share/nginx/html'],
  config: { cmd: ['nginx', '-g', 'daemon off;'], user: '101', stopSignal: 'SIGQUIT' },
};

const curl: Recipe = {
  name: 'curl',
  version: { command: 'curl --version' },
  packages: ['busybox', 'ca-certificates', 'curl'],
  applets: true,
  config: { user: '100', cmd: ['curl'] },
};

/** Kombu before 5.3 loses a job whenever a worker ends (docs/reliability.md), and Debian stable has 5.2: testing's. */
const djangoBackend: Recipe = {
  name: 'django-backend',
  suite: 'forky',
  packages: [...debian, 'celery', 'gunicorn', 'python3', 'python3-django', 'python3-psycopg2', 'python3-redis'],
  files: { '/app': 'apps/django' },
  commands: [
    debianLinks,
    'ln -sf python3 /usr/bin/python',
    // The root is read-only in a pod: what is not compiled here is compiled again at each start.
    // An image keeps no times of files, so the compiled ones must not be held against them.
    'python3 -m compileall -q -f --invalidation-mode unchecked-hash /usr/lib/python3* /app',
    'mkdir -p /app/media /app/staticfiles',
  ],
  config: {
    env: { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: '/app', LANG: 'C.UTF-8' },
    workingDir: '/app',
  },
};

const reactFrontend: Recipe = {
  name: 'react-frontend',
  packages: ['busybox', 'nodejs'],
  applets: true,
  files: { '/usr/local/lib/serve.mjs': 'apps/frontend/serve.mjs', '/app/dist': 'apps/frontend/dist' },
  commands: ['mkdir -p /usr/local/bin; ln -s ../lib/serve.mjs /usr/local/bin/serve'],
  config: { workingDir: '/app', env: { NODE_ENV: 'production' } },
};

/** Holds a pod's namespaces open, and does nothing. */
const pause: Recipe = {
  name: 'pause',
  packages: ['busybox'],
  config: { entrypoint: ['/bin/busybox', 'sleep', '2147483647'], user: '65535:65535' },
};

function addOn(name: keyof typeof NODE_ADDONS): Recipe {
  const programs = { [`/${name}`]: goPath(NODE_ADDONS[name]) };
  return { name, packages: [], programs, config: { entrypoint: [`/${name}`], user: '65534:65534' } };
}

/** By repository, without registry and tag: every tag of a repository is the same image. */
export const recipes: Readonly<Record<string, Recipe>> = {
  pause,
  coredns: addOn('coredns'),
  'metrics-server': addOn('metrics-server'),
  'library/postgres': postgres(),
  'library/redis': redis,
  'nginxinc/nginx-unprivileged': nginx,
  'curlimages/curl': curl,
  'django-react/backend': djangoBackend,
  'django-react/frontend': reactFrontend,
  ...monitoringRecipes,
};
