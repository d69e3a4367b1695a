import { enabledPlugins, environmentFile, serverConfiguration, startScript } from '../../lib/rabbitmq';
import { dataObjects, type Manifest, mainContainer, object, shopPlan, storeOf } from '../postgres/fixture';

const production = { mode: 'production' } as const;

describe('Rabbitmq', () => {
  const objects = dataObjects(shopPlan());
  const set = object(objects, 'StatefulSet', 'queue');
  const container = mainContainer(set);

  test('leads clients to any node', () => {
    expect(object(objects, 'Service', 'queue').spec.selector).toEqual(set.spec.selector.matchLabels);
  });

  test('starts its nodes together: one waiting for the other would wait for ever', () => {
    expect(set.spec.podManagementPolicy).toBe('Parallel');
  });

  test('is asked by TCP, and has no liveness', () => {
    expect(container.readinessProbe.tcpSocket).toEqual({ port: 'rabbitmq' });
    expect(container.startupProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 60 });
    expect(container.livenessProbe).toBeUndefined();
  });

  test('drains before it stops, in less than its grace period', () => {
    const [, , script] = container.lifecycle.preStop.exec.command;
    const [, wait] = /await_online_quorum_plus_one -t (\d+); rabbitmq-upgrade drain/.exec(script) ?? [];
    expect(Number(wait)).toBeLessThan(set.spec.template.spec.terminationGracePeriodSeconds);
  });

  test('mounts its home before the data that lies below it', () => {
    const paths: string[] = container.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
    expect(paths.indexOf('/var/lib/rabbitmq')).toBeLessThan(paths.indexOf('/var/lib/rabbitmq/mnesia'));
  });

  test('has password and cookie in files, and neither in its ConfigMap', () => {
    const { projected } = set.spec.template.spec.volumes.find(({ name }: Manifest) => name === 'credentials');
    expect(projected.sources).toEqual([
      { secret: { name: 'queue-backend', items: [{ key: 'password', path: 'accounts/backend' }] } },
      { secret: { name: 'queue-back-office', items: [{ key: 'password', path: 'accounts/back-office' }] } },
      { secret: { name: 'queue-cookie', items: [{ key: 'cookie', path: 'cookie' }] } },
    ]);
    const { data } = object(objects, 'ConfigMap', 'queue-config');
    expect(data['rabbitmq.conf']).not.toMatch(/default_pass|default_user /);
    expect(JSON.parse(data['definitions.json'])).not.toHaveProperty('users');
    expect(startScript).toMatch(/\nexec rabbitmq-server\n$/);
  });

  test('lets its applications see the management page in development alone', () => {
    const tags = (all: Manifest[]): string | undefined =>
      mainContainer(object(all, 'StatefulSet', 'queue')).env.find(({ name }: Manifest) => name === 'TAGS')?.value;
    expect(tags(objects)).toBe('administrator');
    expect(tags(dataObjects(shopPlan(production)))).toBeUndefined();
  });

  test('serves the management page in development alone', () => {
    const names = (all: Manifest[]): string[] =>
      object(all, 'Service', 'queue').spec.ports.map(({ name }: Manifest) => name);
    expect(names(objects)).toContain('management');
    expect(names(dataObjects(shopPlan(production)))).not.toContain('management');
  });
});

describe('the configuration of RabbitMQ', () => {
  const one = storeOf(shopPlan(production), 'rabbitmq');
  const three = storeOf(shopPlan({ ...production, tier: 'high' }), 'rabbitmq');

  test('holds publishers back before memory or disk is full', () => {
    expect(serverConfiguration(one)).toMatch(/^vm_memory_high_watermark.absolute = 307MiB$/m);
    expect(serverConfiguration(one)).toMatch(/^disk_free_limit.absolute = 512MiB$/m);
    const [claim] = one.claims;
    const small = claim === undefined ? [] : [{ ...claim, size: 1024 }];
    expect(serverConfiguration({ ...one, claims: small })).toMatch(/^disk_free_limit.absolute = 256MiB$/m);
  });

  test('limits the size of a message where the file does', () => {
    expect(serverConfiguration(one)).not.toMatch(/max_message_size/);
    const limits = { ...one.limits, messageSize: 2 };
    expect(serverConfiguration({ ...one, limits })).toMatch(/^max_message_size = 2097152$/m);
  });

  test('forms a cluster of three, and nothing for a node alone', () => {
    expect(serverConfiguration(three)).toMatch(/^cluster_formation.target_cluster_size_hint = 3$/m);
    expect(serverConfiguration(one)).not.toMatch(/cluster_formation/);
    expect(enabledPlugins(three)).toBe('[rabbitmq_peer_discovery_k8s,rabbitmq_prometheus].\n');
    expect(enabledPlugins(one)).toBe('[rabbitmq_prometheus].\n');
    expect(enabledPlugins({ ...one, management: true })).toBe('[rabbitmq_management,rabbitmq_prometheus].\n');
  });

  test('calls the node by its full name, for the server and for the tools', () => {
    expect(environmentFile).toBe('USE_LONGNAME=true\nNODENAME=rabbit@$(hostname -f)\n');
  });
});
