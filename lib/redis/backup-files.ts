/** What backups and restores of Redis run, as files of their ConfigMap. */

const backup = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
REDISCLI_AUTH=$(cat "$CREDENTIALS/password")
export REDISCLI_AUTH

open_repository
begin_run
# As a replica gets it: the server's own files are never touched.
redis-cli -h "$HOST" -p "$PORT" --rdb "$WORK/dump.rdb" >/dev/null
redis-check-rdb "$WORK/dump.rdb" >"$TMPDIR/checked" || { cat "$TMPDIR/checked" >&2; fail "the snapshot is broken"; }
put_output rdb dump.rdb cat "$WORK/dump.rdb"
feed "$run" rdb dump.rdb sha256sum >"$TMPDIR/kept"
sha256sum <"$WORK/dump.rdb" >"$TMPDIR/taken"
cmp "$TMPDIR/kept" "$TMPDIR/taken" || fail "what was kept is not what was taken"
accept rdb
grep -o '[0-9]* keys read' "$TMPDIR/checked" || true
`;

/**
 * With the append-only file on, a server reads that at its start and ignores \`dump.rdb\`. So a server of our own loads the
 * snapshot with the append-only file off, turns it on, which writes it anew, and is started once more as the real one
 * will be: what it has then is what the real one will have.
 */
const restore = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
REDISCLI_AUTH=$(cat "$CREDENTIALS/password")
export REDISCLI_AUTH

local_client() {
  REDISCLI_AUTH='' redis-cli -s "$TMPDIR/redis.sock" "$@"
}

# start_local ARGUMENT …: a server that nobody else can reach; returns when its data is loaded.
start_local() {
  redis-server --port 0 --unixsocket "$TMPDIR/redis.sock" --dir "$DATA" --dbfilename dump.rdb --save '' "$@" >"$TMPDIR/log" &
  server=$!
  until local_client ping 2>/dev/null | grep -q PONG; do
    kill -0 "$server" 2>/dev/null || { tail -n 20 "$TMPDIR/log" >&2; fail "the server ended while it loaded its data"; }
    sleep 0.2
  done
}

stop_local() {
  local_client shutdown nosave >/dev/null 2>&1 || true
  wait "$server" || true
}

info() {
  local_client info persistence | tr -d '\\r' | sed -n "s/^$1://p"
}

need_repository
choose_run rdb
echo "restores the backup $run of $RESTIC_REPOSITORY into $DATA, the data of $HOST"

answer=$(redis-cli -h "$HOST" -p "$PORT" ping 2>&1 || true)
case $answer in
  *PONG* | *NOAUTH* | *WRONGPASS* | *LOADING*)
    fail "$HOST is running: scale its StatefulSet to zero first"
    ;;
esac
present=$(find "$DATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name before-restore)
if [ -n "$present" ] && [ "\${OVERWRITE:-no}" != yes ]; then
  fail "$DATA has data: say OVERWRITE=yes to replace it; it is kept in before-restore/"
fi

get "$run" rdb dump.rdb >"$WORK/dump.rdb"
redis-check-rdb "$WORK/dump.rdb" >"$TMPDIR/checked" || { cat "$TMPDIR/checked" >&2; fail "the backup $run is broken"; }

if [ -n "$present" ]; then
  rm -rf "$DATA/before-restore"
  mkdir "$DATA/before-restore"
  find "$DATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name before-restore -exec mv {} "$DATA/before-restore/" \\;
fi
cp "$WORK/dump.rdb" "$DATA/dump.rdb"

start_local --appendonly no
loaded=$(local_client dbsize)
local_client config set appendonly yes >/dev/null
until [ "$(info aof_enabled):$(info aof_rewrite_in_progress):$(info aof_rewrite_scheduled)" = 1:0:0 ]; do sleep 0.2; done
[ "$(info aof_last_bgrewrite_status)" = ok ] || fail "the append-only file could not be written"
stop_local

start_local --appendonly yes
kept=$(local_client dbsize)
stop_local
# Keys may expire between the two, and none may come.
if [ "$kept" -gt "$loaded" ] || { [ "$loaded" -gt 0 ] && [ "$kept" -eq 0 ]; }; then
  fail "the snapshot has $loaded keys, the append-only file $kept"
fi
[ -z "$present" ] || echo "what was there is kept in $DATA/before-restore"
echo "restored the backup $run: $kept keys; now scale $HOST up again"
`;

/** The files, by name. */
export const backupFiles: Readonly<Record<string, string>> = { 'backup.sh': backup, 'restore.sh': restore };
