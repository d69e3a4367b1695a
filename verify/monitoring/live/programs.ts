import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebianPackage } from '../../kit/debian';
import { ensureGoProgram } from '../../kit/go';
import { EXPORTERS, GO_PROGRAMS, goProgram } from '../../kit/tools';
import { findNginx } from '../../nginx/binary';

/** Where the programs lie in every container. */
export const PROGRAMS = '/opt/keelson';

const rabbitmq = '/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin';

/** What stands in an image's place: how its program is called, and where its programs are. */
export interface Image {
  /** @default - what the container names as its command */
  readonly entrypoint?: readonly string[];
  readonly path?: string;
}

function program(name: string): Image {
  return { entrypoint: [`${PROGRAMS}/${name}`] };
}

/** Images by the beginning of their name, and what we have of each: the same program, in the version that builds here. */
const images: Readonly<Record<string, Image>> = {
  'prom/prometheus': program('prometheus'),
  'prom/alertmanager': program('alertmanager'),
  'prom/blackbox-exporter': program('blackbox_exporter'),
  'registry.k8s.io/kube-state-metrics': program('kube-state-metrics'),
  'nginx/nginx-prometheus-exporter': program('nginx-prometheus-exporter'),
  'prometheuscommunity/postgres-exporter': program('postgres_exporter'),
  'oliver006/redis_exporter': program('redis_exporter'),
  postgres: { path: '/usr/lib/postgresql/15/bin' },
  redis: {},
  rabbitmq: { path: rabbitmq },
  nginxinc: {},
  'curlimages/curl': {},
};

/** What runs in an image's place; undefined for an application's own image. */
export function imageOf(name: string): Image | undefined {
  return Object.entries(images).find(([beginning]) => name.startsWith(beginning))?.[1];
}

const goPrograms = ['prometheus', 'alertmanager', ...EXPORTERS.map(({ name }) => name)];

const cluster = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'kubectl'];

/** Everything that needs a registry: before the run leaves the network. */
export async function installPrograms(): Promise<void> {
  await ensureDebianPackage({ package: 'rabbitmq-server', program: `${rabbitmq}/rabbitmq-server` });
  await ensureDebianPackage({ package: 'postgresql', program: '/usr/lib/postgresql/15/bin/postgres' });
  await ensureDebianPackage({ package: 'redis-server', program: 'redis-server' });
  await ensureDebianPackage({ package: 'iproute2', program: 'ip' });
  await findNginx();
  const wanted = new Set([...goPrograms, ...cluster]);
  for (const one of GO_PROGRAMS.filter(({ name }) => wanted.has(name))) await ensureGoProgram(one);
}

/** What the official image's entrypoint does, as far as it matters: initdb on an empty folder, then the server. */
const postgresEntrypoint = `#!/bin/sh
set -eu
mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if ! [ -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 # words
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS >/dev/null
fi
exec "$@"
`;

/** A folder with all of them, that everybody may read: the cache is root's alone. */
export async function layOutPrograms(folder: string, application: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o755 });
  for (const name of goPrograms) {
    copyFileSync(goProgram(name).path, join(folder, name));
    chmodSync(join(folder, name), 0o755);
  }
  const nginx = await findNginx();
  put('nginx', `#!/bin/sh\nexec ${nginx.command.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  put('docker-entrypoint.sh', postgresEntrypoint);
  copyFileSync(process.execPath, join(folder, 'node'));
  chmodSync(join(folder, 'node'), 0o755);
  copyFileSync(application, join(folder, 'application.mjs'));
}
