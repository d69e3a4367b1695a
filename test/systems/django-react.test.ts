import { arrows, checks, cpu, figures, memory, named, planOf, routes, variables, waits } from './shown';

const production = planOf('django-react', 'production');
const development = planOf('django-react', 'development');

describe('services as the document draws them', () => {
  test.each([
    ['proxy', 80, '/health', '0.5 (0.25)', '256 (128)', 'every 10 s, 3 tries, starts in 10 s'],
    ['frontend', 5173, '/', '2 (1)', '2048 (512)', 'every 30 s, 3 tries, starts in 30 s'],
    ['backend', 8000, '/api/v1/health/', '2 (0.5)', '1024 (512)', 'every 30 s, 3 tries, starts in 30 s'],
    ['celery', undefined, undefined, '1 (0.25)', '512 (256)', 'every 30 s, 3 tries, starts in 30 s'],
  ])('%s: port %s, health %s, cpu %s, memory %s, %s', (name, port, path, wantedCpu, wantedMemory, wantedChecks) => {
    for (const tier of ['low', 'medium', 'high'] as const) {
      const service = named(planOf('django-react', 'production', tier).services, name);
      expect(service.ports[0]?.port).toBe(port);
      expect(service.health.path).toBe(path);
      expect([cpu(service.resources), memory(service.resources)]).toEqual([wantedCpu, wantedMemory]);
      expect(checks(service)).toBe(wantedChecks);
    }
  });

  test.each([
    ['db', 'postgres:15.19-bookworm', 5432, '1 (0.5)', '512 (256)'],
    ['redis', 'redis:7.4.11-alpine', 6379, '0.5 (0.25)', '256 (128)'],
  ])('%s: %s, port %s, cpu %s, memory %s', (name, image, port, wantedCpu, wantedMemory) => {
    const store = named(production.stores, name);
    expect([store.image, store.port]).toEqual([image, port]);
    expect([cpu(store.resources), memory(store.resources)]).toEqual([wantedCpu, wantedMemory]);
    expect(checks(store)).toBe('every 10 s, 3 tries, starts in 5 s');
    expect(store.claims).toHaveLength(1);
    expect(store.backup?.schedule).toBe('@daily');
  });

  test('the database is backend_db', () => {
    expect(named(production.stores, 'db')).toMatchObject({ database: 'backend_db' });
  });

  test('media is a volume, static files are collected into the pod', () => {
    const backend = named(production.services, 'backend');
    expect(backend.mounts).toEqual([{ volume: 'media', path: '/app/media' }]);
    expect(backend.scratch.map(({ path }) => path)).toContain('/app/staticfiles');
    expect(backend.prepare).toEqual([['python', 'manage.py', 'collectstatic', '--noinput']]);
    expect(production.volumes.map(({ name, backup }) => [name, backup?.schedule])).toEqual([['media', '@daily']]);
  });
});

test('the totals of the document are reproduced: 7.0 CPU and 4608 MB, 2.75 CPU and 1792 MB', () => {
  const parts = ['proxy', 'frontend', 'backend', 'db', 'redis', 'celery'];
  expect(production.system.documented?.services).toEqual(parts);
  const each = parts.map((name) => named([...production.services, ...production.stores], name).resources);
  const sum = (side: 'limits' | 'requests', unit: 'cpu' | 'memory') =>
    each.reduce((total, resources) => total + resources[side][unit], 0);
  expect([sum('limits', 'cpu'), sum('limits', 'memory')]).toEqual([7000, 4608]);
  expect([sum('requests', 'cpu'), sum('requests', 'memory')]).toEqual([2750, 1792]);
  expect(production.system.documented).toMatchObject({
    limits: { cpu: 7000, memory: 4608 },
    requests: { cpu: 2750, memory: 1792 },
  });
});

test('arrows are the drawn ones; beat has those of celery', () => {
  expect(arrows(production)).toEqual([
    'backend → db:5432',
    'backend → redis:6379',
    'celery → db:5432',
    'celery → redis:6379',
    'celery-beat → db:5432',
    'celery-beat → redis:6379',
    'frontend → backend:8000',
    'proxy → backend:8000',
    'proxy → frontend:5173',
  ]);
});

test('routes of production', () => {
  expect(routes(production)).toEqual([
    '/ → frontend',
    '/admin/ → backend',
    '/api/ → backend',
    '/media/ → backend',
    '/static/ → backend',
  ]);
});

test('development adds the routes of Vite, and its WebSocket at the base path', () => {
  expect(routes(development).filter((route) => !routes(production).includes(route))).toEqual([
    '/ → frontend websocket',
    '/@vite/ → frontend',
    '/ws → frontend websocket',
  ]);
});

test('start order: db and redis, migrations, backend, frontend, proxy', () => {
  expect(named(production.services, 'backend').migration?.run).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
  expect(waits(production, 'backend')).toEqual(['db', 'redis']);
  expect(named(production.services, 'backend').awaitSchema?.command).toEqual([
    'python',
    'manage.py',
    'migrate',
    '--check',
  ]);
  expect(waits(production, 'frontend')).toEqual(['backend']);
  expect(waits(production, 'proxy')).toEqual(['frontend', 'backend']);
});

test('everything is ready 90 s after the start: the start budgets on the longest way sum up to less', () => {
  const seconds = (name: string) => named([...production.services, ...production.stores], name).health.startSeconds;
  expect(['db', 'backend', 'frontend', 'proxy'].reduce((sum, name) => sum + seconds(name), 0)).toBeLessThanOrEqual(90);
});

test('celery is a profile: off in development, on elsewhere; beat is exactly one', () => {
  const names = (plan: typeof production) => plan.services.map(({ name }) => name);
  expect(names(development)).toEqual(['backend', 'frontend', 'proxy']);
  for (const name of ['staging', 'production', 'cloud'] as const)
    expect(names(planOf('django-react', name))).toEqual(['backend', 'celery', 'celery-beat', 'frontend', 'proxy']);
  expect(figures(planOf('django-react', 'production', 'high'))).toEqual({
    proxy: 4,
    frontend: 4,
    backend: 4,
    celery: 4,
    'celery-beat': 1,
  });
});

test('development runs the servers that reload', () => {
  expect(named(development.services, 'frontend').command?.[0]).toBe('node_modules/.bin/vite');
  expect(named(development.services, 'backend').command).toEqual(['python', 'manage.py', 'runserver', '0.0.0.0:8000']);
  expect(variables(development, 'backend')['DJANGO_DEBUG']).toBe('true');
  expect(variables(production, 'backend')['DJANGO_DEBUG']).toBe('false');
});

test('the backend accepts the public hosts and its own name, which probes and the frontend say', () => {
  expect(variables(production, 'backend')['DJANGO_ALLOWED_HOSTS']).toBe('django-react.example.com,backend');
});

test('the proxy compresses, and nothing but it is reached from outside', () => {
  expect(named(production.services, 'proxy').proxy).toMatchObject({ gzip: true });
  expect(production.edge).toMatchObject({ kind: 'ingress', proxy: 'proxy' });
});
