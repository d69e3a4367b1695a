import { helperResources } from '../defaults';
import type {
  ArrowPlan,
  BackupJobPlan,
  BackupPlan,
  BackupSubjectPlan,
  ClaimPlan,
  RepositoriesPlan,
  SecretPlan,
  StorePlan,
} from '../plan';
import { mib } from '../quantities';
import { storeEnd } from './arrows';
import { backupJob, deadlines, temporary, toolsScratch } from './backup-jobs';
import { cronOf, hours, keepOf } from './backup-schedule';
import { type Parts, subjectsOf } from './backup-subjects';
import type { Context } from './context';
import { storageClassOf } from './stores';

/** The name of the claim that is a target inside the namespace. */
export const targetClaim = 'backup-target';

function repositories(context: Context): RepositoriesPlan | undefined {
  const { backupTarget: target } = context.environment;
  if (target.to === 'none') return undefined;
  if (target.to === 's3') {
    const { host, port = 443 } = target.endpoint;
    const url = `s3:https://${host}:${port}/${target.bucket}/${context.namespace}`;
    return { on: 's3', url, region: target.region };
  }
  const encrypted = context.system.backups?.encrypted ?? false;
  const claim: ClaimPlan = {
    name: targetClaim,
    owner: 'backup-retention',
    component: 'backup',
    size: mib(target.size),
    storageClass: target.className ?? storageClassOf(context, undefined, encrypted),
    accessMode: target.accessMode,
  };
  return { on: 'claim', claim };
}

/** The Jobs that see to all repositories. */
function wholeJobs(context: Context, client: string): Pick<BackupPlan, 'retention' | 'archive' | 'configuration'> {
  const { backups } = context.system;
  const job = { image: client, scratch: [temporary], deadlineSeconds: deadlines.long } as const;
  const weekly = cronOf('@weekly', hours.configuration, 0);
  return {
    retention: backupJob({
      ...job,
      name: 'backup-retention',
      description: 'Forgets the backups that need not be kept, and checks the others',
      schedule: cronOf('@daily', hours.retention, 0),
      // Reading which files all snapshots have is what takes longest; the cache is for that.
      scratch: [temporary, { path: '/cache', size: 1024 }],
    }),
    archive: backups?.archive
      ? backupJob({
          ...job,
          name: 'backup-archive',
          description: 'Copies the newest backups to the archive',
          schedule: cronOf(backups.archive.schedule, hours.archive, 0),
        })
      : undefined,
    configuration: backups?.weekly
      ? {
          ...backupJob({
            ...job,
            name: 'configuration-backup',
            description: 'Backs up the Secrets',
            schedule: weekly,
            scratch: [temporary, { path: '/work', size: 16 }],
          }),
          keep: keepOf(context, weekly),
        }
      : undefined,
  };
}

function jobsOf(subject: BackupSubjectPlan): BackupJobPlan[] {
  const further =
    subject.kind === 'postgres'
      ? [subject.drill, subject.recoveryTest]
      : subject.kind === 'volume'
        ? [subject.full]
        : [];
  return [subject.backup, ...further.filter((job) => job !== undefined), subject.restore];
}

/** The backups of a Plan, or undefined where nothing is backed up or there is nowhere to put it. */
export function resolveBackup(context: Context, parts: Parts): BackupPlan | undefined {
  const target = repositories(context);
  const client = context.images.get('restic') ?? '';
  const subjects = subjectsOf(context, parts, client);
  if (target === undefined || subjects.length === 0) return undefined;
  const whole = wholeJobs(context, client);
  const ofAll = [whole.configuration, whole.archive, whole.retention].filter((job) => job !== undefined);
  return {
    subjects,
    repositories: target,
    client,
    clientResources: { ...helperResources, ephemeral: helperResources.ephemeral + toolsScratch.size },
    secret: 'backup',
    ...whole,
    jobs: [...subjects.flatMap(jobsOf), ...ofAll],
  };
}

/**
 * Given, for what dies with the namespace takes every backup with it that it is the key of. The system starts without it;
 * until it is there, every backup fails.
 */
export function backupSecrets(backup: BackupPlan | undefined): SecretPlan[] {
  if (backup === undefined) return [];
  const keys = backup.repositories.on === 's3' ? ['access-key-id', 'secret-access-key'] : [];
  const what = keys.length ? 'Encryption key and S3 keys' : 'Encryption key';
  return [
    {
      name: backup.secret,
      class: 'given',
      description: `${what} of the backups, to be kept elsewhere too`,
      type: 'Opaque',
      keys: Object.fromEntries(['encryption-key', ...keys].map((key) => [key, undefined])),
      optional: true,
      usedBy: backup.jobs.map(({ name }) => name),
    },
  ];
}

/** The claim that is a target inside the namespace. */
export function backupClaims(backup: BackupPlan | undefined): ClaimPlan[] {
  return backup?.repositories.on === 'claim' ? [backup.repositories.claim] : [];
}

/**
 * Volumes of pods of which the last one that succeeded and the last that failed are kept, for their logs, beside the one
 * at work. The quota counts each twice already.
 */
export function throwAwayClaims(backup: BackupPlan | undefined): ClaimPlan[] {
  return (backup?.subjects ?? []).flatMap((subject): ClaimPlan[] => {
    if (subject.kind !== 'postgres') return [];
    const jobs = [subject.drill, subject.recoveryTest, subject.plain ? subject.backup : undefined];
    return jobs
      .filter((job) => job !== undefined)
      .flatMap(({ name, component }) =>
        [1, 2].map((copy) => ({
          name: `${name}-${copy}`,
          owner: name,
          component,
          ...subject.throwAway,
          accessMode: 'ReadWriteOnce' as const,
        })),
      );
  });
}

/** Backups reach their store and the object storage; a drill, the object storage alone. */
export function backupArrows(
  context: Context,
  backup: BackupPlan | undefined,
  stores: readonly StorePlan[],
): ArrowPlan[] {
  if (backup === undefined) return [];
  const { backupTarget: target } = context.environment;
  const toStores = backup.subjects.flatMap(({ name, backup: copy, restore }): ArrowPlan[] => {
    const store = stores.find((item) => item.name === name);
    if (store === undefined) return [];
    return [copy, restore].map(({ name: from }) => ({
      from,
      to: storeEnd(store),
      port: store.port,
      why: 'backup',
    }));
  });
  if (target.to !== 's3') return toStores;
  const { host, cidrs, port = 443 } = target.endpoint;
  const to = { kind: 'outside', name: 'backups', host, cidrs, except: [] } as const;
  return [...toStores, ...backup.jobs.map(({ name }): ArrowPlan => ({ from: name, to, port, why: 'backup' }))];
}
