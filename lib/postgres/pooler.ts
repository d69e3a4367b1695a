import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { authoritiesOf } from '../kubernetes/authority';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { deployment } from '../kubernetes/deployment';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { commandAction, probe, tcpAction } from '../kubernetes/probes';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import type { PoolerPlan, PostgresPlan } from '../model/plan';
import { certificateMounts, certificateVolumes } from './certificate';
import { certificateFolder } from './configuration';
import { poolerConfiguration, poolerFolder, poolerScript } from './pooler-files';
import type { PostgresProps } from './props';

const filesFolder = '/etc/pgbouncer';
const credentialsFolder = '/run/credentials';

/** The kubelet takes a minute to bring a changed Secret; the rest is as good as at once. */
const pauseSeconds = 10;

/** Clients and nodes learn a little later that a pod goes; then transactions have the rest to end. */
const preStopSeconds = 10;
const graceSeconds = 60;

const timing = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3 };

/** The passwords of the applications; the superuser and the exporter go past a pooler. */
function credentials({ roles }: PostgresPlan): k8s.Volume {
  const sources = roles
    .filter(({ monitor }) => !monitor)
    .map(({ name, secret }) => ({ secret: { name: secret, items: [{ key: 'password', path: name }] } }));
  return { name: 'credentials', projected: { defaultMode: 0o440, sources } };
}

/** What is read again when it changed, besides the passwords. */
function watched(store: PostgresPlan): string[] {
  const shown = store.certificate ? ['tls.crt', 'tls.key'].map((file) => `${certificateFolder}/${file}`) : [];
  return [...shown, ...authoritiesOf(store.tls).map(({ file }) => file)];
}

function poolerContainer(store: PostgresPlan, pooler: PoolerPlan): ContainerProps {
  const asks = ['pg_isready', '--host=127.0.0.1', `--port=${pooler.port}`, `--dbname=${store.database}`];
  const env = {
    CONFIGURATION: filesFolder,
    CREDENTIALS: credentialsFolder,
    RUN: poolerFolder,
    ...(watched(store).length ? { WATCHED: watched(store).join(' ') } : {}),
    PAUSE: String(pauseSeconds),
  };
  return {
    name: 'pooler',
    image: pooler.image,
    command: ['/bin/sh', `${filesFolder}/pooler.sh`],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ports: pooler.ports,
    mounts: [
      { name: 'files', mountPath: filesFolder, readOnly: true },
      { name: 'credentials', mountPath: credentialsFolder, readOnly: true },
      { name: 'userlist', mountPath: poolerFolder },
      ...certificateMounts(store),
    ],
    authorities: authoritiesOf(store.tls),
    scratch: [{ path: '/tmp', size: 1 }],
    resources: pooler.resources,
    lifecycle: { preStop: { exec: { command: ['/bin/sleep', String(preStopSeconds)] } } },
    startupProbe: probe(tcpAction('pooler'), { ...timing, intervalSeconds: 2, tries: 30 }),
    // Not the server's health: a pooler that went with it would only make clients wait for two starts.
    readinessProbe: probe(commandAction([...asks, '--username=pooler']), timing),
    livenessProbe: probe(tcpAction('pooler'), timing),
  };
}

/**
 * PgBouncer between the applications and the server. Its clients come by its own Service, so that taking it away is an
 * edit of their variables, and whoever needs a connection for longer than a transaction goes to the server.
 */
export class Pooler extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: PostgresProps, pooler: PoolerPlan) {
    super(scope, id);
    const files = { 'pgbouncer.ini': poolerConfiguration(store, pooler), 'pooler.sh': poolerScript };
    serviceAccount(this, plan, pooler);
    configMap(this, plan, pooler, `${pooler.name}-config`, files);
    service(this, { plan, workload: pooler });
    if (allowsDisruptionBudget(pooler, [])) disruptionBudget(this, plan, pooler);
    deployment(this, {
      plan,
      workload: pooler,
      containers: [poolerContainer(store, pooler)],
      volumes: [
        { name: 'files', configMap: { name: `${pooler.name}-config` } },
        credentials(store),
        // In memory: a password should touch no disk of a node.
        { name: 'userlist', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
        ...certificateVolumes(store),
      ],
      checksums: { configuration: checksum(files) },
      graceSeconds,
      strategy: 'rolling',
      autoscaled: false,
      startSeconds: 60,
    });
  }
}
