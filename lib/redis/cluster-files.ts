/**
 * What makes one StatefulSet a Redis Cluster: `start.sh`, `ready.sh` and `stop.sh` of its members. Member N belongs to
 * shard N modulo SHARDS; the first of each shard begins with its slots, the others copy it, and who takes writes is the
 * cluster's own matter from then on. `MEMBERS` lists `host:port` by ordinal, as many as the largest tier has.
 *
 * The bus knows members by address, and pods change theirs: each member announces its own, and introduces itself again
 * to everyone whom it has lost. An empty volume takes no slots as long as anybody knows an owner of them.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */

const asking = `say() { echo "$HOSTNAME: $*"; }

ordinal=\${HOSTNAME##*-}
members=$(echo "$MEMBERS" | wc -w)

# address ORDINAL: host:port
address() { echo "$MEMBERS" | cut -d ' ' -f $(($1 + 1)); }

own=$(address "$ordinal")
port=\${own##*:}

# ip NAME: nothing where there is no such pod
ip() { timeout 3 getent hosts "$1" | sed -n '1s/[[:space:]].*//p'; }

# ask ORDINAL COMMAND …
ask() {
  where=$(address "$1")
  shift
  timeout 3 redis-cli -h "\${where%:*}" -p "\${where##*:}" "$@" 2>/dev/null
}

here() { timeout 3 redis-cli -h "$HOSTNAME" -p "$port" "$@" 2>/dev/null; }

others() { seq 0 $((members - 1)) | grep -vx "$ordinal"; }

# replication FIELD, of what INFO says
replication() { tr -d '\\r' | sed -n "s/^$1://p"; }
`;

/** Of the table of `CLUSTER NODES`: id, address, flags, primary, …, link, slots. */
const reading = `first=$((ordinal % SHARDS * 16384 / SHARDS))
last=$(((ordinal % SHARDS + 1) * 16384 / SHARDS - 1))

# owner: of a table, who has the slots of this member's shard, and its flags
owner() {
  awk -v slot="$first" '{
    for (i = 9; i <= NF; i++) {
      if ($i ~ /^\\[/) continue
      n = split($i, range, "-")
      if (slot >= range[1] + 0 && slot <= range[n] + 0) print $1, $3, $2
    }
  }'
}
`;

const starting = `# An empty volume in the place of a primary: who answered in its name would keep its replica from taking over.
if [ ! -e "$DATA/nodes.conf" ]; then
  tries=60
  while [ "$tries" -gt 0 ]; do
    taken=''
    for other in $(others); do
      [ -n "$(ip "$(address "$other" | sed 's/:.*//')")" ] || continue
      case $(ask "$other" cluster nodes | owner) in *"fail "* | '') ;; *,"\${own%:*}"*) taken=yes ;; esac
    done
    [ -n "$taken" ] || break
    [ "$tries" -lt 60 ] || say "the volume is empty; its slots wait for a replica to take them"
    tries=$((tries - 1))
    sleep 1
  done
fi
`;

