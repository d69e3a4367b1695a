import { restoreScript } from './restore-file';

/** What backups, restores and drills of PostgreSQL run, as files of their ConfigMap. */

/** `server.sh`: the way into the store's server. */
const server = `# shellcheck shell=sh
# Read by the other scripts: ". server.sh".
PGCONNECT_TIMEOUT=10 PGAPPNAME=keelson-backup PGOPTIONS='-c client_min_messages=warning -c search_path='
# What an outside server calls its administrator, where its Secret says so.
if [ -s "$CREDENTIALS/superuser-name" ]; then
  PGUSER=$(cat "$CREDENTIALS/superuser-name")
fi
PGPASSWORD=$(cat "$CREDENTIALS/superuser")
export PGUSER PGPASSWORD PGCONNECT_TIMEOUT PGAPPNAME PGOPTIONS
`;

/** `tables.sh`: which tables must have rows after a restore, and whether they have. */
const tables = `# shellcheck shell=sh
# Read by the other scripts: ". tables.sh".
query() {
  psql -X -w -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# tables_with_rows DATABASE
tables_with_rows() {
  query -d "$1" >"$TMPDIR/unsorted" <<'SQL'
SELECT format('SELECT %L WHERE EXISTS (SELECT FROM ONLY %s)', oid::regclass, oid::regclass)
  FROM pg_catalog.pg_class
 WHERE relkind = 'r' AND relpersistence = 'p'
   AND relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace
                             WHERE nspname IN ('pg_catalog', 'information_schema') OR nspname LIKE 'pg\\_%')
 ORDER BY 1 \\gexec
SQL
  LC_ALL=C sort "$TMPDIR/unsorted"
}

# Roles that are there already are no fault; one that is missing shows when something is to belong to it.
load_globals() {
  feed "$run" globals globals.sql psql -X -w -q -d postgres >/dev/null 2>"$TMPDIR/globals" || {
    cat "$TMPDIR/globals" >&2
    fail "the roles could not be restored"
  }
}

# count_rows NAMES TABLES: reads the whole dump on standard input, and writes the names with the rows that it has of each
# before them. One of which it has none stays alone: it had some before and after the dump, and so must what is restored.
count_rows() {
  rm -f "$TMPDIR/rows"
  mkfifo "$TMPDIR/rows"
  LC_ALL=C awk -v names="$1" '
    BEGIN { while ((getline name <names) > 0) known[++last] = name }
    table != "" && $0 == "\\\\." { table = ""; next }
    table != "" { rows[table]++; next }
    /^COPY / {
      table = "?"
      for (at = 1; at <= last; at++)
        if (index($0, "COPY " known[at] " (") == 1) table = known[at]
    }
    END {
      for (at = 1; at <= last; at++)
        if (known[at] in rows) printf "%.0f %s\\n", rows[known[at]], known[at]
        else print known[at]
    }' <"$TMPDIR/rows" >"$2" &
  counter=$!
  counted=0
  pg_restore --data-only --file=- >"$TMPDIR/rows" || counted=$?
  wait "$counter" || counted=$?
  rm -f "$TMPDIR/rows"
  return "$counted"
}

# check_tables DATABASE: every table that had rows when the backup was taken has rows, and as many as the dump.
check_tables() {
  get "$run" tables tables.txt >"$TMPDIR/tables"
  [ -s "$TMPDIR/tables" ] || fail "the backup $run has no table with rows"
  while read -r table; do
    wanted=''
    # Only what is quoted begins with a digit, and then with its quote.
    case $table in [0-9]*) wanted=\${table%% *} table=\${table#* } ;; esac
    rows=$(query -d "$1" -c "SELECT count(*) FROM ONLY $table")
    [ "$rows" -gt 0 ] || fail "$table had rows when the backup was taken, and has none"
    [ "$rows" = "\${wanted:-$rows}" ] || fail "$table had $wanted rows when the backup was taken, and has $rows"
    echo "$table: $rows rows"
  done <"$TMPDIR/tables"
}
`;

