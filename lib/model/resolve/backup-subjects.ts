import type {
  BackupJobPlan,
  BackupSubjectPlan,
  PostgresBackupPlan,
  PostgresPlan,
  RedisBackupPlan,
  RedisPlan,
  ServicePlan,
  StorePlan,
  ThrowAwayVolumePlan,
  VolumeBackupPlan,
  VolumePlan,
} from '../plan';
import { mib } from '../quantities';
import { backupJob, deadlines, serverCapacity, temporary, toolsScratch } from './backup-jobs';
import { cronOf, hours, isFrequent, keepOf } from './backup-schedule';
import type { Context } from './context';
import { storageClassOf } from './stores';

export interface Parts {
  readonly stores: readonly StorePlan[];
  readonly services: readonly ServicePlan[];
  readonly volumes: readonly VolumePlan[];
}

/** What every subject is built from; `slot` keeps their schedules apart. */
interface Subject {
  readonly context: Context;
  readonly client: string;
  readonly slot: number;
}

const withClient = [toolsScratch, temporary] as const;

function deadline(cron: string): number {
  return isFrequent(cron) ? deadlines.hourly : deadlines.backup;
}

/** The drill, and the test of disaster recovery where the document draws one. */
function drills(
  { context, slot }: Subject,
  { name, image }: PostgresPlan,
): Pick<PostgresBackupPlan, 'drill' | 'recoveryTest'> {
  const { backups } = context.system;
  const job = (suffix: string, what: string, schedule: string): BackupJobPlan =>
    backupJob({
      image,
      scratch: withClient,
      name: `${name}-${suffix}`,
      description: `Restores the newest ${what} of ${name} into a throw-away server`,
      schedule,
      deadlineSeconds: deadlines.long,
      capacity: serverCapacity,
    });
  const archive = backups?.archive?.disasterRecoveryTest ? backups.archive : undefined;
  return {
    drill: job('drill', 'backup', cronOf(backups?.restoreTest ?? '@weekly', hours.drill, slot)),
    recoveryTest: archive && job('dr-test', 'archive', cronOf(archive.schedule, hours.recoveryTest, slot)),
  };
}

/** As large as the store's own volume, and of its class; a managed store has none, but says how large it is. */
function throwAway({ context }: Subject, { name, claims: [claim] }: PostgresPlan): ThrowAwayVolumePlan {
  if (claim !== undefined) return { size: claim.size, storageClass: claim.storageClass };
  const declared = context.system.stores[name];
  return {
    size: mib(declared?.size ?? '1Gi'),
    storageClass: storageClassOf(context, undefined, declared?.encrypted ?? false),
  };
}

function postgres(subject: Subject, store: PostgresPlan, schedule: string): PostgresBackupPlan {
  const { name, image } = store;
  const plain = store.backup?.formats.includes('plain') ?? false;
  const cron = cronOf(schedule, hours.backup, subject.slot);
  const job = { image, scratch: withClient } as const;
  return {
    kind: 'postgres',
    name,
    plain,
    keep: keepOf(subject.context, cron),
    backup: backupJob({
      ...job,
      name: `${name}-backup`,
      description: `Backs up ${name}`,
      schedule: cron,
      deadlineSeconds: deadline(cron),
      ...(plain ? { capacity: serverCapacity } : {}),
    }),
    restore: backupJob({
      ...job,
      name: `${name}-restore`,
      description: `Restores ${name} from a backup`,
      schedule: undefined,
      deadlineSeconds: deadlines.restore,
    }),
    ...drills(subject, store),
    throwAway: throwAway(subject, store),
  };
}

function redis({ context, slot }: Subject, store: RedisPlan, schedule: string): RedisBackupPlan {
  const { name, image } = store;
  const cron = cronOf(schedule, hours.backup, slot);
  // A snapshot is denser than the memory it is of, but one of 8-byte integers hardly is.
  const work = { path: '/work', size: Math.ceil(store.maxMemory * 1.25) };
  const job = { image, scratch: [...withClient, work] } as const;
  return {
    kind: 'redis',
    name,
    keep: keepOf(context, cron),
    backup: backupJob({
      ...job,
      name: `${name}-backup`,
      description: `Backs up ${name}`,
      schedule: cron,
      deadlineSeconds: deadline(cron),
    }),
    restore: backupJob({
      ...job,
      name: `${name}-restore`,
      description: `Restores ${name} from a backup`,
      schedule: undefined,
      deadlineSeconds: deadlines.restore,
      // It starts a server of its own on the data.
      capacity: { requests: store.resources.requests, limits: store.resources.limits },
      user: store.user,
      group: store.group,
    }),
  };
}

function volume({ context, client, slot }: Subject, volume: VolumePlan, owner: ServicePlan): VolumeBackupPlan {
  const { name } = volume;
  const weekly = context.system.backups?.weekly ?? false;
  const cron = cronOf(volume.backup?.schedule ?? '@weekly', hours.backup, slot);
  const { user, group } = owner;
  const job = { image: client, scratch: [temporary], user, group, deadlineSeconds: deadlines.long } as const;
  return {
    kind: 'volume',
    name,
    keep: keepOf(context, cron),
    backup: backupJob({ ...job, name: `${name}-backup`, description: `Backs up ${name}`, schedule: cron }),
    full: weekly
      ? backupJob({
          ...job,
          name: `${name}-full`,
          description: `Backs up ${name}, reading every file again`,
          schedule: cronOf('@weekly', hours.full, slot),
        })
      : undefined,
    restore: backupJob({
      ...job,
      name: `${name}-restore`,
      description: `Restores ${name} from a backup`,
      schedule: undefined,
      deadlineSeconds: deadlines.restore,
    }),
  };
}

/** What is backed up: the stores and volumes that say so, and with weekly full backups every volume. */
export function subjectsOf(context: Context, parts: Parts, client: string): BackupSubjectPlan[] {
  const services = new Map(parts.services.map((service) => [service.name, service]));
  const stores = parts.stores.flatMap((store) => (store.backup ? [{ store, ...store.backup }] : []));
  const ofStores = stores.flatMap(({ store, schedule }, slot): BackupSubjectPlan[] => {
    if (store.kind === 'postgres') return [postgres({ context, client, slot }, store, schedule)];
    // A managed Redis lets nobody copy its snapshot; its provider does.
    return store.kind === 'redis' && !store.external ? [redis({ context, client, slot }, store, schedule)] : [];
  });
  const weekly = context.system.backups?.weekly ?? false;
  const ofVolumes = parts.volumes.flatMap((item, index): BackupSubjectPlan[] => {
    const owner = services.get(item.mountedBy[0] ?? '');
    if (owner === undefined || (item.backup === undefined && !weekly)) return [];
    return [volume({ context, client, slot: stores.length + index }, item, owner)];
  });
  return [...ofStores, ...ofVolumes];
}
