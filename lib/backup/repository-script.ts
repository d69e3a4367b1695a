/**
 * `repository.sh`, which every script of the backups reads first: credentials from files, and what is said of runs in one
 * place. POSIX sh, because the scripts run in the images of PostgreSQL (Debian), Redis and restic (Alpine).
 *
 * A *run* is one backup, by the time it began: `20261121T010500Z`. Its files are snapshots of their own with the tag
 * `run-<run>`, a tag for their kind, and `unverified` until all of them have been read back; then `verified`. Nothing but
 * verified snapshots is ever restored, archived or counted by retention. So an interrupted or failed run is never taken
 * for a backup, and never costs an older one its place.
 */
export const repositoryScript = `# shellcheck shell=sh
# Read by the other scripts: ". repository.sh".
umask 077
TZ=UTC PATH="\${TOOLS:+$TOOLS:}$PATH"
RESTIC_PASSWORD_FILE="$CREDENTIALS/encryption-key"
export TZ PATH TMPDIR RESTIC_PASSWORD_FILE

fail() {
  echo "$*" >&2
  exit 1
}

[ -s "$RESTIC_PASSWORD_FILE" ] || fail "there is no encryption key: make the Secret that \\\`keelson report\\\` names"
if [ -s "$CREDENTIALS/access-key-id" ]; then
  AWS_ACCESS_KEY_ID=$(cat "$CREDENTIALS/access-key-id")
  AWS_SECRET_ACCESS_KEY=$(cat "$CREDENTIALS/secret-access-key")
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
fi

# Without a cache, unless there is room for one: pods are new each time, and a full emptyDir would end them.
client() {
  if [ -n "\${RESTIC_CACHE_DIR:-}" ]; then
    restic --quiet --retry-lock 5m "$@"
  else
    restic --quiet --retry-lock 5m --no-cache "$@"
  fi
}

# What needs the repository for itself. A pod that was killed leaves a lock, which "unlock" takes for abandoned, and
# removes, when it is 30 minutes old: so this waits for longer than that.
alone() {
  for attempt in 1 2 3 4 5 6 7 8; do
    client unlock || return $?
    alone_status=0
    client "$@" || alone_status=$?
    [ "$alone_status" -eq 11 ] || return "$alone_status"
    echo "attempt $attempt: the repository is in use" >&2
  done
  return 11
}

# 0: there is a repository and this key opens it; 10: there is none. A wrong key or a network that is down is neither.
ask_repository() {
  client cat config >/dev/null 2>"$TMPDIR/said"
}

need_repository() {
  ask_repository && return 0
  cat "$TMPDIR/said" >&2
  fail "cannot open $RESTIC_REPOSITORY"
}

open_repository() {
  status=0
  ask_repository || status=$?
  [ "$status" -eq 10 ] || { need_repository && return 0; }
  client init >/dev/null
  # On a volume other users may read and write it as well, where the volume's group lets them.
  [ -d "$RESTIC_REPOSITORY" ] && chmod -R g+rwX "$RESTIC_REPOSITORY"
  echo "made the repository $RESTIC_REPOSITORY"
}

# The time that all snapshots of a run share, so that retention keeps or forgets them together.
begin_run() {
  began=$(date -u '+%Y-%m-%d %H:%M:%S')
  run=$(echo "$began" | tr ' ' 'T' | tr -d ':-')Z
}

# put KIND ARGUMENT …: a snapshot of this run.
put() {
  kind=$1
  shift
  client backup --host "$BACKUP_HOST" --time "$began" --tag "run-$run,$kind,unverified" "$@"
}

# put_output KIND FILE COMMAND …: what a command says. A command that fails leaves no snapshot.
put_output() {
  output_kind=$1 output_file=$2
  shift 2
  put "$output_kind" --stdin-filename "$output_file" --stdin-from-command -- "$@"
}

# get RUN KIND FILE: the file, on standard output.
get() {
  client dump --host "$BACKUP_HOST" --tag "run-$1,$2" latest "/$3"
}

# feed RUN KIND FILE COMMAND …: the file as the standard input of a command. Both must succeed, so it is no pipeline. What
# the command leaves is read as well: a restic whose pipe breaks leaves its lock behind.
feed() {
  feed_run=$1 feed_kind=$2 feed_file=$3
  shift 3
  rm -f "$TMPDIR/feed"
  mkfifo "$TMPDIR/feed"
  get "$feed_run" "$feed_kind" "$feed_file" >"$TMPDIR/feed" &
  feeder=$!
  fed=0
  {
    "$@" || fed=$?
    cat >/dev/null
  } <"$TMPDIR/feed"
  wait "$feeder" || fed=$?
  rm -f "$TMPDIR/feed"
  return "$fed"
}

# accept KIND …: the snapshots of this run are a backup from now on; the one that restores look for comes last.
accept() {
  for accepted in "$@"; do
    alone tag --host "$BACKUP_HOST" --tag "run-$run,$accepted" --remove unverified --add verified >/dev/null
  done
  newest=$(newest_run "$accepted")
  [ "$newest" = "$run" ] || fail "the backup $run was not accepted: the newest is \${newest:-none}"
  echo "accepted the backup $run"
}

# newest_run KIND: the newest verified run, or nothing.
newest_run() {
  client snapshots --host "$BACKUP_HOST" --tag "$1,verified" --json >"$TMPDIR/snapshots"
  sed 's/[,"]/\\n/g' "$TMPDIR/snapshots" | sed -n 's/^run-//p' | sort | tail -n 1
}

# choose_run KIND: sets \`run\` to the one that RUN names, or to the newest.
choose_run() {
  if [ "\${RUN:-newest}" = newest ]; then
    run=$(newest_run "$1")
    [ -n "$run" ] || fail "there is no backup in $RESTIC_REPOSITORY"
  else
    run=$RUN
    client snapshots --host "$BACKUP_HOST" --tag "run-$run,$1,verified" --json >"$TMPDIR/snapshots"
    grep -q '"run-' "$TMPDIR/snapshots" || fail "there is no backup $run in $RESTIC_REPOSITORY"
  fi
}
`;
