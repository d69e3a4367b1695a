import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ObjectStore } from '../../imports/barmancloud.cnpg.io';
import { PodMonitor } from '../../imports/monitoring.coreos.com';
import { Cluster, type ClusterSpec, ScheduledBackup, type ScheduledBackupSpec } from '../../imports/postgresql.cnpg.io';
import { resourceRequirements } from '../kubernetes/container';
import { metadata } from '../kubernetes/labels';
import { retained } from '../kubernetes/retention';
import { service } from '../kubernetes/service';
import type { BackupSubjectPlan, Plan, PostgresPlan } from '../model/plan';
import { byteQuantity } from '../model/quantities';
import { ServerCertificate } from './certificate';
import { serverConfiguration } from './configuration';

export interface CloudNativePgProps {
  readonly plan: Plan;
  readonly store: PostgresPlan;
}

/** What the operator sets itself, and refuses to be told. */
const operatorsOwn = /^(listen_addresses|ssl.*|log_destination|log_line_prefix|logging_collector)$/;

/** The figures of `postgresql.conf`, as the operator wants them: by name, without quotes. */
function parameters(store: PostgresPlan): Record<string, string> {
  const lines = serverConfiguration({ ...store, certificate: undefined, replication: undefined })
    .trim()
    .split('\n');
  const pairs = lines.map((line) => {
    const [name = '', value = ''] = line.split(' = ');
    return [name, value.replace(/^'(.*)'$/, '$1')] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => !operatorsOwn.test(name)));
}

const plugin = 'barman-cloud.cloudnative-pg.io';

function subjectOf(plan: Plan, store: PostgresPlan): BackupSubjectPlan | undefined {
  return plan.backup?.subjects.find(({ name }) => name === store.name);
}

/** Copies of the files, besides the dumps: into the bucket with every change since, or as snapshots of the volumes. */
function backup(plan: Plan, store: PostgresPlan): Pick<ClusterSpec, 'plugins' | 'backup'> {
  if (subjectOf(plan, store) === undefined) return {};
  return plan.backupTarget.to === 's3'
    ? { plugins: [{ name: plugin, isWALArchiver: true, parameters: { barmanObjectName: store.name } }] }
    : { backup: { volumeSnapshot: { snapshotOwnerReference: 'none' } } };
}

function storage({ claims: [claim] }: PostgresPlan): ClusterSpec['storage'] {
  const size = byteQuantity(claim?.size ?? 0);
  const base = { size, resizeInUseVolumes: true };
  return claim?.storageClass === undefined ? base : { ...base, storageClass: claim.storageClass };
}

/** The database and its owner; every other role is the roles Job's, as at every engine. */
function initdb(store: PostgresPlan): ClusterSpec['bootstrap']['initdb'] {
  const owner = store.roles.find((role) => role.owner);
  return {
    database: store.database,
    owner: owner?.name ?? store.database,
    secret: { name: owner?.secret ?? store.superuserSecret },
    dataChecksums: true,
    encoding: 'UTF8',
    // As the image of the engine `statefulset` has it: text sorts the same at both.
    localeCollate: 'en_US.utf8',
    localeCType: 'en_US.utf8',
  };
}

/** On several nodes and in several zones where there are several; a hard rule would leave pods Pending in a small cluster. */
function placement(store: PostgresPlan): Pick<ClusterSpec, 'affinity' | 'topologySpreadConstraints'> {
  return {
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: 'preferred',
      topologyKey: 'kubernetes.io/hostname',
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: store.podLabels },
      },
    ],
  };
}

function clusterSpec(plan: Plan, store: PostgresPlan): ClusterSpec {
  const { pullPolicy, pullSecret } = plan.images;
  const { certificate } = store;
  return {
    instances: store.replicas.min,
    imageName: store.instanceImage ?? store.image,
    imagePullPolicy: pullPolicy,
    ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
    bootstrap: { initdb: initdb(store) },
    // The roles Job, the dumps and their restore log in as the superuser, as at every engine.
    enableSuperuserAccess: true,
    superuserSecret: { name: store.superuserSecret },
    primaryUpdateStrategy: 'unsupervised',
    primaryUpdateMethod: 'switchover',
    postgresql: { parameters: parameters(store) },
    storage: storage(store),
    resources: k8s.toJson_ResourceRequirements(resourceRequirements(store.resources)),
    ephemeralVolumesSizeLimit: { shm: byteQuantity(Math.floor(store.resources.limits.memory / 8)) },
    ...placement(store),
    ...(certificate
      ? { certificates: { serverTLSSecret: certificate.secret, serverCASecret: certificate.secret } }
      : {}),
    // Our own Services have the names that the applications know.
    managed: { services: { disabledDefaultServices: ['ro', 'r'] } },
    enablePDB: true,
    ...backup(plan, store),
  };
}

