import type { k8s } from 'cdk8s-plus-28';
import type { BackupContribution, BackupWork } from '../backup';
import { authoritiesOf, clientTlsEnv } from '../kubernetes/authority';
import type { EnvPlan, PostgresBackupPlan, PostgresPlan } from '../model/plan';
import { backupFiles } from './backup-files';

/** The superuser: it alone reads everything, large objects included, and it alone makes databases at a restore. */
function credentials(store: PostgresPlan): k8s.VolumeProjection[] {
  const secret = (key: string, path: string, optional: boolean): k8s.VolumeProjection => ({
    secret: { name: store.superuserSecret, items: [{ key, path }], ...(optional ? { optional } : {}) },
  });
  return [
    secret('password', 'superuser', false),
    // What an outside server calls its administrator is its own choice.
    ...(store.external === undefined ? [] : [secret('username', 'superuser-name', true)]),
  ];
}

function connection(store: PostgresPlan): EnvPlan[] {
  const values = {
    PGHOST: store.host,
    PGPORT: String(store.port),
    PGUSER: 'postgres',
    DATABASE: store.database,
  };
  return [...Object.entries(values).map(([name, value]) => ({ name, value })), ...clientTlsEnv(store.tls)];
}

function restoreEnv(store: PostgresPlan): EnvPlan[] {
  return [
    { name: 'OWNER', value: store.roles.find(({ owner }) => owner)?.name ?? 'postgres' },
    { name: 'MONITOR', value: store.roles.find(({ monitor }) => monitor)?.name ?? '' },
    { name: 'ROLES', value: store.rolesJob.name },
  ];
}

/** Daily dumps, the restore that a person starts, and the drills that prove it. */
export function postgresBackup(store: PostgresPlan, backup: PostgresBackupPlan): BackupContribution {
  const plain: EnvPlan = { name: 'PLAIN', value: backup.plain ? 'yes' : 'no' };
  const server = connection(store);
  const drill = (job: BackupWork['job'], repository: string): BackupWork => ({
    job,
    repository,
    command: ['drill.sh'],
    env: [plain],
    throwAway: backup.throwAway,
  });
  return {
    subject: store.name,
    files: backupFiles,
    credentials: credentials(store),
    works: [
      {
        job: backup.backup,
        command: ['backup.sh'],
        env: [...server, plain],
        authorities: authoritiesOf(store.tls),
        throwAway: backup.plain ? backup.throwAway : undefined,
      },
      drill(backup.drill, store.name),
      ...(backup.recoveryTest ? [drill(backup.recoveryTest, `archive/${store.name}`)] : []),
      {
        job: backup.restore,
        command: ['restore.sh'],
        env: [...server, ...restoreEnv(store)],
        authorities: authoritiesOf(store.tls),
      },
    ],
  };
}
