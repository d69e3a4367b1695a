/**
 * What published images promise that a stand-in has to keep, each by its own Dockerfile, entrypoint and documentation; and
 * what is knowingly different. The test of the same name holds the recipes and the manifests to it: where the two differ,
 * no manifest relies on it.
 */
import type { ImageConfig } from './recipe';

export interface Contract {
  readonly documentation: string;
  /** As published. What is not said is the default of every image: root, `/`, SIGTERM, no entrypoint. */
  readonly config: ImageConfig;
  /** Folders and files that are there before anything is mounted. */
  readonly paths?: readonly string[];
  /** Variables that its entrypoint reads. */
  readonly reads?: readonly string[];
  /** What is another thing here, and why that is none for the manifests. */
  readonly differs?: Partial<Readonly<Record<keyof ImageConfig | 'reads', string>>>;
}

const ownUser = 'every container of the manifests names its own user';
const ownCommand = 'every container of the manifests names its own command';
const ownArguments = 'every container of the manifests gives all arguments';

/** A program of the Prometheus project, and what its arguments are where nobody gives any. */
function prometheusProject(name: string, folder: string, ...cmd: string[]): Contract {
  return {
    documentation: `https://github.com/prometheus/${name}/blob/main/Dockerfile`,
    config: { user: 'nobody', entrypoint: [`/bin/${name}`], cmd, workingDir: folder },
    differs: { user: ownUser, cmd: ownArguments, workingDir: 'the arguments name folders from the root' },
  };
}

export const contracts: Readonly<Record<string, Contract>> = {
  'library/postgres': {
    documentation: 'https://github.com/docker-library/docs/blob/master/postgres/content.md',
    config: {
      env: { PG_MAJOR: '15', PGDATA: '/var/lib/postgresql/data', LANG: 'en_US.utf8' },
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['postgres'],
      stopSignal: 'SIGINT',
    },
    paths: ['/docker-entrypoint-initdb.d', '/var/lib/postgresql/data', '/usr/local/bin/docker-entrypoint.sh'],
    reads: [
      ...['POSTGRES_PASSWORD', 'POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_INITDB_ARGS'],
      ...['POSTGRES_HOST_AUTH_METHOD', 'POSTGRES_INITDB_WALDIR', 'PGDATA'],
    ],
    differs: { reads: 'POSTGRES_INITDB_WALDIR is not read: no manifest sets it' },
  },
  'library/redis': {
    documentation: 'https://github.com/docker-library/docs/blob/master/redis/content.md',
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], workingDir: '/data' },
    paths: ['/data', '/usr/local/bin/docker-entrypoint.sh'],
  },
  'nginxinc/nginx-unprivileged': {
    documentation: 'https://github.com/nginx/docker-nginx-unprivileged/blob/main/README.md',
    config: {
      user: '101',
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      stopSignal: 'SIGQUIT',
    },
    paths: ['/usr/share/nginx/html'],
    // Templates with variables, and what else lies in /docker-entrypoint.d.
    differs: { entrypoint: ownCommand },
  },
  'curlimages/curl': {
    documentation: 'https://github.com/curl/curl-container/blob/main/README.md',
    config: { user: 'curl_user', entrypoint: ['/entrypoint.sh'], cmd: ['curl'], workingDir: '/home/curl_user' },
    differs: { user: ownUser, entrypoint: ownCommand, workingDir: 'the commands name files from the root' },
  },
  'restic/restic': {
    documentation: 'https://github.com/restic/restic/blob/master/docker/Dockerfile',
    config: { entrypoint: ['/usr/bin/restic'] },
  },
  'prom/prometheus': prometheusProject(
    'prometheus',
    '/prometheus',
    '--config.file=/etc/prometheus/prometheus.yml',
    '--storage.tsdb.path=/prometheus',
  ),
  'prom/alertmanager': prometheusProject(
    'alertmanager',
    '/alertmanager',
    '--config.file=/etc/alertmanager/alertmanager.yml',
    '--storage.path=/alertmanager',
  ),
  'prom/blackbox-exporter': {
    documentation: 'https://github.com/prometheus/blackbox_exporter/blob/master/Dockerfile',
    config: {
      entrypoint: ['/bin/blackbox_exporter'],
      cmd: ['--config.file=/etc/blackbox_exporter/config.yml'],
    },
    differs: { user: ownUser, cmd: ownArguments },
  },
  'kube-state-metrics/kube-state-metrics': {
    documentation: 'https://github.com/kubernetes/kube-state-metrics/blob/main/Dockerfile',
    config: { user: 'nobody', entrypoint: ['/kube-state-metrics', '--port=8080', '--telemetry-port=8081'] },
    differs: { user: ownUser, entrypoint: 'the two ports are what the program takes unless it is told otherwise' },
  },
  'nginx/nginx-prometheus-exporter': {
    documentation: 'https://github.com/nginx/nginx-prometheus-exporter/blob/main/build/Dockerfile',
    config: { user: '1001:1001', entrypoint: ['/usr/bin/nginx-prometheus-exporter'] },
    differs: { user: ownUser },
  },
  'prometheuscommunity/postgres-exporter': {
    documentation: 'https://github.com/prometheus-community/postgres_exporter/blob/master/Dockerfile',
    config: { user: 'nobody', entrypoint: ['/bin/postgres_exporter'] },
    differs: { user: ownUser },
  },
  'oliver006/redis_exporter': {
    documentation: 'https://github.com/oliver006/redis_exporter/blob/master/docker/Dockerfile',
    config: { user: '59000:59000', entrypoint: ['/redis_exporter'] },
    differs: { user: ownUser },
  },
  'grafana/grafana': {
    documentation: 'https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/',
    config: { user: '472', entrypoint: ['/run.sh'], workingDir: '/usr/share/grafana' },
    reads: ['GF_PATHS_CONFIG', 'GF_PATHS_PROVISIONING', 'GF_SECURITY_ADMIN_PASSWORD__FILE'],
    differs: {
      user: ownUser,
      entrypoint: 'another program, which reads the same variables and files',
      workingDir: 'the files name folders from the root',
    },
  },
};
