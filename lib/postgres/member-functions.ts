/**
 * The functions of `prepare.sh`. Members know each other by ordinal: `MEMBERS` lists `host:port` in that order, as many as
 * the largest tier has, so that a tier changes no pod. A member that is not there does not answer.
 */

/** What a member knows of itself, without a server. */
const own = `ordinal=\${HOSTNAME##*-}
slot=$(echo "$HOSTNAME" | tr - _)
members=$(echo "$MEMBERS" | wc -w)
copy=$VOLUME/copy.unfinished
error=$RUN/error

say() { echo "$HOSTNAME: $*"; }
fail() { say "$*" >&2; exit 1; }

has_data() { [ -s "$PGDATA/PG_VERSION" ]; }
is_replica() { [ -e "$PGDATA/standby.signal" ]; }

# A line of pg_controldata.
control() { pg_controldata -D "$PGDATA" | sed -n "s/^$1: *//p"; }

# An LSN as a number of bytes.
bytes() { echo $((0x\${1%/*} * 4294967296 + 0x\${1#*/})); }

larger() { if [ "$1" -gt "$2" ]; then echo "$1"; else echo "$2"; fi; }

# The control file names the timeline of the last checkpoint; a replica may have followed its primary to a later one.
own_timeline() {
  larger "$(control "Latest checkpoint's TimeLineID")" "$(control "Min recovery ending loc's timeline")"
}

# is_ancestor TIMELINE: whether our own timeline branched off it
is_ancestor() {
  grep -q "^$1[^0-9]" "$PGDATA/pg_wal/$(printf '%08X' "$(own_timeline)").history" 2>/dev/null
}

# A replica asks for the history of every timeline since its own, and a copy holds that of the last one only. Each is the
# beginning of the next, so those that are missing are had from the last.
complete_histories() {
  last="$PGDATA/pg_wal/$(printf '%08X' "$(own_timeline)").history"
  [ -s "$last" ] || return 0
  while read -r branch _; do
    [ "\${branch:-1}" -gt 1 ] || continue
    file="$PGDATA/pg_wal/$(printf '%08X' "$branch").history"
    if ! [ -e "$file" ]; then sed "/^\${branch}[^0-9]/,\\$d" "$last" > "$file"; fi
  done < "$last"
}

own_position() {
  larger "$(bytes "$(control 'Latest checkpoint location')")" "$(bytes "$(control 'Minimum recovery ending location')")"
}
`;