const settling = `# introduce: to everyone who is not connected. The bus asks for no password, so ours is asked for first.
introduce() {
  for other in $(others); do
    place=$(address "$other")
    at=$(ip "\${place%:*}")
    [ -n "$at" ] || continue
    if echo "$nodes" | grep -v handshake | grep -qF " $at:\${place##*:}@" &&
      echo "$nodes" | grep -F " $at:\${place##*:}@" | grep -qE ' connected( |$)'; then continue; fi
    if [ "$(ask "$other" ping)" = PONG ]; then here cluster meet "$at" "\${place##*:}" >/dev/null || true; fi
  done
}

# forget: who failed without slots, and whose name another one has by now
forget() {
  for ghost in $(echo "$nodes" | awk '{
    split($2, place, ",")
    if ($3 !~ /fail|noaddr|handshake/) alive[place[2]] = 1
    else if ($3 !~ /handshake|fail\\?/ && NF < 9) gone[$1] = place[2]
  } END { for (id in gone) if (gone[id] != "" && alive[gone[id]]) print id }'); do
    here cluster forget "$ghost" >/dev/null || true
    say "forgets $ghost, whose volume is lost"
  done
}

# unowned: everyone who is there answers, the first of each shard among them, and nobody knows an owner of these slots
unowned() {
  for other in $(others); do
    place=$(address "$other")
    if [ "$other" -ge "$SHARDS" ] && [ -z "$(ip "\${place%:*}")" ]; then continue; fi
    table=$(ask "$other" cluster nodes) || return 1
    case $table in *myself*) ;; *) return 1 ;; esac
    [ -z "$(echo "$table" | owner)" ] || return 1
  done
}

# take_part: of a member that has no slots and follows nobody
take_part() {
  found=$(echo "$nodes" | owner)
  case \${found% *} in
    '')
      if [ "$ordinal" -lt "$SHARDS" ] && unowned; then
        say "begins with the slots $first to $last"
        here cluster addslotsrange "$first" "$last" >/dev/null || true
      fi
      ;;
    *fail*) ;;
    *)
      say "follows \${found##* }"
      here cluster replicate "\${found%% *}" >/dev/null || true
      ;;
  esac
}

settle() {
  while :; do
    nodes=$(here cluster nodes) || nodes=''
    if [ -n "$nodes" ]; then
      introduce
      forget
      if echo "$nodes" | awk '$3 ~ /myself,master/ && NF < 9 { empty = 1 } END { exit !empty }'; then take_part; fi
    fi
    # Of a cluster that is well a look now and then is enough.
    if here cluster info | grep -q '^cluster_state:ok' && ! echo "$nodes" | grep -qE 'fail|handshake|disconnected|noaddr'; then
      sleep 10
    else
      sleep 1
    fi
  done
}
`;

/** `start.sh` of a member. What is rendered is its owner's alone, and ends with the pod. */
export const clusterStartScript = `#!/bin/sh
# HOSTNAME, MEMBERS, SHARDS and DATA come from the pod.
# shellcheck disable=SC2153,SC3028
set -eu
umask 077
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
if [ -z "$REDISCLI_AUTH" ]; then
  echo "the password is empty: the server would let everybody in" >&2
  exit 1
fi
export REDISCLI_AUTH
${asking}
${reading}
${starting}
{
  echo "include $CONFIGURATION"
  echo "user default on #$(printf %s "$REDISCLI_AUTH" | sha256sum | cut -d ' ' -f 1) ~* &* +@all"
  echo "masterauth \\"$(printf %s "$REDISCLI_AUTH" | od -An -v -tx1 | tr -d '\\n' | sed 's/ \\{1,\\}/\\\\x/g')\\""
  echo "cluster-announce-ip $(ip "$HOSTNAME")"
  echo "cluster-announce-hostname \${own%:*}"
} > "$RENDERED"
${settling}
settle &
exec redis-server "$RENDERED"
`;

/** Ready: it takes part, and the cluster takes writes. Members find each other ready or not. */
export const clusterReadyScript = `#!/bin/sh
# shellcheck disable=SC2153,SC3028
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH
${asking}
state=$(here cluster info | tr -d '\\r')
echo "$state" | grep -qx cluster_state:ok
echo "$state" | grep -qx cluster_slots_assigned:16384
case $(here info replication | replication role) in
  slave) here info replication | replication master_link_status | grep -qx up ;;
  *) here cluster nodes | awk '$3 ~ /myself/ && NF > 8 { found = 1 } END { exit !found }' ;;
esac
`;

/**
 * Before a member stops: a replica of its own takes over with everything that was acknowledged. The lowest ordinal first,
 * because a smaller tier takes the highest away.
 */
export const clusterStopScript = `#!/bin/sh
# shellcheck disable=SC2153,SC3028
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH
${asking}
me=$(here cluster myid)
still_primary() { [ "$(here info replication | replication role)" = master ]; }
asks=6
while [ "$asks" -gt 0 ]; do
  asks=$((asks - 1))
  asked=''
  for other in $(others); do
    still_primary || exit 0
    [ "$(ask "$other" info replication | replication master_link_status)" = up ] || continue
    [ "$(ask "$other" cluster nodes | awk '$3 ~ /myself/ { print $4 }')" = "$me" ] || continue
    ask "$other" cluster failover >/dev/null || continue
    asked=yes
    # Elections of several shards at once refuse each other's votes, and a refused server does not ask again.
    tries=6
    while still_primary && [ "$tries" -gt 0 ]; do
      tries=$((tries - 1))
      sleep 0.5
    done
  done
  [ -n "$asked" ] || break
done
`;
