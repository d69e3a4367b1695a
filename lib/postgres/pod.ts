import { posix } from 'node:path';
import { k8s } from 'cdk8s-plus-28';
import { checksum } from '../kubernetes/checksum';
import type { ContainerProps } from '../kubernetes/container';
import type { PodProps } from '../kubernetes/pod';
import { commandAction, probe, tcpAction } from '../kubernetes/probes';
import { dataVolume, podsServiceName } from '../kubernetes/stateful-set';
import type { EnvPlan, Plan, PostgresPlan, ReplicationPlan, ScratchPlan } from '../model/plan';
import { certificateMounts, certificateVolumes, reloadContainer } from './certificate';
import { certificateFolder, memberConfiguration } from './configuration';

const { dirname } = posix;

import { byteQuantity } from '../model/quantities';

const configurationPath = '/etc/postgresql';
const passwordFolder = '/run/secrets/postgres';

/** A fast shutdown writes a checkpoint; the image's own 90 s may not suffice for it. */
const graceSeconds = 120;

/** Recovery after a crash replays the log since the last checkpoint, and may take long; killing it starts it over. */
const startTries = 360;
const startInterval = 5;

const probeTimeout = 5;

/** How long an empty first member waits for others to answer before it makes a new database. */
const firstStartSeconds = 15;

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

/** Where things are, for both scripts. */
function placeEnv(store: PostgresPlan): EnvPlan[] {
  const { mount, data } = dataFolders(store.majorVersion);
  return [
    { name: 'PGDATA', value: data },
    { name: 'VOLUME', value: mount },
    { name: 'MAJOR_VERSION', value: String(store.majorVersion) },
  ];
}

function mounts(store: PostgresPlan): k8s.VolumeMount[] {
  return [
    { name: dataVolume, mountPath: dataFolders(store.majorVersion).mount },
    { name: 'configuration', mountPath: configurationPath, readOnly: true },
    { name: 'credentials', mountPath: passwordFolder, readOnly: true },
    ...certificateMounts(store),
    { name: 'shared-memory', mountPath: '/dev/shm' },
  ];
}

/** What a member renders for itself at every start. */
function memberScratch(store: PostgresPlan): ScratchPlan[] {
  return store.replication === undefined ? [] : [{ path: dirname(memberConfiguration), size: 1 }];
}

/** How members reach each other, in a connection string. `prefer`: one that has yet to be told may ask one that encrypts. */
function memberTls({ certificate }: PostgresPlan): string {
  return certificate === undefined ? 'sslmode=prefer' : `sslmode=verify-full sslrootcert=${certificateFolder}/ca.crt`;
}

/** Decides the role of a member, as an init container. It may run the server for a moment, so it has what that has. */
function prepareContainer(store: PostgresPlan, replication: ReplicationPlan): ContainerProps {
  const pods = podsServiceName(store);
  const members = Array.from({ length: replication.members }, (_, ordinal) => `${store.name}-${ordinal}.${pods}`);
  return {
    name: 'prepare',
    image: store.image,
    command: ['/bin/sh', `${configurationPath}/prepare.sh`],
    env: [
      ...placeEnv(store),
      { name: 'PRIMARY', value: String(store.primary) },
      { name: 'MEMBERS', value: members.map((host) => `${host}:${store.port}`).join(' ') },
      { name: 'PORT', value: String(store.port) },
      { name: 'RUN', value: dirname(memberConfiguration) },
      { name: 'CONFIGURATION', value: configurationPath },
      { name: 'CREDENTIALS', value: passwordFolder },
      { name: 'REPLICATION_ROLE', value: replication.role },
      { name: 'FIRST_START_SECONDS', value: String(firstStartSeconds) },
      { name: 'TLS', value: memberTls(store) },
    ],
    mounts: mounts(store),
    scratch: [{ path: '/tmp', size: 16 }],
    podScratch: memberScratch(store),
    resources: store.resources,
  };
}

function postgresContainer(store: PostgresPlan): ContainerProps {
  return {
    name: 'postgres',
    image: store.image,
    command: [
      '/bin/sh',
      `${configurationPath}/start.sh`,
      'postgres',
      '-c',
      `config_file=${configurationPath}/postgresql.conf`,
      '-c',
      `hba_file=${configurationPath}/pg_hba.conf`,
    ],
    env: [
      ...placeEnv(store),
      { name: 'CREDENTIALS', value: passwordFolder },
      { name: 'POSTGRES_PASSWORD_FILE', value: `${passwordFolder}/password` },
      {
        name: 'POSTGRES_INITDB_ARGS',
        value: '--data-checksums --encoding=UTF8 --auth-host=scram-sha-256 --auth-local=scram-sha-256',
      },
    ],
    ports: store.ports,
    mounts: mounts(store),
    scratch: [
      { path: '/var/run/postgresql', size: 16 },
      { path: '/tmp', size: 64 },
    ],
    podScratch: memberScratch(store),
    resources: store.resources,
    ...probes(store),
  };
}

function credentials(store: PostgresPlan): k8s.Volume {
  const source = (name: string, path: string): k8s.VolumeProjection => ({
    secret: { name, items: [{ key: 'password', path }] },
  });
  const own = store.replication === undefined ? [] : [source(store.replication.secret, 'replication')];
  return {
    name: 'credentials',
    projected: { defaultMode: 0o440, sources: [source(store.superuserSecret, 'password'), ...own] },
  };
}

const places = { scripts: configurationPath, credentials: passwordFolder };

function reloadMounts(store: PostgresPlan): k8s.VolumeMount[] {
  return mounts(store).filter(({ name }) => ['configuration', 'credentials', 'certificate'].includes(name));
}

/** The server's pod: the same for every ordinal. */
export function postgresPod(plan: Plan, store: PostgresPlan, files: Readonly<Record<string, string>>): PodProps {
  return {
    plan,
    workload: store,
    containers: [postgresContainer(store), ...reloadContainer(store, places, reloadMounts(store))],
    initContainers: store.replication && [prepareContainer(store, store.replication)],
    volumes: [
      { name: 'configuration', configMap: { name: `${store.name}-config` } },
      credentials(store),
      ...certificateVolumes(store),
      sharedMemory(store),
    ],
    checksums: { configuration: checksum(files) },
    graceSeconds,
  };
}
