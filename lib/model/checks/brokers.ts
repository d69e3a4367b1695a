import { mib } from '../quantities';
import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { tiers } from '../schema/primitives';
import type { ParsedStore } from '../schema/system';
import { versionOf } from './versions';

type Broker = Extract<ParsedStore, { kind: 'rabbitmq' }>;
type Queue = Broker['queues'][string];

/** Nodes find each other without the API server, and without founding two clusters, since 4.1. */
function checkVersion(context: Context, name: string, store: Broker, path: string): void {
  const reference = context.images.get(store.image) ?? '';
  const version = versionOf(reference);
  const several = tiers.some((tier) => store.replicas[tier] > 1);
  if (!several || engineOf(context, name, store) !== 'statefulset') return;
  if (version !== undefined && version < 4001)
    context.problems.error(
      'rabbitmq-cluster-version',
      `${path}.image`,
      `"${reference}"`,
      'RabbitMQ 4.1 or newer where it has several nodes: older ones need access to the API server to find each other',
    );
}

function checkQueue({ problems }: Context, store: Broker, queue: Queue, path: string): void {
  const { type, maxLength, maxBytes, overflow, deliveries, deadLetters } = queue;
  if (overflow !== undefined && maxLength === undefined && maxBytes === undefined)
    problems.error(
      'queue-overflow',
      `${path}.overflow`,
      overflow,
      'maxLength or maxBytes: without one it is never full',
    );
  if (deliveries !== undefined && type === 'classic')
    problems.error(
      'queue-deliveries',
      `${path}.deliveries`,
      String(deliveries),
      'nothing: a classic queue counts none',
    );
  if (deadLetters !== undefined)
    problems.known(
      'unknown-dead-letters',
      `${path}.deadLetters`,
      deadLetters,
      'a queue of this store',
      Object.keys(store.queues),
    );
}

function checkLimits({ problems }: Context, { limits, queues }: Broker, path: string): void {
  const declared = Object.keys(queues).length;
  if (limits.queues !== undefined && limits.queues < declared)
    problems.error(
      'queue-limit',
      `${path}.limits.queues`,
      String(limits.queues),
      `at least the ${declared} that are declared here`,
    );
  if (limits.messageSize !== undefined && mib(limits.messageSize) > 512)
    problems.error(
      'message-size',
      `${path}.limits.messageSize`,
      `"${limits.messageSize}"`,
      'at most 512Mi, which RabbitMQ refuses to exceed',
    );
}

/** What a queue of a broker may say together, and what a broker that is not ours cannot be told. */
export function checkBroker(context: Context, name: string, store: ParsedStore, path: string): void {
  if (store.kind !== 'rabbitmq') return;
  checkVersion(context, name, store, path);
  for (const [queue, stated] of Object.entries(store.queues))
    checkQueue(context, store, stated, `${path}.queues.${queue}`);
  checkLimits(context, store, path);
  const stated = [...Object.keys(store.queues), ...Object.keys(store.limits)];
  if (stated.length > 0 && context.stores.has(name) && engineOf(context, name, store) === 'external')
    context.problems.warning(
      'external-queues',
      path,
      `${stated.join(', ')} of a managed RabbitMQ`,
      'the same queues and limits declared there: nobody of ours makes them',
    );
}
