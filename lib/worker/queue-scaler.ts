import type { Construct } from 'constructs';
import { ScaledObject, type ScaledObjectSpecTriggers } from '../../imports/keda.sh';
import { scalingBehavior } from '../kubernetes/autoscaler';
import { metadata } from '../kubernetes/labels';
import type { AutoscalerPlan, EnvPlan, Plan, ServicePlan, StorePlan } from '../model/plan';

/** Stores by name, made once for a Plan. */
export type Stores = ReadonlyMap<string, StorePlan>;

type Queue = NonNullable<AutoscalerPlan['queue']>;

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

/**
 * How KEDA measures a queue. It reads the credentials as the worker has them (`…FromEnv`, composed in the pod), since no
 * Secret holds a URL, and the separate `username` and `password` came late and were ignored over AMQP at first.
 * Undefined for a store that has no queues.
 * @see https://keda.sh/docs/latest/scalers/rabbitmq-queue/
 * @see https://github.com/kedacore/keda/issues/6716
 */
export function queueTrigger(plan: Plan, queue: Queue, stores: Stores): QueueTrigger | undefined {
  const store = stores.get(queue.store);
  if (store === undefined || store.kind === 'postgres') return undefined;
  const address = `${hostFromOutside(plan, store)}:${store.port}`;
  const password: EnvPlan = { name: passwordVariable, secret: store.secret, key: 'password', optional: false };
  if (store.kind === 'redis') {
    const list = { address, listName: queue.name, listLength: String(queue.depth), passwordFromEnv: passwordVariable };
    return { env: [password], trigger: { type: 'redis', metadata: list } };
  }
  const url = { name: urlVariable, value: `amqp://${store.account}:$(${passwordVariable})@${address}/` };
  const length = { protocol: 'amqp', queueName: queue.name, mode: 'QueueLength', value: String(queue.depth) };
  return {
    env: [password, url],
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