/** What the others say. `oldest` is where the write-ahead log begins that a member still has. */
const others = `# address ORDINAL: as a connection string
address() {
  index=0
  for member in $MEMBERS; do
    if [ "$index" -eq "$1" ]; then
      echo "host=\${member%:*} port=\${member##*:} connect_timeout=5 $TLS"
      return
    fi
    index=$((index + 1))
  done
  fail "there is no member $1"
}

# on ORDINAL [NAME=VALUE …]: the statements of the standard input, as the superuser
on() {
  target="$(address "$1") user=postgres dbname=postgres"
  shift
  for variable in "$@"; do
    set -- "$@" -v "$variable"
    shift
  done
  PGPASSWORD=$(cat "$CREDENTIALS/password") psql -X -w -q -A -t -F ' ' -v ON_ERROR_STOP=1 "$@" -d "$target" 2>"$error"
}

state="SELECT system, recovery, timeline, position, oldest,
  trunc(extract(epoch FROM (pg_stat_file('global/pg_control')).modification))
FROM (SELECT (SELECT system_identifier FROM pg_control_system()) AS system, pg_is_in_recovery() AS recovery,
  CASE WHEN pg_is_in_recovery()
    THEN greatest((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()),
      (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline,
  trunc(CASE WHEN pg_is_in_recovery()
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
    ELSE pg_current_wal_flush_lsn() END - '0/0') AS position,
  (SELECT trunc(min(('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296
      + ('x' || substr(name, 17, 8))::bit(32)::bigint * pg_size_bytes(current_setting('wal_segment_size'))))
    FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') AS oldest) AS member"

# ask ORDINAL: sets system, recovery, timeline, position, oldest, written
ask() {
  answer=$(echo "$state" | on "$1") || return 1
  read -r system recovery timeline position oldest written <<END
$answer
END
}

# best: the member to go after: a primary before a replica, then the one that has most. Empty when nobody answers.
best() {
  best_of='' best_rank=''
  for candidate in $(seq 0 $((members - 1))); do
    [ "$candidate" -ne "$ordinal" ] || continue
    ask "$candidate" || continue
    rank=$(printf '%d %010d %020d' "$([ "$recovery" = t ] && echo 0 || echo 1)" "$timeline" "$position")
    if [ -z "$best_rank" ] || [ "$(printf '%s\\n%s\\n' "$best_rank" "$rank" | sort | tail -n 1)" != "$best_rank" ]; then
      best_of=$candidate best_rank=$rank
    fi
  done
  echo "$best_of"
}

# Whether the name of any other member is known, that is, whether its pod exists.
has_others() {
  index=0
  for member in $MEMBERS; do
    if [ "$index" -ne "$ordinal" ] && getent hosts "\${member%:*}" >/dev/null; then return 0; fi
    index=$((index + 1))
  done
  return 1
}

# best_within SECONDS: as best, for members that are starting too
best_within() {
  until=$(($(date +%s) + $1))
  while :; do
    found=$(best)
    if [ -n "$found" ] || [ "$(date +%s)" -ge "$until" ]; then
      echo "$found"
      return
    fi
    sleep 1
  done
}
`;

/** The server for a moment, and for nobody else: on a socket of its own. */
const hidden = `timeline_here="SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"

here() {
  PGPASSWORD=$(cat "$CREDENTIALS/password") psql -X -w -q -A -t -v ON_ERROR_STOP=1 -h "$RUN" -p "$PORT" \\
    -U postgres -d postgres "$@"
}

server() {
  pg_ctl -s -w -t 86400 -D "$PGDATA" "$@"
}

streaming() { here -c "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"; }

options="-c config_file=$CONFIGURATION/postgresql.conf -c hba_file=$CONFIGURATION/pg_hba.conf -p $PORT \\
    -c listen_addresses= -c unix_socket_directories=$RUN"

# can_stream ORDINAL: whether that member still has every piece of log between our timeline and its own. What it lacks it
# says when it is asked, not before.
can_stream() {
  chmod 700 "$PGDATA"
  replicate "$1"
  : > "$RUN/log"
  server -W -l "$RUN/log" start -o "$options" || return 1
  until=$(($(date +%s) + 600)) verdict=''
  while [ -z "$verdict" ]; do
    if [ "$(here -c "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming' AND received_tli = $timeline" 2>/dev/null)" = 1 ]; then
      verdict=yes
    elif grep -q 'FATAL: .*\\(removed\\|could not receive timeline history\\)' "$RUN/log" || [ "$(date +%s)" -ge "$until" ]; then
      verdict=no
    else
      sleep 1
    fi
  done
  server -m fast stop
  [ "$verdict" = yes ]
}
`;

