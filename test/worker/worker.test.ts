import type { Plan } from '../../lib/model';
import type { RedisPlan, ServicePlan } from '../../lib/model/plan';
import { claimNames } from '../../lib/storage';
import { Cron, Singleton, Worker } from '../../lib/worker';
import { type Rendered, render, serviceOf, shopPlan } from '../application/fixture';

function worker(plan: Plan, service: ServicePlan): Map<string, Rendered> {
  const stores = new Map(plan.stores.map((store) => [store.name, store]));
  return render((scope) => new Worker(scope, service.name, { plan, service, claims: claimNames(plan), stores }));
}

const plan = shopPlan();
const plain = worker(plan, serviceOf(plan, 'worker'));
const kedaPlan = shopPlan({ environment: { keda: true } });
const scaled = worker(kedaPlan, serviceOf(kedaPlan, 'worker'));

describe('A worker', () => {
  const { template } = plain.get('Deployment/worker').spec;
  const main: Rendered = template.spec.containers[0];

  test('has no Service', () => {
    expect([...plain.keys()]).toEqual([
      'ServiceAccount/worker',
      'Deployment/worker',
      'HorizontalPodAutoscaler/worker',
      'PodDisruptionBudget/worker',
    ]);
  });

  test('is asked by its command, at start and while it lives, and never for readiness', () => {
    expect(main.livenessProbe).toEqual({
      exec: { command: ['worker', 'ping'] },
      periodSeconds: 20,
      timeoutSeconds: 10,
      failureThreshold: 3,
    });
    expect(main.startupProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 12 });
    expect(main).not.toHaveProperty('readinessProbe');
  });

  test('without a command is not asked at all', () => {
    const service = serviceOf(plan, 'worker');
    const quiet = worker(plan, { ...service, health: { ...service.health, command: undefined } });
    const container = quiet.get('Deployment/worker').spec.template.spec.containers[0];
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(container).not.toHaveProperty(probe);
  });

  test('stops at SIGTERM, since nobody sends to it', () => {
    expect(main).not.toHaveProperty('lifecycle');
    expect(template.spec.terminationGracePeriodSeconds).toBe(30);
  });
});

describe('A worker that KEDA scales', () => {
  const { spec, metadata }: Rendered = scaled.get('ScaledObject/worker');

  test('has a ScaledObject instead of an autoscaler', () => {
    expect(scaled.has('HorizontalPodAutoscaler/worker')).toBe(false);
    expect(scaled.get('Deployment/worker').spec).not.toHaveProperty('replicas');
    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker', envSourceContainerName: 'worker' },
      minReplicaCount: 2,
      maxReplicaCount: 4,
      fallback: { failureThreshold: 3, replicas: 2 },
    });
  });

  test('is measured by the length of its queue, as KEDA reaches it from its own namespace', () => {
    expect(spec.triggers).toEqual([
      {
        type: 'rabbitmq',
        metadata: {
          protocol: 'amqp',
          queueName: 'jobs',
          mode: 'QueueLength',
          value: '20',
          hostFromEnv: 'KEDA_QUEUE_URL',
        },
      },
    ]);
    const { env } = scaled.get('Deployment/worker').spec.template.spec.containers[0];
    expect(env.slice(-2)).toEqual([
      { name: 'KEDA_QUEUE_PASSWORD', valueFrom: { secretKeyRef: { name: 'queue-backend', key: 'password' } } },
      { name: 'KEDA_QUEUE_URL', value: 'amqp://backend:$(KEDA_QUEUE_PASSWORD)@queue.shop-production.svc:5672/' },
    ]);
  });

  test('is measured by the length of a list where its queue is a Redis, with the database that it names', () => {
    const redis = kedaPlan.stores.find(({ name }) => name === 'queue');
    if (redis === undefined) throw new Error('The fixture has no queue');
    const store = { ...redis, kind: 'redis', name: 'cache', host: 'cache', port: 6379, secret: 'cache' } as RedisPlan;
    const work = { store: 'cache', name: 'celery', depth: 10, database: 1 };
    const made = worker({ ...kedaPlan, stores: [store] }, { ...serviceOf(kedaPlan, 'worker'), work });
    const [trigger] = made.get('ScaledObject/worker').spec.triggers;
    expect(trigger).toEqual({
      type: 'redis',
      metadata: {
        address: 'cache.shop-production.svc:6379',
        listName: 'celery',
        listLength: '10',
        passwordFromEnv: 'KEDA_QUEUE_PASSWORD',
        databaseIndex: '1',
      },
    });
  });

  test('takes over the autoscaler that it had before', () => {
    expect(metadata.annotations).toEqual({ 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' });
    expect(spec.advanced.horizontalPodAutoscalerConfig.name).toBe('worker');
    const { behavior } = plain.get('HorizontalPodAutoscaler/worker').spec;
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior).toEqual(behavior);
  });

  test('falls back to CPU where its queue is in no store of the Plan', () => {
    const without = worker({ ...kedaPlan, stores: [] }, serviceOf(kedaPlan, 'worker'));
    expect(without.has('HorizontalPodAutoscaler/worker')).toBe(true);
    expect(without.has('ScaledObject/worker')).toBe(false);
  });
});

describe('A singleton', () => {
  const service = serviceOf(plan, 'beat');
  const build = (item: ServicePlan) =>
    render((scope) => new Singleton(scope, item.name, { plan, service: item, claims: claimNames(plan) }));

  test('is never there twice', () => {
    const rendered = build(service);
    expect([...rendered.keys()]).toEqual(['ServiceAccount/beat', 'Deployment/beat']);
    expect(rendered.get('Deployment/beat').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  test('stays one whatever the figures say', () => {
    expect(build({ ...service, replicas: { min: 4, max: 8 } }).get('Deployment/beat').spec.replicas).toBe(1);
  });
});

describe('A cron service', () => {
  const service = serviceOf(plan, 'cleanup');
  const build = (item: ServicePlan) =>
    render((scope) => new Cron(scope, item.name, { plan, service: item, claims: claimNames(plan) }));

  test('runs in UTC, never beside itself, and gives up after a time', () => {
    const { spec } = build(service).get('CronJob/cleanup');
    expect(spec).toMatchObject({
      schedule: '@daily',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    expect(spec.jobTemplate.spec.backoffLimit).toBe(2);
    expect(spec.jobTemplate.spec.activeDeadlineSeconds).toBe(300 + 400 + 4 * 30 + 3600);
    expect(spec.jobTemplate.spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.jobTemplate.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  test('without a schedule is refused', () => {
    expect(() => build({ ...service, schedule: undefined })).toThrow(
      'Cannot run "cleanup" as cron: it has no schedule',
    );
  });
});
