import { arrows, cpu, memory, named, planOf, routes, systems, variables, waits } from './shown';

const production = planOf('microservices', 'production');
const development = planOf('microservices', 'development');

describe('limits as the document states them', () => {
  test.each([
    ['frontend', 3000, 0.5, 512],
    ['api', 8000, 1, 1024],
    ['worker', undefined, 1, 1024],
    ['postgres', 5432, 2, 2048],
    ['redis', 6379, 0.5, 512],
    ['rabbitmq', 5672, 1, 1024],
  ])('%s: port %s, %s CPU, %s MB at low and medium', (name, port, limit, mib) => {
    for (const tier of ['low', 'medium'] as const) {
      const plan = planOf('microservices', 'production', tier);
      const part = named([...plan.services, ...plan.stores], name);
      expect(part.ports[0]?.port).toBe(port);
      expect(cpu(part.resources)).toMatch(new RegExp(`^${limit} `));
      expect(memory(part.resources)).toMatch(new RegExp(`^${mib} `));
    }
  });
});

test.each([
  ['low', 1],
  ['medium', 3],
  ['high', 6],
] as const)('at %s the API runs %s times', (tier, count) => {
  expect(named(planOf('microservices', 'production', tier).services, 'api').replicas.min).toBe(count);
});

test('stores grow at high: PostgreSQL by replicas and upwards, Redis by replicas, RabbitMQ as a cluster', () => {
  const { postgres, redis, rabbitmq } = systems.microservices.stores;
  expect([postgres.replicas, redis.replicas, rabbitmq.replicas]).toEqual([
    { low: 1, medium: 1, high: 3 },
    { low: 1, medium: 1, high: 3 },
    { low: 1, medium: 1, high: 3 },
  ]);
  expect(redis.cluster).toBe(true);
  expect(memory(named(planOf('microservices', 'production', 'high').stores, 'postgres').resources)).toBe('4096 (4096)');
});

test('the worker waits for the schema that the API makes, as itself and with nothing else of the API', () => {
  const [schema, ...others] = named(production.services, 'worker').otherSchemas;
  expect(others).toEqual([]);
  expect(schema).toMatchObject({
    store: 'postgres',
    service: 'api',
    image: named(production.services, 'api').image,
    command: systems.microservices.services.api.migrations.ready,
    timeoutSeconds: 600,
  });
  expect(schema?.env.map((item) => ('secret' in item ? item.secret : item.name))).toEqual([
    'postgres-worker',
    'DATABASE_URL',
  ]);
  expect(named(production.services, 'worker').awaitSchema).toBeUndefined();
  expect(named(production.services, 'api').otherSchemas).toEqual([]);
});

test('the worker scales by its queue', () => {
  expect(systems.microservices.services.worker.scaling.queue).toMatchObject({ store: 'rabbitmq', name: 'jobs' });
  expect(systems.microservices.stores.rabbitmq.queues).toHaveProperty('jobs');
});

test('management pages and tools are on in development only', () => {
  const ports = (plan: typeof production) => named(plan.stores, 'rabbitmq').ports.map(({ port }) => port);
  expect(ports(development)).toEqual([5672, 15672, 15692]);
  expect(ports(production)).toEqual([5672, 15692]);
  expect(development.tools.map(({ name, ports: [port] }) => [name, port?.port])).toEqual([
    ['ollama', 11434],
    ['pgadmin', 5050],
    ['redis-commander', 8081],
  ]);
  expect(named(development.tools, 'ollama').claim).toBeDefined();
  expect(production.tools).toEqual([]);
});

test('arrows are the drawn ones', () => {
  const own = [
    'api → postgres:5432',
    'api → rabbitmq:5672',
    'api → redis:6379',
    'frontend → api:8000',
    'gateway → api:8000',
    'gateway → frontend:3000',
    'worker → object-storage:443',
    'worker → postgres:5432',
    'worker → rabbitmq:5672',
  ];
  expect(arrows(production)).toEqual(own);
  // Ollama fetches its models; nothing is drawn to it.
  const tools = ['ollama → models:443', 'pgadmin → postgres:5432', 'redis-commander → redis:6379'];
  expect(arrows(development)).toEqual([...own, ...tools].sort());
});

test('zones lead from the public to the data, which nothing outside reaches', () => {
  const { zones, services, stores } = systems.microservices;
  expect(zones).toEqual(['public', 'frontend', 'application', 'data']);
  expect(Object.entries(services).map(([name, { zone }]) => [name, zone])).toEqual([
    ['gateway', 'frontend'],
    ['frontend', 'frontend'],
    ['api', 'application'],
    ['worker', 'application'],
  ]);
  for (const { zone, encrypted } of Object.values(stores)) expect([zone, encrypted]).toEqual(['data', true]);
  expect(production.edge.routes.map(({ to }) => to)).toEqual(['gateway']);
});

test('the gateway limits rates, log-ins most of all', () => {
  expect(routes(production)).toEqual(['/ → frontend', '/api/ → api websocket streaming', '/api/v1/auth/ → api']);
  expect(routes(development)).toContain('/ → frontend websocket');
  const limits = named(production.services, 'gateway').proxy?.routes.map(({ path, rate }) => [path, rate?.perSecond]);
  expect(limits).toEqual([
    ['/api/v1/auth/', 2],
    ['/api/', 50],
    ['/', 50],
  ]);
});

test('tokens: 30 minutes and 7 days', () => {
  expect(variables(production, 'api')).toMatchObject({
    ACCESS_TOKEN_EXPIRE_MINUTES: '30',
    REFRESH_TOKEN_EXPIRE_DAYS: '7',
  });
});

test('refresh tokens are not evicted', () => {
  expect(named(production.stores, 'redis')).toMatchObject({ evictionPolicy: 'noeviction' });
});

test('backups: PostgreSQL daily, Redis hourly', () => {
  expect(named(production.stores, 'postgres').backup?.schedule).toBe('@daily');
  expect(named(production.stores, 'redis').backup?.schedule).toBe('@hourly');
});

test('secrets come from a secrets manager in the cloud', () => {
  expect(planOf('microservices', 'cloud').secretsProvider.provider).toBe('external-secrets');
});

test('start order: stores, API, frontend, gateway', () => {
  expect(waits(production, 'api')).toEqual(['postgres', 'redis', 'rabbitmq']);
  expect(waits(production, 'worker')).toEqual(['rabbitmq', 'postgres']);
  expect(waits(production, 'frontend')).toEqual(['api']);
  expect(waits(production, 'gateway')).toEqual(['frontend', 'api']);
});

test('a migration passes on a newer schema', () => {
  const { run, ready } = systems.microservices.services.api.migrations;
  // Alembic itself refuses a revision that it does not know: the question comes before the upgrade.
  expect(run.slice(0, 3)).toEqual(['sh', '-c', 'python -c "$0" || exec alembic upgrade head']);
  expect(ready[2]).toBe(run[3]);
});

test('a page of unbundled modules, hundreds at once, passes the gateway of development', () => {
  const page = (plan: typeof production): unknown =>
    named(plan.services, 'gateway').proxy?.routes.find(({ path }) => path === '/')?.rate;
  expect(page(development)).toEqual({ perSecond: 500, burst: 2000 });
  expect(page(production)).toEqual({ perSecond: 50, burst: 100 });
});