/** The data as a copy or as a descendant of another member's. What is unfinished is marked, and never counts. */
const data = `# own_slot ORDINAL: our replication slot there. One that lost its log is of no use; one in use is of our predecessor.
own_slot() {
  on "$1" slot="$slot" <<'END' >/dev/null
SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = :'slot' AND active_pid IS NOT NULL;
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
 WHERE slot_name = :'slot' AND wal_status = 'lost' AND NOT active;
SELECT pg_create_physical_replication_slot(:'slot')
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = :'slot');
END
}

try_to_copy() {
  rm -rf "$copy"
  own_slot "$1" || return 1
  pg_basebackup -w -d "$(address "$1") user=$REPLICATION_ROLE passfile=$RUN/passfile" \\
    -D "$copy" -X stream -S "$slot" -c fast 2>"$error" || return 1
  : > "$copy/standby.signal"
}

# copy_from ORDINAL: the old data go first, for a volume has no room for both
copy_from() {
  say "copies the data of member $1"
  rm -rf "$PGDATA"
  rm -f "$VOLUME/unfinished"
  until try_to_copy "$1"; do
    say "member $1 cannot be copied yet: $(tail -n 1 "$error")"
    sleep 5
  done
  mkdir -p "\${PGDATA%/*}"
  sync
  mv "$copy" "$PGDATA"
  sync
  say "has a copy of member $1"
}

# rewind_to ORDINAL: takes back what that member never got; where there is nothing to take back it changes nothing
rewind_to() {
  : > "$VOLUME/unfinished"
  PGPASSWORD=$(cat "$CREDENTIALS/password") pg_rewind -D "$PGDATA" \\
    --source-server="$(address "$1") user=postgres dbname=postgres" 2>&1 || return 1
  : > "$PGDATA/standby.signal"
  sync
  rm "$VOLUME/unfinished"
}

# follow ORDINAL: after an ask. Our data become such that they can follow that member's.
follow() {
  [ "$system" = "$(control 'Database system identifier')" ] ||
    fail "the volume holds another database than member $1; delete its claim if the data may go"
  if is_ancestor "$timeline"; then
    # Either it is about to catch up with us, or it was started without knowing of us.
    [ "$recovery" = t ] || say "member $1 is behind this one, which cannot follow it: delete this one's claim if its data may go"
  elif [ "$oldest" -gt "$(own_position)" ]; then
    say "member $1 no longer has the log from where this one stopped"
    copy_from "$1"
  elif [ "$timeline" -ne "$(own_timeline)" ]; then
    # shellcheck disable=SC2015 # the copy is for whichever of the others fails
    own_slot "$1" && rewind_to "$1" && can_stream "$1" || copy_from "$1"
  elif [ "$recovery" = f ] && ! is_replica; then
    say "two primaries on one timeline: the one that the environment names stays"
    copy_from "$1"
  fi
  : > "$PGDATA/standby.signal"
}
`;

/** The two roles. */
const roles = `# replicate [ORDINAL]: how the server finds it. In recovery it must allow as many connections as the primary did.
replicate() {
  allowed=$(control 'max_connections setting')
  configured=$(sed -n 's/^max_connections = //p' "$CONFIGURATION/postgresql.conf")
  {
    if [ -n "$1" ]; then
      echo "primary_conninfo = '$(address "$1") user=$REPLICATION_ROLE passfile=$RUN/passfile application_name=$HOSTNAME'"
      echo "primary_slot_name = '$slot'"
    fi
    if [ "$allowed" -gt "$configured" ]; then echo "max_connections = $allowed"; fi
  } > "$RUN/member.conf"
}

become_replica() {
  if ! has_data; then
    until ask "$PRIMARY"; do
      say "waits for the primary, member $PRIMARY: $(tail -n 1 "$error")"
      sleep 5
    done
    copy_from "$PRIMARY"
  else
    tries=3
    until ask "$PRIMARY" || [ "$tries" -eq 0 ]; do
      tries=$((tries - 1))
      sleep 2
    done
    # Without the primary there is nothing to compare with, and what is here can be read meanwhile.
    if [ "$tries" -gt 0 ]; then follow "$PRIMARY"; fi
    : > "$PGDATA/standby.signal"
  fi
  # Nobody follows a replica; slots of a time as primary would keep its log for ever.
  rm -rf "$PGDATA"/pg_replslot/*
  own_slot "$PRIMARY" || say "member $PRIMARY does not answer; the replica keeps trying"
  replicate "$PRIMARY"
  say "is a replica of member $PRIMARY"
}

# Whether the member that was asked last was the primary after us: its timeline is no ancestor of ours, but a descendant
# or another branch, and it wrote after we did.
is_later() {
  [ "$timeline" -ne "$(own_timeline)" ] && ! is_ancestor "$timeline" &&
    [ "$written" -gt "$(stat -c %Y "$PGDATA/global/pg_control")" ]
}

become_primary() {
  if ! has_data; then
    source=$(best_within "$FIRST_START_SECONDS")
    if [ -z "$source" ]; then
      [ "$ordinal" -eq 0 ] ||
        fail "the volume is empty and no member with data answers; only member 0 makes a new database"
      say "is the primary; the volume is empty and no other member answers, so a new database is made"
      return
    fi
    ask "$source" || fail "member $source does not answer any more"
    copy_from "$source"
  elif is_replica; then
    source=$(best_within 10)
    if [ -n "$source" ] && ask "$source"; then follow "$source"; fi
  else
    if has_others; then source=$(best_within 5); else source=''; fi
    if [ -z "$source" ] || ! ask "$source" || ! is_later; then
      say "is the primary"
      return
    fi
    say "member $source was the primary after this one"
    follow "$source"
  fi
  promote "$source"
}
`;

