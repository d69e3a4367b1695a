import type { Plan, QueuePlan, RabbitmqPlan } from '../model/plan';
import {
  type Alert,
  anyOf,
  backlogAlert,
  type Contribution,
  type Contributor,
  clientsOf,
  type DashboardRow,
  downAlert,
  memberAlert,
  type Scrape,
  seriesOf,
  usualBacklog,
  workedOff,
} from '../monitoring/contribution';

type Series = ReturnType<typeof seriesOf>;

/** Of what a queue may hold: then publishers are refused, or messages dropped. */
const fullShare = 0.8;

/** The plugin's own; an operator calls it by another name than we do. */
const metricsPort = 15692;

const node = 'namespace, job, pod';
const queue = 'namespace, job, vhost, queue';

/** Queues one by one are a second page of the same port. */
function scrapes({ name, ports }: RabbitmqPlan): Scrape[] {
  const port = ports.find(({ port: one }) => one === metricsPort);
  if (port === undefined) return [];
  const base = { job: name, workload: name, port: port.containerPort, portName: port.name };
  return [
    base,
    {
      ...base,
      path: '/metrics/detailed',
      params: { family: ['queue_coarse_metrics', 'queue_consumer_count'] },
      endpoint: 'detailed',
      keep: 'rabbitmq_detailed_.+',
    },
  ];
}

function ofNodes(plan: Plan, store: RabbitmqPlan, series: Series): Alert[] {
  const base = { service: store.name } as const;
  return [
    downAlert(plan, 'RabbitmqDown', store.name, {
      for: '1m',
      summary: `${store.name} is down`,
      description: 'No node serves its metrics.',
    }),
    {
      ...base,
      name: 'RabbitmqMemoryAlarm',
      expr: `max by (${node}) (${series('rabbitmq_alarms_memory_used_watermark')}) == 1`,
      severity: 'critical',
      summary: `${store.name} blocks publishers: memory`,
      description: '{{ $labels.pod }} uses more memory than its watermark.',
    },
    {
      ...base,
      name: 'RabbitmqDiskAlarm',
      expr: `max by (${node}) (${series('rabbitmq_alarms_free_disk_space_watermark')}) == 1`,
      severity: 'critical',
      summary: `${store.name} blocks publishers: disk`,
      description: '{{ $labels.pod }} has less room on its volume than its limit.',
    },
    {
      ...base,
      name: 'RabbitmqMemoryHigh',
      // Its watermark is 60 % of the Plan's limit (configuration.ts); 80 % of that is the time to look.
      expr: `${series('rabbitmq_process_resident_memory_bytes')} > ${Math.floor(store.resources.limits.memory * 0.6 * 0.8)} * 1024 * 1024`,
      for: '10m',
      severity: 'warning',
      summary: `${store.name} nears its memory watermark`,
      description: '{{ $labels.pod }} uses {{ $value | humanize1024 }}B.',
    },
    ...ofCluster(store, series),
  ];
}

function ofCluster(store: RabbitmqPlan, series: Series): Alert[] {
  if (store.replicas.min < 2) return [];
  return [
    memberAlert('RabbitmqMemberDown', store.name, `${series('up', 'endpoint!="detailed"')} == 0`),
    {
      name: 'RabbitmqUnreachablePeers',
      expr: `${series('rabbitmq_unreachable_cluster_peers_count')} > 0`,
      for: '2m',
      severity: 'critical',
      service: store.name,
      summary: `${store.name} is split`,
      description: '{{ $labels.pod }} cannot reach {{ $value }} of its peers.',
    },
  ];
}

/** What is meant to wait for its workers, and never more than nearly all that it may hold. */
function backlogOf(plan: Plan, store: RabbitmqPlan, { name, maxLength }: QueuePlan): number {
  const usual = workedOff(plan, store.name).find((one) => one.name === name)?.depth ?? usualBacklog;
  return maxLength === undefined ? usual : Math.min(usual, Math.floor(maxLength * fullShare));
}

