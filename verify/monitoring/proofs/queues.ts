import { MiB, type Proofs } from './proof';

/** Limits of the systems' files, from which the Plan makes its thresholds: written here again, by hand. */
const lms = { connections: 95, databaseClaim: 50 * 1024 * MiB, redisMaxMemory: Math.floor(512 * 0.65) * MiB };
const rabbitmqMemory = Math.floor(1024 * 0.6 * 0.8) * MiB;
const _nginxConnections = 16384;

export const queues: Proofs = {
  RedisDown: [
    { at: '5m', fires: ['redis_up{@redis,pod="redis-0"} 0x10'], silent: ['redis_up{@redis,pod="redis-0"} 1x10'] },
    // Replicas that answer are no primary.
    {
      system: 'microservices',
      at: '5m',
      fires: ['redis_up{@redis,pod="redis-1"} 1x10', 'redis_instance_info{@redis,pod="redis-1",role="slave"} 1x10'],
      silent: ['redis_up{@redis,pod="redis-0"} 1x10', 'redis_instance_info{@redis,pod="redis-0",role="master"} 1x10'],
    },
  ],
  RedisMemberDown: [
    {
      system: 'microservices',
      at: '10m',
      fires: ['redis_up{@redis,pod="redis-1"} 0x20'],
      silent: ['redis_up{@redis,pod="redis-1"} 1x3 0x3 1x20'],
    },
  ],
  RedisReplicationBroken: [
    {
      system: 'microservices',
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
  ],
  RedisReplicationLag: [
    {
      system: 'microservices',
      at: '10m',
      fires: ['redis_connected_slave_lag_seconds{@redis,pod="redis-0",slave_ip="10.0.0.2"} 31x20'],
      silent: ['redis_connected_slave_lag_seconds{@redis,pod="redis-0",slave_ip="10.0.0.2"} 30x20'],
    },
  ],
  RedisMemoryHigh: [
    {
      at: '10m',
      fires: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.ceil(lms.redisMaxMemory * 0.91)}x20`],
      silent: [`redis_memory_used_bytes{@redis,pod="redis-0"} ${Math.floor(lms.redisMaxMemory * 0.89)}x20`],
    },
  ],
  RedisEvictions: [
    {
      system: 'django-react',
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
      silent: [
        'redis_aof_last_write_status{@redis,pod="redis-0"} 1x20',
        'redis_rdb_last_bgsave_status{@redis,pod="redis-0"} 1x20',
      ],
    },
  ],
  // Eight workers at high, twenty messages for each; a list that is worked off, in a database of its own.
  RedisQueueBacklog: [
    {
      system: 'django-react',
      at: '25m',
      fires: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 161x40'],
      silent: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 160x40'],
    },
    {
      system: 'django-react',
      at: '25m',
      fires: ['redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 200+5x40'],
      silent: [
        'redis_key_size{@redis,pod="redis-0",db="db1",key="celery"} 5000-10x40',
        'redis_key_size{@redis,pod="redis-0",db="db0",key="celery"} 5000x40',
      ],
    },
  ],
  RabbitmqDown: [
    {
      at: '5m',
      fires: ['up{@rabbitmq,pod="rabbitmq-0"} 0x10', 'up{@rabbitmq,pod="rabbitmq-0",endpoint="detailed"} 1x10'],
      silent: ['up{@rabbitmq,pod="rabbitmq-0"} 0x10', 'up{@rabbitmq,pod="rabbitmq-1"} 1x10'],
    },
  ],
  RabbitmqMemberDown: [
    {
      system: 'microservices',
      at: '10m',
      fires: ['up{@rabbitmq,pod="rabbitmq-1"} 0x20'],
      silent: ['up{@rabbitmq,pod="rabbitmq-1",endpoint="detailed"} 0x20'],
    },
  ],
  RabbitmqMemoryAlarm: [
    {
      at: '5m',
      fires: ['rabbitmq_alarms_memory_used_watermark{@rabbitmq,pod="rabbitmq-0"} 1x10'],
      silent: ['rabbitmq_alarms_memory_used_watermark{@rabbitmq,pod="rabbitmq-0"} 0x10'],
    },
  ],
  RabbitmqDiskAlarm: [
    {
      at: '5m',
      fires: ['rabbitmq_alarms_free_disk_space_watermark{@rabbitmq,pod="rabbitmq-0"} 1x10'],
      silent: ['rabbitmq_alarms_free_disk_space_watermark{@rabbitmq,pod="rabbitmq-0"} 0x10'],
    },
  ],
  RabbitmqMemoryHigh: [
    {
      at: '15m',
      fires: [`rabbitmq_process_resident_memory_bytes{@rabbitmq,pod="rabbitmq-0"} ${rabbitmqMemory + 1}x20`],
      silent: [`rabbitmq_process_resident_memory_bytes{@rabbitmq,pod="rabbitmq-0"} ${rabbitmqMemory}x20`],
    },
  ],
  RabbitmqUnreachablePeers: [
    {
      system: 'microservices',
      at: '5m',
      fires: ['rabbitmq_unreachable_cluster_peers_count{@rabbitmq,pod="rabbitmq-0"} 1x10'],
      silent: ['rabbitmq_unreachable_cluster_peers_count{@rabbitmq,pod="rabbitmq-0"} 0x10'],
    },
  ],
  RabbitmqQueueBacklog: [
    {
      at: '15m',
      fires: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="tasks",vhost="/"} 1001x20'],
      silent: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="tasks",vhost="/"} 1000x20'],
    },
    // Eight workers at high, twenty messages for each.
    {
      system: 'microservices',
      at: '25m',
      fires: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="jobs",vhost="/"} 161x40'],
      silent: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="jobs",vhost="/"} 160x40'],
    },
    // As long, but it is worked off; and one that nobody declared.
    {
      at: '25m',
      fires: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="other",vhost="/"} 2000+1x40'],
      silent: ['rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="other",vhost="/"} 9000-10x40'],
    },
  ],
  RabbitmqQueueWithoutConsumers: [
    {
      at: '15m',
      fires: [
        'rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="tasks",vhost="/"} 1x20',
        'rabbitmq_detailed_queue_consumers{@rabbitmq,queue="tasks",vhost="/"} 0x20',
      ],
      // An idle queue needs nobody.
      silent: [
        'rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="idle",vhost="/"} 0x20',
        'rabbitmq_detailed_queue_consumers{@rabbitmq,queue="idle",vhost="/"} 0x20',
      ],
    },
  ],
  RabbitmqUnroutableMessages: [
    {
      at: '10m',
      fires: [
        'rabbitmq_global_messages_unroutable_dropped_total{@rabbitmq,pod="rabbitmq-0"} 0+1x20',
        'rabbitmq_global_messages_unroutable_returned_total{@rabbitmq,pod="rabbitmq-0"} 0x20',
      ],
      silent: [
        'rabbitmq_global_messages_unroutable_dropped_total{@rabbitmq,pod="rabbitmq-0"} 5x20',
        'rabbitmq_global_messages_unroutable_returned_total{@rabbitmq,pod="rabbitmq-0"} 5x20',
      ],
    },
  ],
};
