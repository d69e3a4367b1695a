import { checksum } from '../kubernetes/checksum';
import type { ContainerProps } from '../kubernetes/container';
import type { PodProps } from '../kubernetes/pod';
import { commandAction, probe, tcpAction } from '../kubernetes/probes';
import { dataVolume, podsServiceName } from '../kubernetes/stateful-set';
import type { EnvPlan, Plan, RedisPlan } from '../model/plan';
import { pingScript } from './configuration';

const configurationFolder = '/etc/redis';
const passwordFolder = '/run/secrets/redis';
const renderedFolder = '/run/redis';
const readyScript = `${configurationFolder}/ready.sh`;
const stopScript = `${configurationFolder}/stop.sh`;

/** A member of a cluster hands over; on SIGTERM the server waits for its replicas and writes a last snapshot. */
const graceSeconds = 60;

/** Loading the append-only file of a full server may take minutes; killing it starts it over. */
const startTries = 120;
const startInterval = 5;

const probeTimeout = 5;

function probes(store: RedisPlan): Pick<ContainerProps, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { intervalSeconds, tries } = store.health;
  const ready = commandAction(['/bin/sh', '-c', pingScript]);
  const timing = { intervalSeconds, timeoutSeconds: probeTimeout, tries };
  return {
    startupProbe: probe(ready, { intervalSeconds: startInterval, timeoutSeconds: probeTimeout, tries: startTries }),
    readinessProbe: probe(membersOf(store) === 1 ? ready : commandAction(['/bin/sh', readyScript]), timing),
    livenessProbe: probe(tcpAction('redis'), timing),
  };
}

/** Pods at the largest tier. */
function membersOf({ cluster, replication }: RedisPlan): number {
  return (cluster ?? replication)?.members ?? 1;
}

/** What a member knows of the others. */
function memberEnv(store: RedisPlan): EnvPlan[] {
  const members = membersOf(store);
  if (members === 1) return [];
  const pods = podsServiceName(store);
  const hosts = Array.from({ length: members }, (_, ordinal) => `${store.name}-${ordinal}.${pods}`);
  return [
    { name: 'DATA', value: '/data' },
    store.cluster === undefined
      ? { name: 'PRIMARY', value: String(store.primary) }
      : { name: 'SHARDS', value: String(store.cluster.shards) },
    { name: 'MEMBERS', value: hosts.map((host) => `${host}:${store.port}`).join(' ') },
  ];
}

function redisContainer(store: RedisPlan): ContainerProps {
  return {
    name: 'redis',
    image: store.image,
    command: ['/bin/sh', `${configurationFolder}/start.sh`],
    env: [
      { name: 'CONFIGURATION', value: `${configurationFolder}/redis.conf` },
      { name: 'RENDERED', value: `${renderedFolder}/redis.conf` },
      { name: 'PASSWORD_FILE', value: `${passwordFolder}/password` },
      ...memberEnv(store),
    ],
    ports: store.ports,
    mounts: [
      { name: dataVolume, mountPath: '/data' },
      { name: 'configuration', mountPath: configurationFolder, readOnly: true },
      { name: 'password', mountPath: passwordFolder, readOnly: true },
    ],
    scratch: [{ path: renderedFolder, size: 1 }],
    resources: store.resources,
    ...probes(store),
    ...(store.cluster && { lifecycle: { preStop: { exec: { command: ['/bin/sh', stopScript] } } } }),
  };
}

/** The server's pod: the same for every ordinal. */
export function redisPod(plan: Plan, store: RedisPlan, files: Readonly<Record<string, string>>): PodProps {
  return {
    plan,
    workload: store,
    containers: [redisContainer(store)],
    volumes: [
      { name: 'configuration', configMap: { name: `${store.name}-config` } },
      {
        name: 'password',
        secret: { secretName: store.secret, items: [{ key: 'password', path: 'password' }], defaultMode: 0o440 },
      },
    ],
    checksums: { configuration: checksum(files) },
    graceSeconds,
  };
}
