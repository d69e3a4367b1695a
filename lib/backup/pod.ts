import { k8s } from 'cdk8s-plus-28';
import { checksum } from '../kubernetes/checksum';
import type { ContainerProps } from '../kubernetes/container';
import type { JobProps } from '../kubernetes/job';
import type { BackupPlan, EnvPlan, Plan, ScratchPlan } from '../model/plan';
import { byteQuantity } from '../model/quantities';
import { type BackupWork, throwAwayFolder } from './contribution';

const scriptFolder = '/etc/keelson/backup';
const credentialsFolder = '/run/credentials';
const claimFolder = '/repositories';
const toolsFolder = '/tools';
const cacheFolder = '/cache';

/** Where all repositories are, as restic writes it. */
export function repositoriesAt(plan: Plan, { repositories }: BackupPlan): string {
  return repositories.on === 's3' ? repositories.url : `${claimFolder}/${plan.namespace}`;
}

/** What a pod needs to know besides its work. */
export interface Surroundings {
  readonly plan: Plan;
  readonly backup: BackupPlan;
  /** The folder of the repository below all of them. */
  readonly repository: string;
  readonly configMap: string;
  readonly files: Readonly<Record<string, string>>;
  readonly credentials: readonly k8s.VolumeProjection[];
}

function environment({ plan, backup, repository }: Surroundings, work: BackupWork, own: boolean): EnvPlan[] {
  const at = repositoriesAt(plan, backup);
  const { repositories } = backup;
  const values: Record<string, string> = {
    REPOSITORIES_AT: at,
    RESTIC_REPOSITORY: `${at}/${work.repository ?? repository}`,
    BACKUP_HOST: plan.namespace,
    SCRIPTS: scriptFolder,
    CREDENTIALS: credentialsFolder,
    TMPDIR: '/tmp',
    HOME: '/tmp',
    // The index is most of restic's memory, and garbage of it would double that.
    GOGC: '20',
    ...(repositories.on === 's3' ? { AWS_DEFAULT_REGION: repositories.region } : {}),
    ...(own ? {} : { TOOLS: toolsFolder, SSL_CERT_FILE: `${toolsFolder}/ca-certificates.crt` }),
    ...(work.job.scratch.some(({ path }) => path === cacheFolder) ? { RESTIC_CACHE_DIR: cacheFolder } : {}),
    ...(work.throwAway ? { WORK: throwAwayFolder } : {}),
  };
  return [...Object.entries(values).map(([name, value]) => ({ name, value })), ...(work.env ?? [])];
}

/** A volume made for this pod and gone with it: of a class that encrypts where the data's own does, and no burden on the node. */
function throwAwayVolume({ size, storageClass }: NonNullable<BackupWork['throwAway']>): k8s.Volume {
  return {
    name: 'throw-away',
    ephemeral: {
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: storageClass,
          resources: { requests: { storage: k8s.Quantity.fromString(byteQuantity(size)) } },
        },
      },
    },
  };
}

function volumes({ backup, configMap, credentials }: Surroundings, work: BackupWork): k8s.Volume[] {
  const { repositories } = backup;
  const keys = ['encryption-key', ...(repositories.on === 's3' ? ['access-key-id', 'secret-access-key'] : [])];
  const own = { secret: { name: backup.secret, items: keys.map((key) => ({ key, path: key })) } };
  return [
    { name: 'scripts', configMap: { name: configMap } },
    { name: 'credentials', projected: { defaultMode: 0o440, sources: [own, ...credentials] } },
    ...(repositories.on === 'claim'
      ? [{ name: 'repositories', persistentVolumeClaim: { claimName: repositories.claim.name } }]
      : []),
    ...(work.throwAway ? [throwAwayVolume(work.throwAway)] : []),
    ...(work.volumes ?? []),
  ];
}

function mounts({ backup }: Surroundings, work: BackupWork): k8s.VolumeMount[] {
  return [
    { name: 'scripts', mountPath: scriptFolder, readOnly: true },
    { name: 'credentials', mountPath: credentialsFolder, readOnly: true },
    ...(backup.repositories.on === 'claim' ? [{ name: 'repositories', mountPath: claimFolder }] : []),
    ...(work.throwAway ? [{ name: 'throw-away', mountPath: throwAwayFolder }] : []),
    ...(work.mounts ?? []),
  ];
}

/** The client's program is static: copied into the pod, it runs beside the store's own programs, in their image. */
function copyClient({ client, clientResources }: BackupPlan, tools: readonly ScratchPlan[]): ContainerProps {
  return {
    name: 'client',
    image: client,
    command: ['/bin/cp', '/usr/bin/restic', '/etc/ssl/certs/ca-certificates.crt', `${toolsFolder}/`],
    podScratch: tools,
    resources: clientResources,
  };
}

/** Pods that write to one ReadWriteOnce target keep to one node while others of them are at work. */
function placement({ backup }: Surroundings, { job, sameNodeAs }: BackupWork): readonly string[] | undefined {
  // Its own name as well: the first one finds no other, and may go anywhere.
  if (sameNodeAs !== undefined) return [...sameNodeAs, job.name];
  const { repositories } = backup;
  const pinned = repositories.on === 'claim' && repositories.claim.accessMode === 'ReadWriteOnce';
  return pinned ? backup.jobs.map(({ name }) => name) : undefined;
}

/** The Job of a work: the golden pod, and what all backups share. */
export function workPod(around: Surroundings, work: BackupWork): JobProps {
  const { plan, backup, files } = around;
  const { job } = work;
  const tools = job.scratch.filter(({ path }) => path === toolsFolder);
  const own = tools.length === 0;
  const [file, ...args] = work.command;
  const sameNodeAs = placement(around, work);
  return {
    plan,
    workload: job,
    initContainers: own ? [] : [copyClient(backup, tools)],
    containers: [
      {
        name: 'backup',
        image: job.image,
        command: ['/bin/sh', `${scriptFolder}/${file}`, ...args],
        env: environment(around, work, own),
        mounts: mounts(around, work),
        authorities: work.authorities ?? [],
        scratch: job.scratch.filter(({ path }) => path !== toolsFolder),
        podScratch: tools,
        resources: job.resources,
      },
    ],
    volumes: volumes(around, work),
    checksums: { scripts: checksum(files) },
    ...(sameNodeAs === undefined ? {} : { sameNodeAs }),
    deadlineSeconds: job.deadlineSeconds,
    backoffLimit: job.backoffLimit,
  };
}
