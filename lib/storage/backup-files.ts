/** What backups and restores of volumes run, as files of their ConfigMap. */

const backup = `#!/bin/sh
# Arguments go to restic: --force reads every file again, whatever its time stamp says.
set -eu
. "$SCRIPTS/repository.sh"

open_repository
begin_run
# A file that cannot be read makes restic fail (3), and the snapshot without it is not accepted.
put volume --one-file-system --exclude "$VOLUME/lost+found" "$@" "$VOLUME"
client ls --host "$BACKUP_HOST" --tag "run-$run,volume" latest >"$TMPDIR/list"
accept volume
echo "$(wc -l <"$TMPDIR/list") files and folders"
`;

const restore = `#!/bin/sh
# Copies, and deletes nothing: what the backup does not have stays.
set -eu
. "$SCRIPTS/repository.sh"

need_repository
choose_run volume
echo "restores the backup $run of $RESTIC_REPOSITORY into $VOLUME"
present=$(find "$VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 1)
if [ -n "$present" ] && [ "\${OVERWRITE:-no}" != yes ]; then
  fail "$VOLUME has files: say OVERWRITE=yes to put those of the backup over them"
fi
client restore --host "$BACKUP_HOST" --tag "run-$run,volume" "latest:$VOLUME" --target "$VOLUME" --verify
echo "restored the backup $run"
`;

/** The files, by name. */
export const backupFiles: Readonly<Record<string, string>> = { 'backup.sh': backup, 'restore.sh': restore };
