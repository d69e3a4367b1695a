import { serverConfiguration, startScript } from '../../lib/redis';
import { dataObjects, type Manifest, mainContainer, object, shopPlan, storeOf } from '../postgres/fixture';

describe('Redis', () => {
  const objects = dataObjects(shopPlan());
  const set = object(objects, 'StatefulSet', 'cache');
  const container = mainContainer(set);

  test('sends writes to the primary', () => {
    const { selector } = object(objects, 'Service', 'cache').spec;
    expect(selector['statefulset.kubernetes.io/pod-name']).toBe('cache-0');
  });

  test('asks for readiness with the password from its file, and for liveness by TCP', () => {
    const [, , script] = container.readinessProbe.exec.command;
    expect(script).toBe('REDISCLI_AUTH=$(cat "$PASSWORD_FILE") redis-cli ping | grep -q PONG');
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 'redis' });
    expect(container.startupProbe.failureThreshold * container.startupProbe.periodSeconds).toBe(600);
  });

  test('has the password in a mounted file and nowhere else', () => {
    expect(set.spec.template.spec.volumes).toContainEqual({
      name: 'password',
      secret: { secretName: 'cache', items: [{ key: 'password', path: 'password' }], defaultMode: 0o440 },
    });
    expect(JSON.stringify(container.env)).not.toContain('secretKeyRef');
    expect(object(objects, 'ConfigMap', 'cache-config').data['redis.conf']).not.toMatch(/requirepass|user default/);
  });

  test('becomes the server by exec, so that the stop signal reaches it, and has a minute to save', () => {
    expect(container.command).toEqual(['/bin/sh', '/etc/redis/start.sh']);
    expect(startScript).toMatch(/\nexec redis-server "\$RENDERED"\n$/);
    expect(set.spec.template.spec.terminationGracePeriodSeconds).toBe(60);
  });

  test('renders its configuration into a small scratch folder', () => {
    const scratch = set.spec.template.spec.volumes.filter(({ emptyDir }: Manifest) => emptyDir !== undefined);
    expect(scratch).toEqual([{ name: 'redis-run-redis', emptyDir: { sizeLimit: '1Mi' } }]);
  });
});

describe('the configuration of Redis', () => {
  const store = storeOf(shopPlan(), 'redis');

  test('persists in both ways and evicts nothing where the store is a queue as well', () => {
    const text = serverConfiguration(store);
    expect(text).toMatch(/^appendonly yes$/m);
    expect(text).toMatch(/^save 60 10000$/m);
    expect(text).toMatch(/^maxmemory 332mb$/m);
    expect(text).toMatch(/^maxmemory-policy noeviction$/m);
  });

  test('evicts the least used where it is a cache alone', () => {
    expect(serverConfiguration({ ...store, evictionPolicy: 'allkeys-lru' })).toMatch(/^maxmemory-policy allkeys-lru$/m);
  });
});

describe('Redis with replicas', () => {
  const replicas = { low: 1, medium: 2, high: 3 };
  const plan = shopPlan({ tier: 'medium', mode: 'production' }, {}, { stores: { cache: { replicas } } });
  const objects = dataObjects(plan);
  const set = object(objects, 'StatefulSet', 'cache');
  const container = mainContainer(set);
  const variable = (of: Manifest, wanted: string): string => of.env.find(({ name }: Manifest) => name === wanted).value;

  test('is one StatefulSet whose pods know all members of the largest tier, so that a tier changes their number alone', () => {
    expect(set.spec.replicas).toBe(2);
    expect(variable(container, 'MEMBERS')).toBe(
      'cache-0.cache-pods:6379 cache-1.cache-pods:6379 cache-2.cache-pods:6379',
    );
    const low = dataObjects(shopPlan({ tier: 'low', mode: 'production' }, {}, { stores: { cache: { replicas } } }));
    expect(object(low, 'StatefulSet', 'cache').spec.template).toEqual(set.spec.template);
  });

  test('starts its members together: one that cannot start holds back no other', () => {
    expect(set.spec.podManagementPolicy).toBe('Parallel');
  });

  test('is ready once the named primary takes writes, and started as soon as it answers', () => {
    expect(container.readinessProbe.exec.command).toEqual(['/bin/sh', '/etc/redis/ready.sh']);
    expect(container.startupProbe.exec.command[2]).toContain('ping');
  });

  test('is promoted by an edit, which rolls the pods', () => {
    const edited = {
      tier: 'medium',
      mode: 'production',
      systems: { shop: { stores: { cache: { primary: 1 } } } },
    } as const;
    const promoted = dataObjects(shopPlan(edited, {}, { stores: { cache: { replicas } } }));
    expect(object(promoted, 'Service', 'cache').spec.selector['statefulset.kubernetes.io/pod-name']).toBe('cache-1');
    expect(variable(mainContainer(object(promoted, 'StatefulSet', 'cache')), 'PRIMARY')).toBe('1');
  });

  test('is read from any member at a name of its own, and keeps one when a node is drained', () => {
    expect(object(objects, 'Service', 'cache-ro').spec.selector).toEqual(set.spec.selector.matchLabels);
    expect(object(objects, 'PodDisruptionBudget', 'cache').spec.maxUnavailable).toBe(1);
  });
});
