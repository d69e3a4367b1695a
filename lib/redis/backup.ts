import type { BackupContribution } from '../backup';
import { dataVolume } from '../kubernetes/stateful-set';
import type { EnvPlan, RedisBackupPlan, RedisPlan } from '../model/plan';
import { backupFiles } from './backup-files';

/** Snapshots as a replica gets them, and the restore that a person starts while the server is scaled to zero. */
export function redisBackup(store: RedisPlan, backup: RedisBackupPlan): BackupContribution {
  const server: EnvPlan[] = [
    { name: 'HOST', value: store.host },
    { name: 'PORT', value: String(store.port) },
    { name: 'WORK', value: '/work' },
  ];
  const claimName = `${dataVolume}-${store.name}-${store.primary}`;
  return {
    subject: store.name,
    files: backupFiles,
    credentials: [{ secret: { name: store.secret, items: [{ key: 'password', path: 'password' }] } }],
    works: [
      { job: backup.backup, command: ['backup.sh'], env: server },
      {
        job: backup.restore,
        command: ['restore.sh'],
        env: [...server, { name: 'DATA', value: '/data' }],
        volumes: [{ name: dataVolume, persistentVolumeClaim: { claimName } }],
        mounts: [{ name: dataVolume, mountPath: '/data' }],
      },
    ],
  };
}
