import { dataObjects, type Manifest, object, shopPlan } from '../postgres/fixture';

describe('RabbitMQ by its Cluster Operator', () => {
  const engine = { systems: { shop: { stores: { queue: { engine: 'rabbitmq-cluster-operator' } } } } } as const;
  const plan = shopPlan({ mode: 'production', tier: 'high', ...engine });
  const objects = dataObjects(plan);
  const { spec } = object(objects, 'RabbitmqCluster', 'queue');
  const pod: Manifest = spec.override.statefulSet.spec.template.spec;

  test('is one object of the name that the applications know, and no StatefulSet, Service or claim of ours', () => {
    const mine = objects.filter(({ metadata }) => /queue/.test(metadata.name));
    expect(mine.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'ConfigMap/queue-config',
      'PodDisruptionBudget/queue',
      'RabbitmqCluster/queue',
    ]);
    expect(plan.services.find(({ name }) => name === 'backend')?.env).toContainEqual({
      name: 'RABBITMQ_URL',
      value: 'amqp://backend:$(QUEUE_PASSWORD)@queue:5672',
    });
  });

  test('has nodes, volume and resources as the file says', () => {
    expect(spec).toMatchObject({
      replicas: 3,
      image: 'rabbitmq:4.3.5-management',
      persistence: { storage: '4Gi' },
      resources: { limits: { cpu: '1', memory: '512Mi' } },
    });
  });

  test('imports the same definitions, which an init container completes by the accounts', () => {
    expect(spec.rabbitmq.additionalConfig).toBe(
      'log.console.formatter = json\nvm_memory_high_watermark.absolute = 307MiB\ndisk_free_limit.absolute = 512MiB\nload_definitions = /var/lib/keelson/definitions\n',
    );
    const [, accounts] = pod.initContainers;
    expect(accounts.command).toEqual(['/bin/sh', '/etc/keelson/accounts.sh']);
    const { projected } = pod.volumes.find(({ name }: Manifest) => name === 'accounts');
    expect(projected.sources[0].secret).toEqual({
      name: 'queue-backend',
      items: [{ key: 'password', path: 'backend' }],
    });
    expect(Object.keys(object(objects, 'ConfigMap', 'queue-config').data)).toEqual(['accounts.sh', 'definitions.json']);
    expect(plan.secrets.map(({ name }) => name)).not.toContain('queue-cookie');
  });

  test('passes Pod Security restricted in every container, and carries the label that policies and rules select by', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const { securityContext } of [...pod.initContainers, ...pod.containers])
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    const { labels } = spec.override.statefulSet.spec.template.metadata;
    expect(labels).toEqual({ 'app.kubernetes.io/instance': 'shop-laptop' });
  });
});
