import type { Plan } from '../../lib/model/plan';
import { type Change, resolveShop } from './shop';

/** The shop whose only Redis keeps sessions, with a cache of its own beside it. */
function planned(change: Change = {}, word: Record<string, unknown> = { separateCache: true }): Plan {
  const sessions = {
    kind: 'redis',
    description: 'Sessions',
    image: 'redis',
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    size: '1Gi',
    use: 'mixed',
    replicas: { low: 1, medium: 2, high: 2 },
    backup: {},
    ...word,
  };
  const tools = { pages: { kind: 'redis-commander', description: 'Keys', image: 'pages', arrows: ['redis'] } };
  const { plan, problems } = resolveShop({
    ...change,
    system: {
      images: { pages: 'ghcr.io/joeferner/redis-commander:0.9.0' },
      stores: { cache: null, redis: sessions },
      services: { web: { arrows: { cache: null, redis: {}, ...Object(change.system) } } },
      tools,
    },
    environment: { tools: true, ...Object(change.environment) },
  });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

function caches({ stores }: Plan): unknown[] {
  return stores.flatMap((store) =>
    store.kind === 'redis' ? [[store.name, store.use, store.evictionPolicy, store.replicas.max, store.backup]] : [],
  );
}

const backup = { schedule: '@daily', formats: ['custom'] };

test('without the word there is one server, which refuses writes when it is full', () => {
  expect(caches(planned({}, {}))).toEqual([['redis', 'mixed', 'noeviction', 1, backup]]);
});

test('a store for use as cache evicts what was used least, and one for a queue nothing', () => {
  expect(caches(planned({}, { use: 'cache', backup: undefined }))).toEqual([
    ['redis', 'cache', 'allkeys-lru', 1, undefined],
  ]);
  expect(caches(planned({}, { use: 'queue' }))).toEqual([['redis', 'queue', 'noeviction', 1, backup]]);
});

test('with it there is a second one, of one pod, which evicts and is in no backup', () => {
  expect(caches(planned({ tier: 'high' }))).toEqual([
    ['redis', 'mixed', 'noeviction', 2, backup],
    ['redis-cache', 'cache', 'allkeys-lru', 1, undefined],
  ]);
  const plan = planned();
  expect(plan.secrets.map(({ name }) => name)).toEqual(expect.arrayContaining(['redis', 'redis-cache']));
  expect(plan.backup?.subjects.map(({ name }) => name)).not.toContain('redis-cache');
});

test('beside a Redis Cluster it is one too, with a pod for each shard', () => {
  const environment = { tools: false, systems: { shop: { stores: { redis: { engine: 'redis-cluster' } } } } };
  const drawn = { redis: { clusterAware: true } };
  expect(caches(planned({ system: drawn, environment }, { separateCache: true, backup: undefined }))).toEqual([
    ['redis', 'mixed', 'noeviction', 3, undefined],
    ['redis-cache', 'cache', 'allkeys-lru', 3, undefined],
  ]);
});

test('whoever talks to the first finds the second by a variable of its own, with a password of its own', () => {
  const web = planned().services.find(({ name }) => name === 'web');
  expect(web?.env.filter(({ name }) => name.startsWith('REDIS'))).toEqual([
    { name: 'REDIS_PASSWORD', secret: 'redis', key: 'password', optional: false },
    { name: 'REDIS_URL', value: 'redis://:$(REDIS_PASSWORD)@redis:6379' },
    { name: 'REDIS_CACHE_PASSWORD', secret: 'redis-cache', key: 'password', optional: false },
    { name: 'REDIS_CACHE_URL', value: 'redis://:$(REDIS_CACHE_PASSWORD)@redis-cache:6379' },
  ]);
});

test('an arrow that is drawn to it names the variables', () => {
  const web = planned({ system: { 'redis-cache': { env: { CACHE: '{url}/3' } } } }).services.find(
    ({ name }) => name === 'web',
  );
  expect(web?.env.map(({ name }) => name)).toContain('CACHE');
  expect(web?.env.map(({ name }) => name)).not.toContain('REDIS_CACHE_URL');
});

test('every client of the first may reach the second, and nobody else', () => {
  const { arrows } = planned();
  const to = (name: string): string[] =>
    arrows.filter((arrow) => arrow.to.name === name && arrow.port === 6379).map(({ from }) => from);
  expect(to('redis-cache')).toEqual(['web', 'web-migrate', 'pages']);
  expect(to('redis').filter((name) => !name.startsWith('redis'))).toEqual(to('redis-cache'));
});

test('the environment grows it, and says who runs it as for the first', () => {
  const own = (stores: unknown): Change => ({ environment: { systems: { shop: { stores } } } });
  const grown = planned(own({ 'redis-cache': { size: '5Gi' } }));
  expect(grown.stores.flatMap(({ claims }) => claims).find(({ owner }) => owner === 'redis-cache')?.size).toBe(5120);
  const at = (host: string) => ({ endpoint: { host, cidrs: ['203.0.113.0/24'] } });
  const managed = planned(
    own({ redis: { engine: 'external', ...at('a.example.com') }, 'redis-cache': at('b.example.com') }),
  );
  expect(managed.stores.flatMap(({ name, kind, host }) => (kind === 'redis' ? [[name, host]] : []))).toEqual([
    ['redis', 'a.example.com'],
    ['redis-cache', 'b.example.com'],
  ]);
});
