import { redisBusPort } from '../model/defaults';
import type { RedisPlan } from '../model/plan';

/**
 * `redis.conf`, without the password. Both kinds of persistence: the append-only file loses at most a second, the
 * snapshots are what a backup copies. Cache, queue and mixed use differ in what happens when memory is full, and in
 * nothing else.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
 */
export function serverConfiguration(store: Pick<RedisPlan, 'port' | 'maxMemory' | 'evictionPolicy'>): string {
  return `bind * -::*
port ${store.port}
protected-mode yes
tcp-keepalive 300
dir /data
appendonly yes
appendfsync everysec
save 3600 1
save 300 100
save 60 10000
maxmemory ${store.maxMemory}mb
maxmemory-policy ${store.evictionPolicy}
loglevel notice
`;
}

/** How long a member of a cluster may be silent before the others elect a replica of its. */
const silenceMilliseconds = 10_000;

/**
 * What a member of a cluster has besides. Clients are sent to names, because addresses change; a shard that is gone takes
 * no other with it; a replica stays with its shard, where the next start looks for it.
 * @see https://github.com/redis/redis/blob/7.4.0/redis.conf
 */
export function clusterConfiguration(store: Pick<RedisPlan, 'port' | 'maxMemory' | 'evictionPolicy'>): string {
  return `${serverConfiguration(store)}cluster-enabled yes
cluster-config-file /data/nodes.conf
cluster-port ${redisBusPort}
cluster-node-timeout ${silenceMilliseconds}
cluster-preferred-endpoint-type hostname
cluster-require-full-coverage no
cluster-allow-replica-migration no
`;
}

/**
 * Starts the server with the password of the Secret. Of the password only its hash gets into the configuration, so that
 * nothing in it needs quoting; the file lies in memory-like scratch space that ends with the pod.
 */
export const startScript = `#!/bin/sh
set -eu
umask 077
password=$(cat "$PASSWORD_FILE")
if [ -z "$password" ]; then
  echo "the password is empty: the server would let everybody in" >&2
  exit 1
fi
hash=$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)
{
  echo "include $CONFIGURATION"
  echo "user default on #$hash ~* &* +@all"
} > "$RENDERED"
exec redis-server "$RENDERED"
`;

/** Answers PONG once the data is loaded; with the password from its file, never as an argument. */
export const pingScript = 'REDISCLI_AUTH=$(cat "$PASSWORD_FILE") redis-cli ping | grep -q PONG';