/** Promotion, with a server that nobody can reach: whoever asks meanwhile is refused, not misled. */
const promotion = `# fence ORDINAL: the old primary stops, for good as far as its pod goes; while it stops it sends what it has
fence() {
  say "stops member $1, the old primary"
  while ask "$1"; do
    on "$1" me="$HOSTNAME" <<'END' || say "member $1 does not stop: $(tail -n 1 "$error")"
SELECT format('COPY (SELECT %L) TO %L', :'me', regexp_replace(current_setting('data_directory'), '[^/]*$', 'fenced')) \\gexec
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; kill -INT "$(head -n 1 postmaster.pid)"';
END
    sleep 1
  done
  until [ "$(streaming)" -eq 0 ]; do sleep 1; done
}

# catch_up ORDINAL: until everything is here that this member has
catch_up() {
  while ask "$1"; do
    mine=$(here -c "SELECT trunc(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')")
    if [ "$recovery" = t ] && [ "$mine" -ge "$position" ]; then return; fi
    if [ "$recovery" = f ] && [ "$((mine + 16777216))" -ge "$position" ] &&
      [ "$(streaming)" -eq 1 ]; then
      fence "$1"
      return
    fi
    say "has yet to receive $((position - mine)) bytes from member $1"
    sleep 2
  done
  say "member $1 does not answer any more; the primary begins with what is here"
}

promote() {
  rm -rf "$PGDATA/pg_replslot/$slot"
  if [ -n "$1" ]; then
    own_slot "$1" || fail "member $1 does not answer any more"
  fi
  replicate "$1"
  chmod 700 "$PGDATA"
  server start -o "$options"
  if [ -n "$1" ]; then catch_up "$1"; fi
  server promote
  # Each member makes timelines of its own, or two that were promoted apart from each other could not be told apart.
  until [ $(($(here -c "$timeline_here") % members)) -eq "$ordinal" ]; do
    server -m fast stop
    replicate ''
    : > "$PGDATA/standby.signal"
    server start -o "$options"
    server promote
  done
  for other in $(seq 0 $((members - 1))); do
    if [ "$other" -eq "$ordinal" ]; then continue; fi
    # One that is there and has yet to come over needs the log from here on; for others nothing is kept.
    if ask "$other"; then keep=true; else keep=false; fi
    here -c "SELECT pg_create_physical_replication_slot(name, $keep) FROM (VALUES ('\${slot%_*}_$other')) AS wanted (name)
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = name)" >/dev/null
  done
  # Others compare timelines by the last checkpoint.
  here -c CHECKPOINT
  server -m fast stop
  : > "$RUN/member.conf"
  say "is the primary from now on"
}
`;

export const prepareFunctions = own + others + hidden + data + roles + promotion;
