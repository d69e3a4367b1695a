/**
 * What the Jobs run that see to all repositories. REPOSITORIES has a line for each: its folder, and how many hourly,
 * daily, weekly and monthly snapshots are kept. A fault in one holds none of the others back, and fails the Job.
 */

/** `each.sh`: what the two have in common. */
const each = `# shellcheck shell=sh
# Read by the other scripts: ". each.sh".
faults=''

# each FUNCTION: calls it with the line of every repository that exists.
each() {
  # The function that is called reads what they say.
  # shellcheck disable=SC2034
  # The functions that are called use them.
  # shellcheck disable=SC2034
  while read -r name hourly daily weekly monthly; do
    RESTIC_REPOSITORY="$REPOSITORIES_AT/$name"
    export RESTIC_REPOSITORY
    status=0
    ask_repository || status=$?
    if [ "$status" -eq 10 ]; then
      echo "$name: nothing is there yet"
    elif [ "$status" -eq 0 ] && "$1" </dev/null; then
      echo "$name: done"
    else
      cat "$TMPDIR/said" >&2
      faults="$faults $name"
    fi
  done <"$SCRIPTS/repositories"
  [ -z "$faults" ] || fail "failed for$faults"
}
`;

const retention = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
. "$SCRIPTS/each.sh"

# Counted in snapshots, not in days: where backups fail, the last good ones stay. Reading a twentieth of all data at random, every day, finds a bad disk within weeks.
retain() {
  alone forget --host "$BACKUP_HOST" --tag verified --group-by host,paths --keep-hourly "$hourly" \\
      --keep-daily "$daily" --keep-weekly "$weekly" --keep-monthly "$monthly" &&
    alone forget --host "$BACKUP_HOST" --tag unverified --group-by host,paths --keep-within 2d &&
    alone prune --max-unused 10% &&
    alone check --read-data-subset 5%
}
each retain
`;

const archive = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
. "$SCRIPTS/each.sh"

# The newest run of a repository, whatever its kind, to a repository that retention never sees.
copy_newest() {
  source=$RESTIC_REPOSITORY
  client snapshots --host "$BACKUP_HOST" --tag verified --json >"$TMPDIR/snapshots" || return 1
  run=$(tr '[' '\\n' <"$TMPDIR/snapshots" | grep -v '"drill"' | sed 's/[,"]/\\n/g' | sed -n 's/^run-//p' | sort | tail -n 1)
  [ -n "$run" ] || return 1
  RESTIC_REPOSITORY="$REPOSITORIES_AT/archive/$name"
  from="--from-repo $source --from-password-file $RESTIC_PASSWORD_FILE"
  status=0
  ask_repository || status=$?
  if [ "$status" -eq 10 ]; then
    # With the same cut points, so that what the archive has already is not copied again.
    # shellcheck disable=SC2086
    client init $from --copy-chunker-params >/dev/null || return 1
    [ -d "$RESTIC_REPOSITORY" ] && chmod -R g+rwX "$RESTIC_REPOSITORY"
  elif [ "$status" -ne 0 ]; then
    return 1
  fi
  # shellcheck disable=SC2086
  client copy $from --host "$BACKUP_HOST" --tag "run-$run,verified" && alone check && echo "$name: archived $run"
}
each copy_newest
`;

const configuration = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"

open_repository
begin_run
# Mounted files are links into a folder with the time in its name: copied, they are files again.
mkdir -p "$WORK/configuration"
cp -rL "$CONFIGURATION"/. "$WORK/configuration"
find "$WORK/configuration" -name '..*' -prune -exec rm -rf {} +
put configuration "$WORK/configuration"
client ls --host "$BACKUP_HOST" --tag "run-$run,configuration" latest >"$TMPDIR/list"
accept configuration
rm -rf "$WORK/configuration"
echo "$(wc -l <"$TMPDIR/list") files and folders"
`;

/** The files, by name. */
export const wholeFiles: Readonly<Record<string, string>> = {
  'each.sh': each,
  'retention.sh': retention,
  'archive.sh': archive,
  'configuration.sh': configuration,
};
