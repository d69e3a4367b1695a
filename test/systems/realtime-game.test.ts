import { arrows, named, planOf, routes, variables, waits } from './shown';

const production = planOf('realtime-game', 'production');
const development = planOf('realtime-game', 'development');

test.each([
  ['front-end', 443],
  ['back-end', 8000],
])('%s listens on %s', (name, port) => {
  expect(named(production.services, name).ports.map((item) => item.port)).toContain(port);
});

test.each([
  ['postgres', 5432],
  ['redis', 6379],
])('%s listens on %s, has a volume and a daily backup', (name, port) => {
  const store = named(production.stores, name);
  expect([store.port, store.claims.length, store.backup?.schedule]).toEqual([port, 1, '@daily']);
});

test('TLS ends at the proxy, behind a load balancer; an environment may choose an Ingress', () => {
  expect(production.edge.kind).toBe('load-balancer');
  expect(named(production.services, 'front-end').proxy?.tlsSecret).toBeDefined();
});

test('the front-end serves the React build, compressed, with CSP, HSTS and X-Frame-Options', () => {
  expect(named(production.services, 'front-end').proxy).toMatchObject({
    root: '/usr/share/nginx/html',
    gzip: true,
    brotli: true,
    // Off until the environment confirms its certificate: browsers remember it.
    hsts: false,
    frameOptions: 'DENY',
    contentSecurityPolicy: expect.stringContaining("default-src 'self'"),
  });
});

test('the back-end migrates, collects static files and starts Daphne', () => {
  const backEnd = named(production.services, 'back-end');
  expect(backEnd.migration?.run).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
  expect(backEnd.prepare).toEqual([['python', 'manage.py', 'collectstatic', '--noinput']]);
  expect(backEnd.command?.[0]).toBe('daphne');
  // Daphne's own access log has queries, and a query the token of a game.
  expect(backEnd.command?.join(' ')).toContain(' --access-log /dev/null ');
  expect(backEnd.metrics).toEqual({ port: 'http', path: '/metrics', exports: 'django' });
  expect(Object.keys(variables(production, 'back-end'))).toEqual(
    expect.arrayContaining(['JWT_SIGNING_KEY', 'RATE_LIMIT_USER', 'RATE_LIMIT_ANONYMOUS']),
  );
});

test('arrows are the drawn ones; the RPC endpoint is off unless its host is set', () => {
  expect(arrows(production)).toEqual([
    'back-end → postgres:5432',
    'back-end → redis:6379',
    'front-end → back-end:8000',
  ]);
});

test('routes: static files, API, and WebSockets that stay open', () => {
  expect(routes(production)).toEqual([
    '/ → front-end',
    '/api/ → back-end',
    '/assets/ → front-end',
    '/ws/ → back-end websocket',
  ]);
});

test('start order: stores, back-end, front-end', () => {
  expect(waits(production, 'back-end')).toEqual(['postgres', 'redis']);
  expect(waits(production, 'front-end')).toEqual(['back-end']);
});

describe('development', () => {
  test('has no nginx: Vite on 5173, and the Ingress leads to both', () => {
    const frontEnd = named(development.services, 'front-end');
    expect([frontEnd.proxy, frontEnd.ports[0]?.port]).toEqual([undefined, 5173]);
    expect(development.edge).toMatchObject({ kind: 'ingress', proxy: undefined });
    expect(routes(development)).toEqual(['/ → front-end', '/api/ → back-end', '/ws/ → back-end websocket']);
  });

  test('the browser calls back-end:8000 itself, which CORS allows', () => {
    expect(variables(development, 'front-end')['VITE_API_URL']).toBe('http://localhost:8000');
    expect(variables(development, 'back-end')).toMatchObject({
      DJANGO_DEBUG: 'true',
      CORS_ALLOWED_ORIGINS: expect.stringContaining('http://localhost:5173'),
    });
  });

  test('Redis Commander looks at Redis on 8081', () => {
    expect(named(development.tools, 'redis-commander').ports[0]?.port).toBe(8081);
    expect(arrows(development)).toContain('redis-commander → redis:6379');
  });
});
