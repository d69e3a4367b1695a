import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { authoritiesOf, clientTlsEnv } from '../kubernetes/authority';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { type JobProps, job, suspendedCronJob } from '../kubernetes/job';
import { serviceAccount } from '../kubernetes/service-account';
import { waitContainer } from '../kubernetes/wait';
import type { EnvPlan, PostgresPlan } from '../model/plan';
import type { PostgresProps } from './props';
import { rolesFiles } from './roles-files';

const scriptFolder = '/etc/keelson/roles';
const credentialsFolder = '/run/credentials';

/** A first start pulls images, provisions a volume, runs initdb; a failed Job would stay failed under its name. */
const deadlineSeconds = 3600;
const backoffLimit = 6;

function replicationRoles(store: PostgresPlan): { readonly name: string; readonly secret: string }[] {
  return store.replication === undefined ? [] : [{ name: store.replication.role, secret: store.replication.secret }];
}

/** Who reads the server's statistics. */
function monitorEnv(store: PostgresPlan): EnvPlan[] {
  return store.roles.filter(({ monitor }) => monitor).map(({ name }) => ({ name: 'MONITOR_ROLE', value: name }));
}

/** Of the replicas: a tier with fewer members is a new Job, which drops the slots of those that are gone. */
function replicationEnv(store: PostgresPlan): EnvPlan[] {
  if (store.replication === undefined) return [];
  return [
    { name: 'REPLICATION_ROLE', value: store.replication.role },
    { name: 'REPLICAS', value: String(store.replicas.max) },
    { name: 'SLOT_PREFIX', value: store.name.replaceAll('-', '_') },
  ];
}

/** Every password as a file: `superuser`, and `roles/<role>`. */
function credentials(store: PostgresPlan): k8s.Volume {
  const source = (secret: string, path: string): k8s.VolumeProjection => ({
    secret: { name: secret, items: [{ key: 'password', path }] },
  });
  // What an outside server calls its administrator is its own choice.
  const name: k8s.VolumeProjection = {
    secret: {
      name: store.superuserSecret,
      items: [{ key: 'username', path: 'superuser-name' }],
      optional: true,
    },
  };
  const sources = [
    source(store.superuserSecret, 'superuser'),
    ...(store.external === undefined ? [] : [name]),
    ...[...store.roles, ...replicationRoles(store)].map((role) => source(role.secret, `roles/${role.name}`)),
  ];
  return { name: 'credentials', projected: { defaultMode: 0o440, sources } };
}

function rolesContainer(store: PostgresPlan): ContainerProps {
  const owner = store.roles.filter((role) => role.owner).map(({ name }) => name);
  const others = store.roles.filter((role) => !role.owner && !role.monitor).map(({ name }) => name);
  return {
    name: 'roles',
    image: store.rolesJob.image,
    command: ['/bin/sh', `${scriptFolder}/reconcile.sh`, store.database, ...owner, ...others],
    env: [
      { name: 'PGHOST', value: store.host },
      { name: 'PGPORT', value: String(store.port) },
      { name: 'PGUSER', value: 'postgres' },
      ...clientTlsEnv(store.tls),
      { name: 'SCRIPTS', value: scriptFolder },
      { name: 'CREDENTIALS', value: credentialsFolder },
      ...monitorEnv(store),
      ...replicationEnv(store),
    ],
    mounts: [
      { name: 'scripts', mountPath: scriptFolder, readOnly: true },
      { name: 'credentials', mountPath: credentialsFolder, readOnly: true },
    ],
    authorities: authoritiesOf(store.tls),
    scratch: [{ path: '/tmp', size: 1 }],
    resources: store.rolesJob.resources,
  };
}

/**
 * Reconciles database, roles, passwords and privileges: as a Job for every change of them, and as a suspended CronJob that
 * a person starts after a restore or a change of a password.
 */
export class PostgresRoles extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: PostgresProps) {
    super(scope, id);
    const workload = store.rolesJob;
    const configuration = `${workload.name}-config`;
    const props: JobProps = {
      plan,
      workload,
      containers: [rolesContainer(store)],
      initContainers: workload.waits.map((wait) => waitContainer(plan, wait)),
      volumes: [{ name: 'scripts', configMap: { name: configuration } }, credentials(store)],
      checksums: { scripts: checksum(rolesFiles) },
      deadlineSeconds,
      backoffLimit,
    };
    serviceAccount(this, plan, workload);
    configMap(this, plan, workload, configuration, rolesFiles);
    job(this, props);
    suspendedCronJob(this, props);
  }
}
