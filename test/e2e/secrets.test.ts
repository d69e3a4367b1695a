import {
  changedPods,
  collectionOf,
  expectOtherValues,
  randomValues,
  type Secret,
  settledContent,
} from '../../e2e/checks/secrets';
import type { Pod, Stage } from '../../e2e/stage';
import type { Plan } from '../../lib/model/plan';

const plan = {
  secrets: [
    {
      name: 'db',
      class: 'generated',
      keys: { password: { make: 'hex', bytes: 4 }, user: { make: 'literal', value: 'a' } },
    },
    { name: 'redis', class: 'generated', keys: { password: { make: 'hex', bytes: 4 } } },
    { name: 'backup', class: 'given', keys: { key: undefined } },
  ],
} as unknown as Pick<Plan, 'secrets'>;

function secret(name: string, values: Readonly<Record<string, string>>): Secret {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { metadata: { name }, data: Object.fromEntries(data) };
}

const redis = secret('redis', { password: '01234567' });

describe('Random values', () => {
  test('are all that the Plan wants made', () => {
    const values = randomValues(plan, [secret('db', { password: '89abcdef', user: 'a' }), redis]);
    expect([...values.keys()]).toEqual(['db/password', 'redis/password']);
    expect([...values.values()].join()).not.toContain('89abcdef');
  });

  test.each<[string, readonly Secret[], string]>([
    ['one is not there', [redis], 'Secret db has no random password'],
    ['one is empty', [secret('db', { password: '' }), redis], 'Secret db has no random password'],
    ['one is a word', [secret('db', { password: 'password' }), redis], 'Secret db has no random password'],
    ['one is short', [secret('db', { password: '0123' }), redis], 'Secret db has no random password'],
    ['two are alike', [secret('db', { password: '01234567' }), redis], 'the same value'],
  ])('are refused where %s', (_, secrets, message) => {
    expect(() => randomValues(plan, secrets)).toThrow(message);
  });

  test('are refused where there are none', () => {
    expect(() => randomValues({ secrets: [] }, [redis])).toThrow('Nothing is made at random');
  });
});

describe('A namespace that is made again', () => {
  const db = secret('db', { password: '89abcdef' });
  const earlier = randomValues(plan, [db, redis]);
  const again = (...secrets: Secret[]): Promise<void> => {
    const stage = { namespace: 'n', manifests: { plan }, api: { list: async () => secrets } } as unknown as Stage;
    return expectOtherValues(stage, earlier);
  };

  test('has values of its own', async () => {
    await again(secret('db', { password: 'aaaaaaaa' }), secret('redis', { password: 'bbbbbbbb' }));
  });

  test.each([
    ['one that is the same', secret('redis', { password: '01234567' }), 'redis/password'],
    ['one that was another one', secret('redis', { password: '89abcdef' }), 'redis/password'],
  ])('is refused with %s', async (_, second, name) => {
    await expect(again(secret('db', { password: 'aaaaaaaa' }), second)).rejects.toThrow(name);
  });
});

function pod(workload: string, uid: string, restartCount = 0, template = 't1'): Pod {
  const labels = { 'app.kubernetes.io/name': workload, 'pod-template-hash': template };
  return {
    metadata: { name: `${workload}-${uid}`, uid, namespace: 'n', labels },
    spec: { containers: [] },
    status: { containerStatuses: [{ name: 'main', restartCount }] },
  };
}

describe('After a second apply', () => {
  const before = [pod('web', '1'), pod('web', '2'), pod('db', '3')];
  const scaled = new Set(['web']);

  test.each<[string, readonly Pod[], readonly string[]]>([
    ['nothing', before, []],
    ['one pod more of what an autoscaler scales', [...before, pod('web', '4')], []],
    ['one pod less of it', [pod('web', '2'), pod('db', '3')], []],
    ['a pod of it that was restarted', [pod('web', '1', 1), pod('web', '2'), pod('db', '3')], ['web-1']],
    ['a pod of it of another template', [pod('web', '2'), pod('db', '3'), pod('web', '4', 0, 't2')], ['web-4']],
    ['a pod that nothing scales', [pod('web', '1'), pod('web', '2'), pod('db', '5')], ['db-3', 'db-5']],
    ['a pod that is restarted', [pod('web', '1'), pod('web', '2'), pod('db', '3', 1)], ['db-3']],
  ])('what is another one: %s', (_, after, changed) => {
    expect(changedPods(before, after, scaled)).toEqual(changed);
  });

  const deployment = (name: string, replicas: number, generation: number, image = 'a') => ({
    kind: 'Deployment',
    metadata: { name, generation, resourceVersion: String(generation) },
    spec: { replicas, image },
    status: { replicas },
  });
  const content = (...args: Parameters<typeof deployment>) =>
    JSON.stringify(settledContent(deployment(...args), scaled));

  test('an object is the same but for what an autoscaler writes', () => {
    expect(content('web', 3, 2)).toBe(content('web', 2, 1));
    expect(content('web', 2, 2, 'b')).not.toBe(content('web', 2, 1));
    expect(content('worker', 3, 1)).not.toBe(content('worker', 2, 1));
    expect(content('worker', 2, 2)).not.toBe(content('worker', 2, 1));
  });
});

test.each([
  ['v1', 'Service', 'shop', '/api/v1/namespaces/shop/services'],
  ['v1', 'Namespace', undefined, '/api/v1/namespaces'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'shop', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies'],
  ['networking.k8s.io/v1', 'Ingress', 'shop', '/apis/networking.k8s.io/v1/namespaces/shop/ingresses'],
  ['policy/v1', 'PodDisruptionBudget', 'shop', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', undefined, '/apis/rbac.authorization.k8s.io/v1/clusterroles'],
])('The server lists %s %s', (apiVersion, kind, namespace, path) => {
  expect(collectionOf({ apiVersion, kind, metadata: { name: 'a', ...(namespace && { namespace }) } })).toBe(path);
});