/**
 * PostgreSQL by CloudNativePG: a Cluster that fails over by itself, under the names that the engine `statefulset` has: `db`
 * leads to the primary, `db-ro` to any instance. With backups a ScheduledBackup besides the dumps; where the Prometheus
 * Operator watches, a PodMonitor for what the instances themselves export.
 * @see https://cloudnative-pg.io/documentation/current/
 */
export class CloudNativePg extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: CloudNativePgProps) {
    super(scope, id);
    new ServerCertificate(this, 'certificate', plan, store);
    // Its claims go with it, and the data with them.
    const kept = metadata(plan, store.name, store, { ...retained });
    new Cluster(this, 'cluster', { metadata: kept, spec: clusterSpec(plan, store) });
    service(this, { plan, workload: store, select: { 'cnpg.io/instanceRole': 'primary' } });
    service(this, { plan, workload: store, name: `${store.name}-ro`, select: { 'cnpg.io/podRole': 'instance' } });
    this.backup(plan, store);
    if (plan.monitors?.mode === 'operator') this.monitor(plan, store, plan.monitors.operatorLabels);
  }

  private backup(plan: Plan, store: PostgresPlan): void {
    const subject = subjectOf(plan, store);
    const schedule = subject?.backup.schedule;
    if (subject === undefined || schedule === undefined) return;
    if (plan.backupTarget.to === 's3') this.objectStore(plan, store, plan.backupTarget, subject.keep.daily);
    const method: Pick<ScheduledBackupSpec, 'method' | 'pluginConfiguration'> =
      plan.backupTarget.to === 's3'
        ? { method: 'plugin', pluginConfiguration: { name: plugin } }
        : { method: 'volumeSnapshot' };
    new ScheduledBackup(this, 'backup', {
      metadata: metadata(plan, store.name, store),
      spec: { schedule: `0 ${schedule}`, cluster: { name: store.name }, backupOwnerReference: 'none', ...method },
    });
  }

  private objectStore(
    plan: Plan,
    store: PostgresPlan,
    target: Extract<Plan['backupTarget'], { to: 's3' }>,
    days: number,
  ): void {
    const { host, port = 443 } = target.endpoint;
    const key = (name: string): { name: string; key: string } => ({ name: plan.backup?.secret ?? '', key: name });
    // Its own encryption: that of the dumps has a key that no server of the bucket's has.
    const files = { compression: 'gzip', ...(plan.backups?.encrypted ? { encryption: 'AES256' } : {}) };
    new ObjectStore(this, 'object-store', {
      metadata: metadata(plan, store.name, store),
      spec: {
        configuration: {
          destinationPath: `s3://${target.bucket}/${plan.namespace}/cloudnative-pg`,
          endpointURL: `https://${host}:${port}`,
          s3Credentials: { accessKeyId: key('access-key-id'), secretAccessKey: key('secret-access-key') },
          wal: files,
          data: files,
        },
        retentionPolicy: `${days}d`,
        instanceSidecarConfiguration: { env: [{ name: 'AWS_DEFAULT_REGION', value: target.region }] },
      },
    });
  }

  private monitor(plan: Plan, store: PostgresPlan, labels: Readonly<Record<string, string>>): void {
    const name = `${store.name}-instances`;
    const base = metadata(plan, name, store);
    new PodMonitor(this, 'monitor', {
      metadata: { ...base, labels: { ...base.labels, ...labels } },
      spec: {
        selector: { matchLabels: store.podLabels ?? {} },
        namespaceSelector: { matchNames: [plan.namespace] },
        podMetricsEndpoints: [{ port: 'metrics' }],
      },
    });
  }
}