/** `throw-away.sh`: a server of its own in this container, on a socket only it can see. */
const throwAway = `# shellcheck shell=sh
# Read by the other scripts: ". throw-away.sh".

# initdb wants its user to have a name; the container's has none in /etc/passwd.
name_user() {
  id -un >/dev/null 2>&1 && return
  for library in /usr/lib/*/libnss_wrapper.so; do
    [ -e "$library" ] || continue
    NSS_WRAPPER_PASSWD="$TMPDIR/passwd" NSS_WRAPPER_GROUP="$TMPDIR/group"
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$WORK:/bin/false" >"$NSS_WRAPPER_PASSWD"
    echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
    export LD_PRELOAD="$library" NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    return
  done
}

stop_server() {
  pg_ctl -D "$WORK/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$WORK/data" "$WORK/log"
}

start_server() {
  name_user
  # A pod that was killed leaves what it had on a volume that outlives it.
  rm -rf "$WORK/data" "$WORK/log"
  trap stop_server EXIT
  initdb --username=postgres --auth=trust --encoding=UTF8 --no-sync -D "$WORK/data" >/dev/null
  cat >>"$WORK/data/postgresql.conf" <<CONFIGURATION
listen_addresses = ''
port = 5432
unix_socket_directories = '$TMPDIR'
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
autovacuum = off
CONFIGURATION
  pg_ctl -D "$WORK/data" -l "$WORK/log" -w -t 300 start >/dev/null || { cat "$WORK/log" >&2; fail "no server could be started"; }
  unset PGPASSWORD PGSSLMODE PGSSLROOTCERT
  PGHOST="$TMPDIR" PGPORT=5432 PGUSER=postgres
  export PGHOST PGPORT PGUSER
  load_globals
}

# load_dump DATABASE, load_sql DATABASE: into a new database.
load_dump() {
  createdb --template=template0 "$1"
  feed "$run" dump database.dump pg_restore --exit-on-error --dbname="$1"
}

load_sql() {
  createdb --template=template0 "$1"
  feed "$run" sql database.sql psql -X -w -q -v ON_ERROR_STOP=1 -d "$1" >/dev/null
}
`;

/** `to-sql.sh RUN`: the custom dump as SQL: one reading of the database makes both. */
const toSql = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
feed "$1" dump database.dump pg_restore --file=-
`;

const backup = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
. "$SCRIPTS/server.sh"
. "$SCRIPTS/tables.sh"

open_repository
begin_run
tables_with_rows "$DATABASE" >"$TMPDIR/before"
put_output globals globals.sql pg_dumpall --no-password --globals-only --no-role-passwords
# Not compressed: restic does that, after it has left out what the dump of yesterday had.
put_output dump database.dump pg_dump --no-password --format=custom --compress=0 --lock-wait-timeout=300s --dbname="$DATABASE"
tables_with_rows "$DATABASE" >"$TMPDIR/after"
LC_ALL=C comm -12 "$TMPDIR/before" "$TMPDIR/after" >"$TMPDIR/names"

# Read back from where it is kept: its list, and then all of it.
feed "$run" dump database.dump pg_restore --list >"$TMPDIR/list"
listed=$(grep -c ' TABLE DATA ' "$TMPDIR/list" || true)
wanted=$(wc -l <"$TMPDIR/names")
[ "$listed" -ge "$wanted" ] || fail "the dump lists $listed tables, and $wanted have rows"
feed "$run" dump database.dump count_rows "$TMPDIR/names" "$TMPDIR/tables"
put_output tables tables.txt cat "$TMPDIR/tables"
feed "$run" globals globals.sql grep -c 'PostgreSQL database cluster dump complete' >/dev/null

if [ "$PLAIN" = yes ]; then
  . "$SCRIPTS/throw-away.sh"
  put_output sql database.sql sh "$SCRIPTS/to-sql.sh" "$run"
  start_server
  load_sql loaded
  check_tables loaded
  accept globals tables sql dump
else
  accept globals tables dump
fi
echo "$listed tables of $DATABASE"
`;

/** `drill.sh`: whether the newest backup can be restored, and when that last was so. */
const drill = `#!/bin/sh
set -eu
. "$SCRIPTS/repository.sh"
. "$SCRIPTS/tables.sh"
. "$SCRIPTS/throw-away.sh"

need_repository
choose_run dump
echo "restores the backup $run of $RESTIC_REPOSITORY into a throw-away server"
start_server
load_dump restored
check_tables restored
if [ "$PLAIN" = yes ]; then
  load_sql loaded
  check_tables loaded >/dev/null
fi
tables=$(wc -l <"$TMPDIR/tables")
size=$(query -d postgres -c "SELECT pg_database_size('restored')")
restored=$run
begin_run
status="{\\"backup\\": \\"$restored\\", \\"drill\\": \\"$run\\", \\"tables\\": $tables, \\"bytes\\": $size}"
put_output drill drill.json echo "$status"
accept drill
# Where there is a pod around this: what \`kubectl get pod -o yaml\` shows of it.
[ -w /dev/termination-log ] && echo "$status" >/dev/termination-log
echo "the drill passed: $status"
`;

/** The files, by name. */
export const backupFiles: Readonly<Record<string, string>> = {
  'server.sh': server,
  'tables.sh': tables,
  'throw-away.sh': throwAway,
  'to-sql.sh': toSql,
  'backup.sh': backup,
  'drill.sh': drill,
  'restore.sh': restoreScript,
};
