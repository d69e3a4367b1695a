import type { QueuePlan, RabbitmqPlan } from '../model/plan';

/** What the definitions follow from. */
export type Declared = Pick<RabbitmqPlan, 'queues' | 'limits'>;

/** Where every queue is; the only virtual host. */
const virtualHost = '/';

/**
 * The type of a queue that an application declares without saying one. It must be that of the queues that are declared
 * here, or the application's own declaration of one of them would be refused as another queue.
 */
function defaultType(queues: readonly QueuePlan[]): QueuePlan['type'] {
  return queues.length > 0 && queues.every(({ type }) => type === 'classic') ? 'classic' : 'quorum';
}

function exactly(name: string): string {
  return `^${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}$`;
}

/** What may change while a queue runs. No argument of the queue, which would be for ever. */
function policyOf(queue: QueuePlan): Record<string, string | number> {
  const { maxLength, maxBytes, overflow, messageSeconds, deliveries, deadLetters } = queue;
  return {
    ...(maxLength === undefined ? {} : { 'max-length': maxLength }),
    ...(maxBytes === undefined ? {} : { 'max-length-bytes': maxBytes * 1024 * 1024 }),
    ...(maxLength === undefined && maxBytes === undefined ? {} : { overflow }),
    ...(messageSeconds === undefined ? {} : { 'message-ttl': messageSeconds * 1000 }),
    ...(deliveries === undefined ? {} : { 'delivery-limit': deliveries }),
    ...(deadLetters === undefined ? {} : { 'dead-letter-exchange': '', 'dead-letter-routing-key': deadLetters }),
  };
}

function policies(queues: readonly QueuePlan[]): unknown[] {
  return queues.flatMap((queue) => {
    const definition = policyOf(queue);
    if (Object.keys(definition).length === 0) return [];
    const pattern = exactly(queue.name);
    return [{ vhost: virtualHost, name: queue.name, pattern, 'apply-to': 'queues', priority: 0, definition }];
  });
}

function limits({ connections, queues }: Declared['limits']): unknown[] {
  const value = {
    ...(connections === undefined ? {} : { 'max-connections': connections }),
    ...(queues === undefined ? {} : { 'max-queues': queues }),
  };
  if (Object.keys(value).length === 0) return [];
  return [{ vhost: virtualHost, component: 'vhost-limits', name: 'limits', value }];
}

/**
 * `definitions.json`: what the broker has before anybody declares it, imported at every start. No account is in it; those
 * come from the Secrets (`start.sh`). Declaring the virtual host is what a broker with definitions does not do by itself.
 * @see https://www.rabbitmq.com/docs/definitions
 */
export function definitions(store: Declared): string {
  const { queues } = store;
  // In both places: 3.10 reads the one, newer versions write both.
  const type = { default_queue_type: defaultType(queues) };
  const text = {
    vhosts: [{ name: virtualHost, ...type, metadata: type }],
    parameters: limits(store.limits),
    policies: policies(queues),
    queues: queues.map(({ name, type: own }) => ({
      vhost: virtualHost,
      name,
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': own },
    })),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}
