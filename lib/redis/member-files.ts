/**
 * What makes one StatefulSet a primary with replicas: `start.sh` of a store that has them at any tier. Each pod decides its
 * role at its start, from the ordinal that the environment names as primary and from what the other members say of
 * themselves. `MEMBERS` lists `host:port` by ordinal, as many as the largest tier has; one that is not there does not answer.
 *
 * Redis hands over by itself (`FAILOVER`): the old primary takes no more writes, waits until the new one has all that it
 * has acknowledged, and becomes its replica. What is here only asks for it, and never lets an empty volume win.
 * @see https://redis.io/docs/latest/commands/failover/
 */

const asking = `say() { echo "$HOSTNAME: $*"; }
fail() { say "$*" >&2; exit 1; }

# address ORDINAL: host:port
address() { echo "$MEMBERS" | cut -d ' ' -f $(($1 + 1)); }

# ask ORDINAL COMMAND …
ask() {
  where=$(address "$1")
  shift
  timeout 3 redis-cli -h "\${where%:*}" -p "\${where##*:}" "$@" 2>/dev/null
}

# told ORDINAL FIELD: what a member says of its replication; nothing where it does not answer
told() { ask "$1" info replication | tr -d '\\r' | sed -n "s/^$2://p"; }

here() { redis-cli -p "$port" info replication 2>/dev/null | tr -d '\\r' | sed -n "s/^$1://p"; }

others() { seq 0 $((members - 1)) | grep -vx "$ordinal"; }

# other_primary: the member that takes writes now. Nobody is asked again who answers, or whose name nobody knows.
other_primary() {
  tries=3
  while :; do
    silent=''
    for other in $(others); do
      role=$(told "$other" role)
      if [ "$role" = master ]; then echo "$other"; return; fi
      where=$(address "$other")
      if [ -z "$role" ] && timeout 2 getent hosts "\${where%:*}" >/dev/null; then silent=yes; fi
    done
    tries=$((tries - 1))
    if [ -z "$silent" ] || [ "$tries" -eq 0 ]; then return; fi
    sleep 2
  done
}

# fullest: the member with most keys, if any has one
fullest() {
  most=0 found=''
  for other in $(others); do
    keys=$(ask "$other" dbsize) || continue
    case $keys in '' | *[!0-9]*) continue ;; esac
    if [ "$keys" -gt "$most" ]; then most=$keys found=$other; fi
  done
  echo "$found"
}

# Data of its own: a server that follows writes files before it has anything.
has_data() {
  [ ! -e "$DATA/unfinished" ] && [ -n "$(find "$DATA" -name before-restore -prune -o \\( -name '*.rdb' -o -name '*.aof' \\) -print | head -n 1)" ]
}
`;

/** Which member to follow at the start; empty for the one that takes writes. */
const deciding = `follow=''
if [ "$ordinal" -eq "$PRIMARY" ]; then
  follow=$(other_primary)
  if [ -z "$follow" ] && ! has_data; then
    follow=$(fullest)
    if [ -n "$follow" ]; then
      say "the volume is empty; member $follow has data"
      ask "$follow" replicaof no one >/dev/null || fail "member $follow does not answer any more"
    elif [ -e "$DATA/unfinished" ]; then
      fail "the copy of another member is not finished, and no member with data answers"
    elif [ "$ordinal" -ne 0 ]; then
      fail "the volume is empty and no member with data answers; only member 0 begins with nothing"
    fi
  fi
elif has_data && [ "$(told "$PRIMARY" role)" = slave ] &&
  [ "$(told "$PRIMARY" master_host):$(told "$PRIMARY" master_port)" = "$own" ]; then
  say "was the primary, and has yet to hand over to member $PRIMARY"
else
  follow=$PRIMARY
fi
if [ -n "$follow" ] && ! has_data; then : > "$DATA/unfinished"; fi
`;

/** Beside the server, until each has the role that the environment gives it. */
const settling = `# once: the first copy is here
finish() {
  until [ "$(here master_link_status)" = up ] || [ "$(here role)" = master ]; do sleep 1; done
  rm -f "$DATA/unfinished"
}

take_over() {
  away=0 complete=''
  while [ "$(here role)" = slave ]; do
    if [ "$(here master_link_status)" = up ]; then
      away=0 complete=yes
      rm -f "$DATA/unfinished"
      ask "$follow" failover to "\${own%:*}" "$port" timeout 10000 >/dev/null || true
    elif [ -n "$(told "$follow" role)" ]; then
      away=0
    else
      away=$((away + 1))
      # What never had everything of it must not take its place by itself: it may come back.
      if [ "$away" -ge 10 ] && [ -n "$complete" ]; then
        say "member $follow does not answer any more; the primary begins with what is here"
        redis-cli -p "$port" replicaof no one >/dev/null
      elif [ "$away" -eq 10 ]; then
        say "member $follow does not answer, and not everything of it is here: it waits; after a restart it begins with its own"
      fi
    fi
    sleep 1
  done
  say "is the primary from now on"
}

hand_over() {
  heir=$(address "$PRIMARY")
  while [ "$(here role)" = master ]; do
    redis-cli -p "$port" failover to "\${heir%:*}" "\${heir##*:}" timeout 10000 >/dev/null 2>&1 || true
    sleep 1
  done
  say "has handed over to member $PRIMARY"
}

settle() {
  until redis-cli -p "$port" ping 2>/dev/null | grep -q PONG; do sleep 1; done
  if [ "$ordinal" -eq "$PRIMARY" ]; then take_over; elif [ -z "$follow" ]; then hand_over; else finish; fi
}
`;

/**
 * `start.sh` of a member. Replicas log in with the password itself, so it stands in the rendered configuration, byte by
 * byte in hex, so that nothing in it needs quoting; the file is its owner's alone and ends with the pod.
 */
export const memberStartScript = `#!/bin/sh
# HOSTNAME, MEMBERS and DATA come from the pod.
# shellcheck disable=SC2153,SC3028
set -eu
umask 077
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
if [ -z "$REDISCLI_AUTH" ]; then
  echo "the password is empty: the server would let everybody in" >&2
  exit 1
fi
export REDISCLI_AUTH
ordinal=\${HOSTNAME##*-}
members=$(echo "$MEMBERS" | wc -w)
${asking}
own=$(address "$ordinal")
port=\${own##*:}
${deciding}
{
  echo "include $CONFIGURATION"
  echo "user default on #$(printf %s "$REDISCLI_AUTH" | sha256sum | cut -d ' ' -f 1) ~* &* +@all"
  echo "masterauth \\"$(printf %s "$REDISCLI_AUTH" | od -An -v -tx1 | tr -d '\\n' | sed 's/ \\{1,\\}/\\\\x/g')\\""
  echo "replica-announce-ip \${own%:*}"
  if [ -n "$follow" ]; then
    leader=$(address "$follow")
    echo "replicaof \${leader%:*} \${leader##*:}"
  fi
} > "$RENDERED"
if [ -n "$follow" ]; then say "follows member $follow"; else say "takes writes"; fi
${settling}
settle &
exec redis-server "$RENDERED"
`;

/** Ready: the data is loaded, and the named primary takes writes. Whoever asks it before would be refused. */
export const memberReadyScript = `#!/bin/sh
# shellcheck disable=SC3028
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH
port=$(echo "$MEMBERS" | cut -d ' ' -f $((\${HOSTNAME##*-} + 1)) | sed 's/.*://')
redis-cli -p "$port" ping | grep -q PONG
[ "\${HOSTNAME##*-}" -ne "$PRIMARY" ] || redis-cli -p "$port" info replication | grep -q '^role:master'
`;