/** Each declared queue by its own figure, every other one by the usual. */
function backlogAlerts(plan: Plan, store: RabbitmqPlan, series: Series): Alert[] {
  const declared = store.queues.map((one) => ({
    match: `queue="${one.name}"`,
    most: backlogOf(plan, store, one),
    labels: { queue: one.name },
  }));
  const names = anyOf(store.queues.map(({ name }) => name.replaceAll(/[.*+?^$(){}|[\]\\]/g, '\\\\$&')));
  const match = declared.length > 0 ? `queue!~"${names}"` : undefined;
  const others = { match, most: usualBacklog, labels: { queue: '{{ $labels.queue }}' } };
  const base = { name: 'RabbitmqQueueBacklog', service: store.name, by: queue, called: 'queue' } as const;
  return [...declared, others].map(({ match, most, labels }) =>
    backlogAlert({ ...base, waiting: series('rabbitmq_detailed_queue_messages_ready', match), most, labels }),
  );
}

function ofQueues(plan: Plan, store: RabbitmqPlan, series: Series): Alert[] {
  const ready = `max by (${queue}) (${series('rabbitmq_detailed_queue_messages_ready')})`;
  const base = { service: store.name } as const;
  return [
    ...backlogAlerts(plan, store, series),
    {
      ...base,
      name: 'RabbitmqQueueWithoutConsumers',
      expr: `${ready} > 0 and max by (${queue}) (${series('rabbitmq_detailed_queue_consumers')}) == 0`,
      for: '10m',
      severity: 'critical',
      summary: 'nobody works on a queue',
      description: '{{ $labels.queue }}: {{ $value }} messages wait, and nobody takes them.',
    },
    {
      ...base,
      name: 'RabbitmqUnroutableMessages',
      expr: `sum by (${node}) (increase(${series('rabbitmq_global_messages_unroutable_dropped_total')}[5m]) + increase(${series('rabbitmq_global_messages_unroutable_returned_total')}[5m])) > 0`,
      severity: 'warning',
      summary: 'messages reach no queue',
      description: '{{ $labels.pod }}: {{ $value | humanize }} messages in 5 minutes.',
    },
  ];
}

function row(store: RabbitmqPlan, series: Series): DashboardRow {
  const base = { shape: 'timeseries' } as const;
  return {
    title: `RabbitMQ: ${store.name}`,
    panels: [
      {
        ...base,
        title: 'Messages ready',
        description: 'Messages that wait for a consumer, by queue.',
        unit: 'short',
        queries: [
          { expr: `max by (queue) (${series('rabbitmq_detailed_queue_messages_ready')})`, legend: '{{queue}}' },
        ],
      },
      {
        ...base,
        title: 'Consumers',
        description: 'Consumers of each queue.',
        unit: 'short',
        queries: [{ expr: `max by (queue) (${series('rabbitmq_detailed_queue_consumers')})`, legend: '{{queue}}' }],
      },
      {
        ...base,
        title: 'Publishing',
        description: 'Messages that publishers hand over each second.',
        unit: 'ops',
        queries: [
          {
            expr: `sum(rate(${series('rabbitmq_global_messages_received_total')}[$__rate_interval]))`,
            legend: 'received',
          },
        ],
      },
      {
        ...base,
        title: 'Memory',
        description: 'Resident memory of each node, and the watermark above which publishers are blocked.',
        unit: 'bytes',
        queries: [
          { expr: `max by (pod) (${series('rabbitmq_process_resident_memory_bytes')})`, legend: '{{pod}}' },
          { expr: `max(${series('rabbitmq_resident_memory_limit_bytes')})`, legend: 'watermark', limit: true },
        ],
      },
    ],
  };
}

function contribution(plan: Plan, store: RabbitmqPlan): Contribution {
  const series = seriesOf(plan, store.name);
  return {
    component: 'rabbitmq',
    part: store.name,
    scrapes: scrapes(store),
    alerts: [...ofNodes(plan, store, series), ...ofQueues(plan, store, series)],
    status: `max(${series('up', 'endpoint!="detailed"')})`,
    row: row(store, series),
    down: { alert: 'RabbitmqDown', silences: clientsOf(plan, store.name) },
  };
}

/** What each RabbitMQ of the Plan brings: it exports by itself. A managed one lets no one in. */
export const rabbitmqMonitoring: Contributor = (plan) =>
  plan.stores.flatMap((store) =>
    store.kind === 'rabbitmq' && store.external === undefined ? [contribution(plan, store)] : [],
  );
