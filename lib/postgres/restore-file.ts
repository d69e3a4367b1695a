/** `restore.sh`, which reads the same files first as backup and drill do. */
export const restoreScript = `#!/bin/sh
# Restores into a database beside the present one, and changes their names when it is complete: a restore that fails
# leaves everything as it was. Only a database without connections is replaced, and one with tables only by OVERWRITE=yes.
set -eu
. "$SCRIPTS/repository.sh"
. "$SCRIPTS/server.sh"
. "$SCRIPTS/tables.sh"

server_query() {
  query -d postgres -v database="$DATABASE" -v new="$new" -v old="$old" -v owner="$OWNER" -v monitor="$MONITOR"
}

need_repository
choose_run dump
new="\${DATABASE}_restoring" old="\${DATABASE}_before_restore"
echo "restores the backup $run of $RESTIC_REPOSITORY into $DATABASE at $PGHOST:$PGPORT"

exists=$(server_query <<'SQL'
SELECT count(*) FROM pg_database WHERE datname = :'database'
SQL
)
kept=$(server_query <<'SQL'
SELECT count(*) FROM pg_database WHERE datname = :'old'
SQL
)
[ "$kept" -eq 0 ] || fail "$old is still there from an earlier restore: look at it, and drop it first"
connections=$(server_query <<'SQL'
SELECT count(*) FROM pg_stat_activity
 WHERE datname = :'database' AND backend_type = 'client backend' AND usename <> :'monitor'
SQL
)
[ "$connections" -eq 0 ] || fail "$DATABASE has $connections connections: scale what uses it to zero first"
tables=0
if [ "$exists" -eq 1 ]; then
  tables=$(query -d "$DATABASE" -c "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema') OR nspname LIKE 'pg\\_%')")
fi
if [ "$tables" -gt 0 ] && [ "\${OVERWRITE:-no}" != yes ]; then
  fail "$DATABASE has $tables tables: say OVERWRITE=yes to replace it; it is kept as $old"
fi

# Roles first, because data belongs to them; without passwords, which the roles Job sets. Those that are there stay.
load_globals
server_query <<'SQL'
DROP DATABASE IF EXISTS :"new";
CREATE DATABASE :"new" TEMPLATE template0 OWNER :"owner";
SQL
feed "$run" dump database.dump pg_restore --exit-on-error --dbname="$new"
check_tables "$new"
query -d "$new" -c 'ANALYZE'

if [ "$exists" -eq 1 ]; then
  # Whoever came in meanwhile is sent away: who watches, that is, for everybody else was seen to be gone.
  server_query <<'SQL'
ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = :'database' \\g /dev/null
BEGIN;
ALTER DATABASE :"database" RENAME TO :"old";
ALTER DATABASE :"new" RENAME TO :"database";
COMMIT;
SQL
else
  server_query <<'SQL'
ALTER DATABASE :"new" RENAME TO :"database";
SQL
fi
if [ "$exists" -eq 1 ] && [ "$tables" -eq 0 ]; then
  server_query <<'SQL'
DROP DATABASE :"old";
SQL
elif [ "$exists" -eq 1 ]; then
  server_query <<'SQL'
ALTER DATABASE :"old" ALLOW_CONNECTIONS true;
SQL
  echo "what was there is kept as $old"
fi
echo "restored the backup $run; now the roles: kubectl create job --from=cronjob/$ROLES $ROLES-after-restore"
`;
