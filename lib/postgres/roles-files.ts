/**
 * What the roles Job runs, as files of its ConfigMap. Every statement is skipped where it would change nothing; names are
 * quoted by `format('%I')` and `:"name"`, passwords by `:'password'`. A password is read by psql itself from its file, and
 * stands in no argument, no log and no output.
 */

/** `reconcile.sh DATABASE OWNER [ROLE …]`: everything that the other files do, in order. */
const reconcile = `#!/bin/sh
set -eu
umask 077
database=$1 owner=$2
shift

export PGCONNECT_TIMEOUT=10 PGAPPNAME=keelson-roles PGOPTIONS='-c client_min_messages=warning'
# What an outside server calls its administrator, where its Secret says so.
if [ -s "$CREDENTIALS/superuser-name" ]; then
  PGUSER=$(cat "$CREDENTIALS/superuser-name")
  export PGUSER
fi
PGPASSWORD=$(cat "$CREDENTIALS/superuser")
export PGPASSWORD

# as_superuser DATABASE FILE [ARGUMENT …]
as_superuser() {
  target=$1 file=$2
  shift 2
  psql -X -w -q -A -t -v ON_ERROR_STOP=1 -v database="$database" -v owner="$owner" "$@" -d "$target" -f "$SCRIPTS/$file"
}

# Whether the role can log in with its present password; if so, there is nothing to set.
can_log_in() {
  PGPASSWORD=$(cat "$CREDENTIALS/roles/$1") psql -X -w -q -A -t -U "$1" -d "$database" -c 'SELECT' >/dev/null 2>&1
}

can_stream() {
  PGPASSWORD=$(cat "$CREDENTIALS/roles/$1") psql -X -w -q -A -t -d "user=$1 replication=true" -c IDENTIFY_SYSTEM >/dev/null 2>&1
}

for role in "$@"; do
  # Its attributes would be taken away from it.
  if [ "$role" = "$PGUSER" ]; then
    echo "$role is the superuser, and cannot be an application's role" >&2
    exit 1
  fi
  if ! [ -s "$CREDENTIALS/roles/$role" ]; then
    echo "$role has no password: its Secret is empty" >&2
    exit 1
  fi
done

for role in "$@"; do
  as_superuser postgres role.sql -v role="$role"
done
as_superuser postgres database.sql
as_superuser "$database" schema.sql
for role in "$@"; do
  if [ "$role" != "$owner" ]; then
    as_superuser "$database" member.sql -v role="$role"
  fi
done

# reconcile_password CAN ROLE: where the test CAN fails, the password is set, and then it must not
reconcile_password() {
  if "$1" "$2"; then
    echo "$2 can log in"
    return
  fi
  export ROLE_PASSWORD_FILE="$CREDENTIALS/roles/$2"
  as_superuser postgres password.sql -v role="$2"
  if ! "$1" "$2"; then
    echo "$2 cannot log in, although its password was set" >&2
    exit 1
  fi
  echo "$2 has its password set"
}

for role in "$@"; do
  reconcile_password can_log_in "$role"
done

if [ -n "\${MONITOR_ROLE:-}" ]; then
  as_superuser postgres role.sql -v role="$MONITOR_ROLE"
  as_superuser postgres monitor.sql -v role="$MONITOR_ROLE"
  reconcile_password can_log_in "$MONITOR_ROLE"
fi

if [ -n "\${REPLICATION_ROLE:-}" ]; then
  as_superuser postgres replication.sql -v role="$REPLICATION_ROLE"
  reconcile_password can_stream "$REPLICATION_ROLE"
  as_superuser postgres slots.sql -v members="$REPLICAS" -v prefix="$SLOT_PREFIX"
fi
`;

/** The exporter's role: it reads the server's statistics, of every database, and no table. */
const monitor = `GRANT pg_monitor TO :"role";
GRANT CONNECT ON DATABASE :"database" TO :"role";
`;

