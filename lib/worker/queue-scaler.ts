import type { Construct } from 'constructs';
import { ScaledObject, type ScaledObjectSpecTriggers } from '../../imports/keda.sh';
import { scalingBehavior } from '../kubernetes/autoscaler';
import { metadata } from '../kubernetes/labels';
import type { EnvPlan, Plan, RedisPlan, ServicePlan, StorePlan, WorkPlan } from '../model/plan';

/** Stores by name, made once for a Plan. */
export type Stores = ReadonlyMap<string, StorePlan>;

/** What KEDA asks, and the variables of the worker that it takes the credentials from. */
export interface QueueTrigger {
  readonly trigger: ScaledObjectSpecTriggers;
  readonly env: readonly EnvPlan[];
}

/** The names are the scaler's own, so that they get in the way of none of the application's. */
const passwordVariable = 'KEDA_QUEUE_PASSWORD';
const urlVariable = 'KEDA_QUEUE_URL';

/** The store as KEDA reaches it, from its own namespace. */
function hostFromOutside(plan: Plan, store: StorePlan): string {
  return store.external === undefined ? `${store.host}.${plan.namespace}.svc` : store.host;
}

/** @see https://keda.sh/docs/latest/scalers/redis-lists/ */
function listTrigger(queue: WorkPlan, store: RedisPlan, address: string): ScaledObjectSpecTriggers {
  return {
    type: 'redis',
    metadata: {
      address,
      listName: queue.name,
      listLength: String(queue.depth),
      passwordFromEnv: passwordVariable,
      databaseIndex: String(queue.database),
      ...(store.external?.tls ? { enableTLS: 'true' } : {}),
    },
  };
}

/**
 * How KEDA measures a queue. It reads the credentials as the worker has them (`…FromEnv`, composed in the pod), since no
 * Secret holds a URL, and the separate `username` and `password` came late and were ignored over AMQP at first.
 * Undefined for a store that has no queues.
 * @see https://keda.sh/docs/latest/scalers/rabbitmq-queue/
 * @see https://github.com/kedacore/keda/issues/6716
 */
export function queueTrigger(plan: Plan, worker: ServicePlan, stores: Stores): QueueTrigger | undefined {
  const queue = worker.autoscaler?.by === 'queue' ? worker.work : undefined;
  const store = queue && stores.get(queue.store);
  if (queue === undefined || store === undefined || store.kind === 'postgres') return undefined;
  const address = `${hostFromOutside(plan, store)}:${store.port}`;
  const passwordOf = (secret: string): EnvPlan => ({
    name: passwordVariable,
    secret,
    key: 'password',
    optional: false,
  });
  if (store.kind === 'redis') return { env: [passwordOf(store.secret)], trigger: listTrigger(queue, store, address) };
  const account = store.accounts.find(({ secret }) =>
    worker.env.some((item) => 'secret' in item && item.secret === secret),
  );
  if (account === undefined) return undefined;
  const scheme = store.external?.tls ? 'amqps' : 'amqp';
  const url = { name: urlVariable, value: `${scheme}://${account.name}:$(${passwordVariable})@${address}/` };
  const length = { protocol: 'amqp', queueName: queue.name, mode: 'QueueLength', value: String(queue.depth) };
  return {
    env: [passwordOf(account.secret), url],
    trigger: { type: 'rabbitmq', metadata: { ...length, hostFromEnv: urlVariable } },
  };
}

/**
 * KEDA's autoscaler by the length of a queue. The HPA that KEDA makes carries the worker's name, and ownership of one that
 * is there already is taken over: switching KEDA on applies to a running cluster. While the queue cannot be asked, the
 * tier's figure holds, as it does without any metric.
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
export function queueScaler(
  scope: Construct,
  plan: Plan,
  worker: ServicePlan,
  trigger: ScaledObjectSpecTriggers,
): ScaledObject {
  const { name, replicas } = worker;
  return new ScaledObject(scope, `${name}-queue-scaler`, {
    metadata: metadata(plan, name, worker, { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' }),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name, envSourceContainerName: name },
      pollingInterval: 15,
      minReplicaCount: replicas.min,
      maxReplicaCount: replicas.max,
      fallback: { failureThreshold: 3, replicas: replicas.min },
      advanced: { horizontalPodAutoscalerConfig: { name, behavior: scalingBehavior } },
      triggers: [trigger],
    },
  });
}
