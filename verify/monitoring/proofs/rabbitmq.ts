import { MiB, type Proofs } from './proof';

/** Where the Plan of lms warns: written here again, by hand. */
const rabbitmqMemory = Math.floor(1024 * 0.6 * 0.8) * MiB;

export const rabbitmq: Proofs = {
  RabbitmqDown: [
    {
      at: '5m',
      fires: ['up{@rabbitmq,pod="rabbitmq-0"} 0x10', 'up{@rabbitmq,pod="rabbitmq-0",endpoint="detailed"} 1x10'],
      silent: ['up{@rabbitmq,pod="rabbitmq-0"} 0x10', 'up{@rabbitmq,pod="rabbitmq-1"} 1x10'],
    },
  ],
  RabbitmqMemberDown: [
    {
      of: 'microservices',
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
      of: 'microservices',
      at: '5m',
      fires: ['rabbitmq_unreachable_cluster_peers_count{@rabbitmq,pod="rabbitmq-0"} 1x10'],
      silent: ['rabbitmq_unreachable_cluster_peers_count{@rabbitmq,pod="rabbitmq-0"} 0x3 1x1 0x10'],
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
      of: 'microservices',
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
        'rabbitmq_detailed_queue_messages_ready{@rabbitmq,queue="tasks",vhost="/"} 1x20',
        'rabbitmq_detailed_queue_consumers{@rabbitmq,queue="tasks",vhost="/"} 1x20',
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
    // Returned to a publisher that asked for it; more than five minutes ago is past.
    {
      at: '10m',
      fires: [
        'rabbitmq_global_messages_unroutable_dropped_total{@rabbitmq,pod="rabbitmq-0"} 0x20',
        'rabbitmq_global_messages_unroutable_returned_total{@rabbitmq,pod="rabbitmq-0"} 0x7 1x20',
      ],
      silent: [
        'rabbitmq_global_messages_unroutable_dropped_total{@rabbitmq,pod="rabbitmq-0"} 0x20',
        'rabbitmq_global_messages_unroutable_returned_total{@rabbitmq,pod="rabbitmq-0"} 0x2 1x20',
      ],
    },
  ],
};
