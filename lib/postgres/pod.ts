import { k8s } from 'cdk8s-plus-28';
import { checksum } from '../kubernetes/checksum';
import type { ContainerProps } from '../kubernetes/container';
import type { PodProps } from '../kubernetes/pod';
import { commandAction, probe, tcpAction } from '../kubernetes/probes';
import { dataVolume } from '../kubernetes/stateful-set';
import type { Plan, PostgresPlan } from '../model/plan';
import { byteQuantity } from '../model/quantities';

const configurationPath = '/etc/postgresql';
const passwordFolder = '/run/secrets/postgres';

/** A fast shutdown writes a checkpoint; the image's own 90 s may not suffice for it. */
const graceSeconds = 120;

/** Recovery after a crash replays the log since the last checkpoint, and may take long; killing it starts it over. */
const startTries = 360;
const startInterval = 5;

const probeTimeout = 5;

/** Where the data is: the image moved it in version 18, so that `pg_upgrade --link` finds both versions under one mount. */
export function dataFolders(majorVersion: number): { readonly mount: string; readonly data: string } {
  return majorVersion >= 18
    ? { mount: '/var/lib/postgresql', data: `/var/lib/postgresql/${majorVersion}/docker` }
    : // Not the mount itself: a volume may hold lost+found, and initdb wants an empty folder.
      { mount: '/var/lib/postgresql/data', data: '/var/lib/postgresql/data/pgdata' };
}

/** Parallel queries exchange rows in /dev/shm, which has 64 MiB by default. Counts as memory, so an eighth of the limit. */
function sharedMemory(store: PostgresPlan): k8s.Volume {
  const size = byteQuantity(Math.floor(store.resources.limits.memory / 8));
  return { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString(size) } };
}

function probes(store: PostgresPlan): Pick<ContainerProps, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { intervalSeconds, tries } = store.health;
  // Loopback by address: during initdb the server listens on its socket only, and would seem ready too early.
  const ready = commandAction(['pg_isready', '--host=127.0.0.1', '--username=postgres', `--dbname=${store.database}`]);
  const timing = { intervalSeconds, timeoutSeconds: probeTimeout, tries };
  return {
    startupProbe: probe(ready, { intervalSeconds: startInterval, timeoutSeconds: probeTimeout, tries: startTries }),
    readinessProbe: probe(ready, timing),
    livenessProbe: probe(tcpAction('postgres'), timing),
  };
}

function postgresContainer(store: PostgresPlan): ContainerProps {
  const folders = dataFolders(store.majorVersion);
  return {
    name: 'postgres',
    image: store.image,
    args: [
      'postgres',
      '-c',
      `config_file=${configurationPath}/postgresql.conf`,
      '-c',
      `hba_file=${configurationPath}/pg_hba.conf`,
    ],
    env: [
      { name: 'PGDATA', value: folders.data },
      { name: 'POSTGRES_PASSWORD_FILE', value: `${passwordFolder}/password` },
      {
        name: 'POSTGRES_INITDB_ARGS',
        value: '--data-checksums --encoding=UTF8 --auth-host=scram-sha-256 --auth-local=scram-sha-256',
      },
    ],
    ports: store.ports,
    mounts: [
      { name: dataVolume, mountPath: folders.mount },
      { name: 'configuration', mountPath: configurationPath, readOnly: true },
      { name: 'superuser', mountPath: passwordFolder, readOnly: true },
      { name: 'shared-memory', mountPath: '/dev/shm' },
    ],
    scratch: [
      { path: '/var/run/postgresql', size: 16 },
      { path: '/tmp', size: 64 },
    ],
    resources: store.resources,
    ...probes(store),
  };
}

/** The server's pod: the same for every ordinal. */
export function postgresPod(plan: Plan, store: PostgresPlan, files: Readonly<Record<string, string>>): PodProps {
  return {
    plan,
    workload: store,
    containers: [postgresContainer(store)],
    volumes: [
      { name: 'configuration', configMap: { name: `${store.name}-config` } },
      {
        name: 'superuser',
        secret: {
          secretName: store.superuserSecret,
          items: [{ key: 'password', path: 'password' }],
          defaultMode: 0o440,
        },
      },
      sharedMemory(store),
    ],
    checksums: { configuration: checksum(files) },
    graceSeconds,
  };
}
