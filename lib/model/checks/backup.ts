import { targetClaim } from '../resolve/backup';
import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';

/** RabbitMQ's queues and users are in the system's file, and its messages in three nodes: there is nothing to copy. */
function checkKinds({ system, problems, at }: Context): void {
  for (const [name, { kind, backup }] of Object.entries(system.stores)) {
    if (kind === 'rabbitmq' && backup !== undefined)
      problems.error(
        'backup-kind',
        `${at.system}.stores.${name}.backup`,
        'a backup of RabbitMQ',
        'nothing: its definitions stand in this file, and messages outlive a node in quorum queues',
      );
  }
}

/** What Keelson cannot copy, and somebody else must. */
function checkElsewhere(context: Context): void {
  const { stores, system, environment, mode, problems, at } = context;
  if (mode !== 'production') return;
  for (const [name, store] of stores) {
    if (store.kind === 'redis' && store.backup !== undefined && engineOf(context, name, store) === 'external')
      problems.warning(
        'backup-by-provider',
        `${at.system}.stores.${name}.backup`,
        'a managed Redis, which lets nobody copy its snapshot',
        "the provider's own backups, turned on there",
      );
  }
  const kept = Object.entries(system.volumes).filter(([, { backup }]) => backup !== undefined);
  for (const [name] of environment.sharedVolumes.by === 'object-storage' ? kept : [])
    problems.warning(
      'backup-by-provider',
      `${at.system}.volumes.${name}.backup`,
      'files in object storage',
      "the bucket's versioning or replication, turned on there",
    );
}

function checkTargetName({ system, environment, problems, at }: Context): void {
  if (environment.backupTarget.to === 'claim' && targetClaim in system.volumes)
    problems.error(
      'duplicate-name',
      `${at.system}.volumes.${targetClaim}`,
      `"${targetClaim}", which the claim of the backups has too`,
      'a name of its own',
    );
}

/** A test of the archive's restore needs something in the archive that can be restored for a test. */
function checkRecoveryTest({ system, problems, at }: Context): void {
  const tested = Object.values(system.stores).some(({ kind, backup }) => kind === 'postgres' && backup !== undefined);
  if (system.backups?.archive?.disasterRecoveryTest && !tested)
    problems.error(
      'recovery-test',
      `${at.system}.backups.archive.disasterRecoveryTest`,
      'true',
      'a PostgreSQL store with a backup: that is what the test restores',
    );
}

/** What backups can and cannot do. */
export function checkBackup(context: Context): void {
  checkKinds(context);
  checkElsewhere(context);
  checkTargetName(context);
  checkRecoveryTest(context);
}
