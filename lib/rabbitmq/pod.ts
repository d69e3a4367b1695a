import { k8s } from 'cdk8s-plus-28';
import { checksum } from '../kubernetes/checksum';
import type { ContainerProps } from '../kubernetes/container';
import type { PodProps } from '../kubernetes/pod';
import { probe, tcpAction } from '../kubernetes/probes';
import { dataVolume } from '../kubernetes/stateful-set';
import type { Plan, RabbitmqPlan } from '../model/plan';
import { accountsEnvironment, stopScript } from './configuration';

/** The image's own folder for it: server and tools look here unasked. */
const configurationFolder = '/etc/rabbitmq';
const home = '/var/lib/rabbitmq';
const credentialsFolder = '/run/secrets/rabbitmq';

/** Queues move to other nodes before this one goes. */
const graceSeconds = 600;
const quorumWaitSeconds = 540;

/** As the Cluster Operator allows: a node waits for its peers before it opens its port. */
const startTries = 60;
const startInterval = 10;

const probeTimeout = 5;

function rabbitmqContainer(store: RabbitmqPlan): ContainerProps {
  const { intervalSeconds, tries } = store.health;
  const listens = tcpAction('rabbitmq');
  return {
    name: 'rabbitmq',
    image: store.image,
    command: ['/bin/sh', `${configurationFolder}/start.sh`],
    env: [
      { name: 'HOME', value: home },
      { name: 'CONFIGURATION', value: configurationFolder },
      ...accountsEnvironment(store),
      { name: 'PASSWORDS', value: `${credentialsFolder}/accounts` },
      { name: 'COOKIE_FILE', value: `${credentialsFolder}/cookie` },
      { name: 'RABBITMQ_CONFIG_FILES', value: `${home}/conf.d/*.conf` },
      { name: 'RABBITMQ_LOG_BASE', value: `${home}/log` },
      // A crash dump has the size of the memory in use and would evict the pod from its scratch space.
      { name: 'ERL_CRASH_DUMP_SECONDS', value: '0' },
    ],
    ports: store.ports,
    mounts: [
      // The outer mount first: data lies below it.
      { name: 'home', mountPath: home },
      { name: dataVolume, mountPath: `${home}/mnesia` },
      { name: 'configuration', mountPath: configurationFolder, readOnly: true },
      { name: 'credentials', mountPath: credentialsFolder, readOnly: true },
    ],
    scratch: [{ path: '/tmp', size: 16 }],
    resources: store.resources,
    startupProbe: probe(listens, { intervalSeconds: startInterval, timeoutSeconds: probeTimeout, tries: startTries }),
    readinessProbe: probe(listens, { intervalSeconds, timeoutSeconds: probeTimeout, tries }),
    // No liveness, as upstream advises: a node that is held back by an alarm or by its peers gains nothing by a restart.
    lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', stopScript(quorumWaitSeconds)] } } },
  };
}

/** A node's pod: the same for every ordinal. */
export function rabbitmqPod(plan: Plan, store: RabbitmqPlan, files: Readonly<Record<string, string>>): PodProps {
  return {
    plan,
    workload: store,
    containers: [rabbitmqContainer(store)],
    volumes: [
      { name: 'home', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
      { name: 'configuration', configMap: { name: `${store.name}-config` } },
      {
        name: 'credentials',
        projected: {
          defaultMode: 0o440,
          sources: [
            ...store.accounts.map(({ name, secret }) => ({
              secret: { name: secret, items: [{ key: 'password', path: `accounts/${name}` }] },
            })),
            { secret: { name: store.cookieSecret, items: [{ key: 'cookie', path: 'cookie' }] } },
          ],
        },
      },
    ],
    checksums: { configuration: checksum(files) },
    graceSeconds,
  };
}