/** The role by which replicas stream: that and nothing else. */
const replication = `SELECT format('CREATE ROLE %I LOGIN REPLICATION', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec

SELECT format('ALTER ROLE %I LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', rolname)
  FROM pg_roles
 WHERE rolname = :'role'
   AND (NOT rolcanlogin OR NOT rolreplication OR rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls) \\gexec
`;

/**
 * Slots of members that this tier no longer has: they would keep log for nobody. One that its pod still uses is left for
 * the next time; until then it keeps at most `max_slot_wal_keep_size`.
 */
const slots = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
 WHERE slot_type = 'physical'
   AND NOT active
   AND slot_name ~ ('^' || :'prefix' || '_[0-9]+$')
   AND substring(slot_name FROM '[0-9]+$')::int >= :'members'::int;
`;

/** One role: it may log in, and nothing else. An administrator who is no superuser must be its member to act for it. */
const role = `SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec

SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname)
  FROM pg_roles
 WHERE rolname = :'role'
   AND (NOT rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \\gexec

SELECT format('GRANT %I TO CURRENT_USER', :'role')
 WHERE NOT pg_has_role(:'role', 'USAGE') \\gexec
`;

/** The database belongs to the owner, and nobody else may enter unasked; on a server of our own that holds for all databases. */
const database = `SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec

SELECT format('ALTER DATABASE %I OWNER TO %I', datname, :'owner')
  FROM pg_database WHERE datname = :'database' AND pg_get_userbyid(datdba) <> :'owner' \\gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname)
  FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS acl
 WHERE acl.grantee = 0
   AND (datname = :'database' OR current_setting('is_superuser') = 'on')
 GROUP BY datname \\gexec
`;

/**
 * Schema public belongs to the owner. What a role that is not the owner has in it stems from a time when it was: the new
 * owner's migrations could not change it, so that is said instead of being found out by them.
 */
const schema = `SELECT format('CREATE SCHEMA public AUTHORIZATION %I', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public') \\gexec

SELECT format('ALTER SCHEMA public OWNER TO %I', :'owner')
  FROM pg_namespace WHERE nspname = 'public' AND pg_get_userbyid(nspowner) <> :'owner' \\gexec

SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
 WHERE EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) AS acl WHERE nspname = 'public' AND acl.grantee = 0) \\gexec
`;

/** A role that reads and writes what the owner makes, and makes its own things in a schema of its own. */
const member = `SELECT EXISTS (
  SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = :'role'
) AS owned \\gset
\\if :owned
  \\warn :role owns objects in schema public, where only :owner should: as a superuser run REASSIGN OWNED BY :"role" TO :"owner" in database :database, then this again
  DO $$ BEGIN RAISE 'a former owner still owns objects in schema public'; END $$;
\\endif

GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"role";
GRANT USAGE ON SCHEMA public TO :"role";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO :"role";

SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', oid::regclass, :'role')
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace
   AND relkind IN ('r', 'p', 'v', 'm', 'f')
   AND pg_has_role(relowner, 'USAGE')
 ORDER BY oid \\gexec

SELECT format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO %I', oid::regclass, :'role')
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace
   AND relkind = 'S'
   AND pg_has_role(relowner, 'USAGE')
 ORDER BY oid \\gexec

SELECT format('CREATE SCHEMA %I AUTHORIZATION %I', :'role', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = :'role') \\gexec
`;

/** A new password. The server logs statements that fail or are slow, so for this session it must not, where we may say so. */
const password = `SELECT current_setting('is_superuser') = 'on' AS superuser \\gset
\\if :superuser
  SET log_statement = 'none';
  SET log_min_error_statement = 'panic';
  SET log_min_duration_statement = -1;
\\endif
\\set password \`cat "$ROLE_PASSWORD_FILE"\`
ALTER ROLE :"role" PASSWORD :'password';
`;

/** The files, by name. */
export const rolesFiles: Readonly<Record<string, string>> = {
  'reconcile.sh': reconcile,
  'role.sql': role,
  'database.sql': database,
  'schema.sql': schema,
  'member.sql': member,
  'password.sql': password,
  'monitor.sql': monitor,
  'replication.sql': replication,
  'slots.sql': slots,
};
