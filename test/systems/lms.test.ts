import { arrows, figures, named, planOf, routes, systems, variables, waits } from './shown';

const medium = planOf('lms', 'production');
const high = planOf('lms', 'production', 'high');

describe('figures to the letter', () => {
  test.each([
    ['nginx', 1, 2, 3],
    ['frontend-admin', 1, 2, 3],
    ['frontend-teacher', 1, 2, 5],
    ['frontend-student', 1, 3, 10],
    ['backend-django', 1, 2, 4],
    ['backend-fastapi', 1, 2, 4],
  ])('%s: %s, %s, %s', (name, ...wanted) => {
    const found = (['low', 'medium', 'high'] as const).map((tier) => figures(planOf('lms', 'production', tier))[name]);
    expect(found).toEqual(wanted);
  });

  test('db: one, one with a replica, one with two replicas', () => {
    expect(systems.lms.stores.db.replicas).toEqual({ low: 1, medium: 2, high: 3 });
  });

  test('Redis, RabbitMQ and a CDN at high only', () => {
    const parts = (plan: typeof high) => plan.stores.map(({ name }) => name);
    expect([parts(planOf('lms', 'production', 'low')), parts(medium), parts(high)]).toEqual([
      ['db'],
      ['db'],
      ['db', 'rabbitmq', 'redis'],
    ]);
    expect([medium.cdn, high.cdn?.paths]).toEqual([undefined, ['/static/']]);
    expect(variables(medium, 'backend-django')['DJANGO_STATIC_URL']).toBe('/static/');
    expect(variables(high, 'backend-django')['DJANGO_STATIC_URL']).toBe('https://static.lms.example.com/static/');
  });
});

test.each([
  ['nginx', 80],
  ['frontend-admin', 3000],
  ['frontend-teacher', 3001],
  ['frontend-student', 3002],
  ['backend-django', 8001],
  ['backend-fastapi', 8000],
])('%s listens on %s', (name, port) => {
  expect(named(medium.services, name).ports[0]?.port).toBe(port);
});

test('the database is lms on 5432, with encrypted connections and disks', () => {
  expect(named(medium.stores, 'db')).toMatchObject({
    database: 'lms',
    port: 5432,
    tls: { sslmode: 'verify-full' },
    maxConnections: 100,
  });
  for (const { claims } of high.stores) for (const claim of claims) expect(claim.storageClass).toBe('encrypted');
});

test('routes', () => {
  expect(routes(medium)).toEqual([
    '/ → frontend-admin',
    '/admin/ → frontend-admin',
    '/api/ → backend-django',
    '/api/files/ → backend-fastapi',
    '/api/tasks/ → backend-fastapi',
    '/api/ws/ → backend-fastapi websocket',
    '/static/ → backend-django',
    '/student/ → frontend-student',
    '/teacher/ → frontend-teacher',
  ]);
});

const portals = ['frontend-admin', 'frontend-student', 'frontend-teacher'];

test('arrows are the drawn ones; at high the backends also reach Redis and RabbitMQ', () => {
  const drawn = [
    ...['backend-django → backend-fastapi:8000', 'backend-django → db:5432'],
    ...['backend-fastapi → backend-django:8001', 'backend-fastapi → db:5432'],
    ...portals.flatMap((portal) => [`${portal} → backend-django:8001`, `${portal} → backend-fastapi:8000`]),
    ...['nginx → backend-django:8001', 'nginx → backend-fastapi:8000', 'nginx → frontend-admin:3000'],
    ...['nginx → frontend-student:3002', 'nginx → frontend-teacher:3001'],
  ];
  expect(arrows(medium)).toEqual(drawn.sort());
  const more = ['backend-django', 'backend-fastapi'].flatMap((name) => [
    `${name} → rabbitmq:5672`,
    `${name} → redis:6379`,
  ]);
  expect(arrows(high)).toEqual([...drawn, ...more].sort());
});

test('start order: db, backends side by side, portals, nginx', () => {
  expect(waits(medium, 'backend-django')).toEqual(['db']);
  expect(waits(medium, 'backend-fastapi')).toEqual(['db']);
  for (const portal of portals) expect(waits(medium, portal)).toEqual(['backend-django', 'backend-fastapi']);
  expect(waits(medium, 'nginx').sort()).toEqual(['backend-django', 'backend-fastapi', ...portals].sort());
});

test('one crash stops nobody else: a wait for a service goes on at its time-out', () => {
  for (const { waits: all } of medium.services)
    for (const wait of all) expect(wait.atTimeout).toBe(wait.name === 'db' ? 'fail' : 'go-on');
});

test('volumes: media, uploads, static files in the pod', () => {
  expect(named(medium.services, 'backend-django').mounts).toEqual([{ volume: 'backend-media', path: '/app/media' }]);
  expect(named(medium.services, 'backend-fastapi').mounts).toEqual([
    { volume: 'backend-uploads', path: '/app/uploads' },
  ]);
  expect(named(medium.services, 'backend-django').scratch.map(({ path }) => path)).toContain('/app/staticfiles');
});

test('the gateway limits rates, connections, methods and bodies, and answers CORS', () => {
  expect(named(medium.services, 'nginx').proxy).toMatchObject({
    connectionsPerAddress: expect.any(Number),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    bodySize: 10,
    cors: { origins: ['https://lms.example.com'] },
  });
  for (const { rate } of named(medium.services, 'nginx').proxy?.routes ?? []) expect(rate).toBeDefined();
});

test('backups: daily database and media, weekly volumes, monthly archive and disaster recovery; encrypted', () => {
  expect(named(medium.stores, 'db').backup?.schedule).toBe('@daily');
  expect(medium.volumes.map(({ backup }) => backup?.schedule)).toEqual(['@daily', '@daily']);
  expect(medium.backups).toMatchObject({
    encrypted: true,
    weekly: true,
    archive: { schedule: '@monthly', disasterRecoveryTest: true },
  });
});

test('the dashboard has the drawn rows', () => {
  expect(medium.system.dashboard.map(({ row, panels }) => [row, panels.join(', ')])).toEqual([
    ['System Overview', 'CPU, Memory, Disk, Network'],
    [
      'Service Status',
      'db, backend-django, backend-fastapi, frontend-admin, frontend-teacher, frontend-student, nginx',
    ],
    ['Request Metrics', 'Requests/sec, Avg Response, Error Rate, Active Users'],
    ['Database Metrics', 'Connections, Query Time, Cache Hit, Size'],
  ]);
});
