import type { BackupContribution, BackupWork } from '../backup';
import type { VolumeBackupPlan, VolumePlan } from '../model/plan';
import { backupFiles } from './backup-files';

const folder = '/volume';

/** Copies of a volume beside the pods that mount it: daily, in full every week where that is drawn, and back. */
export function volumeBackup(volume: VolumePlan, backup: VolumeBackupPlan): BackupContribution {
  const name = 'volume';
  const work = (job: BackupWork['job'], command: BackupWork['command'], readOnly: boolean): BackupWork => ({
    job,
    command,
    env: [{ name: 'VOLUME', value: folder }],
    volumes: [{ name, persistentVolumeClaim: { claimName: volume.claim.name, ...(readOnly ? { readOnly } : {}) } }],
    mounts: [{ name, mountPath: folder, ...(readOnly ? { readOnly } : {}) }],
    ...(volume.shared === 'one-node' ? { sameNodeAs: volume.mountedBy } : {}),
  });
  return {
    subject: volume.name,
    files: backupFiles,
    credentials: [],
    works: [
      work(backup.backup, ['backup.sh'], true),
      ...(backup.full ? [work(backup.full, ['backup.sh', '--force'], true)] : []),
      work(backup.restore, ['restore.sh'], false),
    ],
  };
}
