import { MiB, type Proofs } from './proof';

/** Limits of the systems' files, from which the Plan makes its thresholds: written here again, by hand. */
const lms = { redisMaxMemory: Math.floor(512 * 0.65) * MiB };

/** Of django-react: 256 MiB, of which 65 % are for data. */
const mixedMaxMemory = Math.floor(256 * 0.65) * MiB;

/** Of a Redis that has no pod of ours. */
function managed(which: 'used' | 'max', value: string): string {
  return `redis_memory_${which}_bytes{@redis,pod="redis-exporter-a"} ${value}x20`;
}

/** The primaries of a Redis Cluster, each with as many replicas. */
function shards(...followers: readonly string[]): string[] {
  return followers.flatMap((values, index) => [
    `redis_instance_info{@redis,pod="redis-${index}",role="master"} 1x20`,
    `redis_connected_slaves{@redis,pod="redis-${index}"} ${values}`,
  ]);
}

/** What a primary of a Redis Cluster says of all of it. */
function clusterState(state: string, slots: string): string[] {
  return [
    `redis_cluster_state{@redis,pod="redis-0"} ${state}`,
    `redis_cluster_slots_ok{@redis,pod="redis-0"} ${slots}`,
  ];
}

export const redis: Proofs = {
  RedisDown: [
    { at: '5m', fires: ['redis_up{@redis,pod="redis-0"} 0x10'], silent: ['redis_up{@redis,pod="redis-0"} 0 0 1x10'] },
    // Replicas that answer are no primary.
    {
      of: 'microservices',
      at: '5m',
      fires: ['redis_up{@redis,pod="redis-1"} 1x10', 'redis_instance_info{@redis,pod="redis-1",role="slave"} 1x10'],
      silent: ['redis_up{@redis,pod="redis-0"} 1x10', 'redis_instance_info{@redis,pod="redis-0",role="master"} 1x10'],
    },
    // Of a cluster a slot that nobody has is a part of all requests.
    {
      of: 'microservices, Redis Cluster',
      at: '5m',
      fires: clusterState('1x10', '10923x10'),
      silent: clusterState('1x10', '16384x10'),
    },
    {
      of: 'microservices, Redis Cluster',
      at: '5m',
      fires: clusterState('0x10', '16384x10'),
      silent: clusterState('0 1x10', '16384x10'),
    },
  ],
  RedisMemberDown: [
    {
      of: 'microservices',
      at: '10m',
      fires: ['redis_up{@redis,pod="redis-1"} 0x20'],
      silent: ['redis_up{@redis,pod="redis-1"} 1x3 0x3 1x20'],
    },
  ],
  RedisReplicationBroken: [
    {
      of: 'microservices',
      at: '10m',
      fires: [
        'redis_instance_info{@redis,pod="redis-0",role="master"} 1x20',
        'redis_connected_slaves{@redis,pod="redis-0"} 1x20',
      ],
      // A replica has none, and should have none.
      silent: [
        'redis_instance_info{@redis,pod="redis-0",role="master"} 1x20',
        'redis_connected_slaves{@redis,pod="redis-0"} 2x20',
        'redis_instance_info{@redis,pod="redis-1",role="slave"} 1x20',
        'redis_connected_slaves{@redis,pod="redis-1"} 0x20',
      ],
    },
    // One shard of three is enough, whatever the others have: two replicas are meant to follow each.
    {
      of: 'microservices, Redis Cluster',
      at: '10m',
      fires: shards('2x20', '1x20', '2x20'),
      silent: shards('2x20', '1x3 2x20', '2x20'),
    },
  ],
  RedisReplicationLag: [
    {
      of: 'microservices',
      at: '10m',
      fires: ['redis_connected_slave_lag_seconds{@redis,pod="redis-0",slave_ip="10.0.0.2"} 31x20'],
      silent: ['redis_connected_slave_lag_seconds{@redis,pod="redis-0",slave_ip="10.0.0.2"} 30x20'],
    },
  ],
  RedisMemoryHigh: [
    // A cache that is full is nothing; what must not be evicted is refused.
    {
      labels: 'severity="info"',
      at: '10m',
      fires: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.ceil(lms.redisMaxMemory * 0.91)}x20`],
      silent: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.floor(lms.redisMaxMemory * 0.89)}x20`],
    },
    {
      of: 'django-react',
      labels: 'severity="critical"',
      at: '10m',
      fires: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.ceil(mixedMaxMemory * 0.91)}x20`],
      silent: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.floor(mixedMaxMemory * 0.89)}x20`],
    },
    // A managed one's own figure counts, and 0 is none.
    {
      of: 'django-react, managed',
      at: '10m',
      fires: [managed('used', `${91 * MiB}`), managed('max', `${100 * MiB}`)],
      silent: [managed('used', `${89 * MiB}`), managed('max', `${100 * MiB}`)],
    },
    {
      of: 'django-react, managed',
      at: '10m',
      fires: [managed('used', `${91 * MiB}`), managed('max', `${100 * MiB}`)],
      silent: [managed('used', `${91 * MiB}`), managed('max', '0')],
    },
  ],
  RedisEvictions: [
    {
      of: 'django-react',
      at: '10m',
      fires: ['redis_evicted_keys_total{@redis,pod="redis-0"} 0+1x20'],
      silent: ['redis_evicted_keys_total{@redis,pod="redis-0"} 7x20'],
    },
  ],
  RedisRejectedConnections: [
    {
      at: '10m',
      fires: ['redis_rejected_connections_total{@redis,pod="redis-0"} 0+1x20'],
      silent: ['redis_rejected_connections_total{@redis,pod="redis-0"} 7x20'],
    },
  ],
  RedisPersistenceFailing: [
    {
      at: '10m',
      fires: ['redis_aof_last_write_status{@redis,pod="redis-0"} 0x20'],
      // It failed, and did not again.
      silent: [
        'redis_aof_last_write_status{@redis,pod="redis-0"} 1 0x3 1x20',
        'redis_rdb_last_bgsave_status{@redis,pod="redis-0"} 1x20',
      ],
    },
    {
      at: '10m',
      fires: [
        'redis_aof_last_write_status{@redis,pod="redis-0"} 1x20',
        'redis_rdb_last_bgsave_status{@redis,pod="redis-0"} 0x20',
      ],
      silent: [
        'redis_aof_last_write_status{@redis,pod="redis-0"} 1x20',
        'redis_rdb_last_bgsave_status{@redis,pod="redis-0"} 1 0x3 1x20',
      ],
    },
  ],
  // Eight workers at high, twenty messages for each; a list that is worked off, in a database of its own.
  RedisQueueBacklog: [
    {
      of: 'django-react',
      at: '25m',
      fires: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 161x40'],
      silent: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 160x40'],
    },
    {
      of: 'django-react',
      at: '25m',
      fires: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 200+5x40'],
      silent: [
        'redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 5000-10x40',
        'redis_key_size{@redis,pod="redis-0",db="db0",key="celery"} 5000x40',
      ],
    },
  ],
};
