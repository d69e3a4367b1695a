/**
 * What makes one StatefulSet a primary with replicas: two files of the ConfigMap. Each pod decides its role anew at every
 * start, from three facts: which ordinal the environment names as primary, what its own volume holds, and what the other
 * members say of themselves. Nothing is decided while the server runs, so promotion is an edit that rolls the pods.
 */
import { prepareFunctions } from './member-functions';

/**
 * `prepare.sh`, before the server: an init container, because a copy may take hours and no probe may end it.
 *
 * The designated primary starts as what it is; where it is still a replica it follows the best of the others until it has
 * everything, stops the old primary, and promotes itself. Every other member becomes a replica: of its own data where they
 * are an ancestor of the primary's, rewound where it wrote something that the primary never got, copied anew otherwise.
 */
export const prepareScript = `#!/bin/sh
# HOSTNAME and MEMBERS come from the pod; a timeline's history is read from the last one into another.
# shellcheck disable=SC2094,SC2153,SC3028
set -eu
umask 077
export LC_ALL=C PGAPPNAME="$HOSTNAME"
${prepareFunctions}
mkdir -p "$RUN"
: > "$RUN/member.conf"
printf '*:*:*:%s:%s\\n' "$REPLICATION_ROLE" "$(sed 's/[\\\\:]/\\\\&/g' "$CREDENTIALS/replication")" > "$RUN/passfile"
if [ -e "$VOLUME/unfinished" ]; then
  say "a rewind was interrupted: the data are copied anew"
  rm -rf "$PGDATA"
fi
rm -rf "$copy" "$VOLUME/unfinished"

if [ "$ordinal" -eq "$PRIMARY" ]; then
  become_primary
else
  become_replica
fi
if has_data; then complete_histories; fi
# From now on nobody else has the say: this pod was made after the edit that names the primary.
rm -f "\${PGDATA%/*}/fenced"
`;

/**
 * `start.sh`, in place of the image's entrypoint. It only holds back a server that must not run: one whose place another
 * member took while this pod was alive, and one whose volume holds another major version, beside which the image would
 * make an empty database.
 */
export const startScript = `#!/bin/sh
set -eu
if [ -e "\${PGDATA%/*}/fenced" ]; then
  echo "$(cat "\${PGDATA%/*}/fenced") is the primary now; this pod must be replaced, and its successor becomes a replica" >&2
  exit 1
fi
for found in "$VOLUME/pgdata/PG_VERSION" "$VOLUME"/*/docker/PG_VERSION; do
  [ -s "$found" ] || continue
  if [ "$found" = "$PGDATA/PG_VERSION" ] && [ "$(cat "$found")" = "$MAJOR_VERSION" ]; then continue; fi
  echo "the volume holds PostgreSQL $(cat "$found") in $found, and this is PostgreSQL $MAJOR_VERSION:" \\
    "see docs/procedures.md, a major version of PostgreSQL" >&2
  exit 1
done
exec docker-entrypoint.sh "$@"
`;

/**
 * `superuser.sh PROGRAM [ARGUMENT …]`: what a person runs in the pod, as the superuser. The password is asked for on the
 * socket too, and stands in a file that libpq would not read itself, because the group may read it.
 */
export const superuserScript = `#!/bin/sh
set -eu
PGUSER=postgres PGPASSWORD=$(cat "$CREDENTIALS/password")
export PGUSER PGPASSWORD
exec "$@"
`;
