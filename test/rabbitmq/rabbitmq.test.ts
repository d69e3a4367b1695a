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
      { secret: { name: 'queue', items: [{ key: 'password', path: 'password' }] } },
      { secret: { name: 'queue-cookie', items: [{ key: 'cookie', path: 'cookie' }] } },
    ]);
    expect(object(objects, 'ConfigMap', 'queue-config').data['rabbitmq.conf']).not.toMatch(
      /default_pass|default_user /,
    );
    expect(startScript).toMatch(/\nexec rabbitmq-server\n$/);
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

  test('makes the application no administrator where no management page is served', () => {
    expect(serverConfiguration(one)).toMatch(/^default_user_tags.administrator = false$/m);
    expect(serverConfiguration({ ...one, management: true })).toMatch(/^default_user_tags.administrator = true$/m);
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
