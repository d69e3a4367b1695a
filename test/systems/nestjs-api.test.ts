import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrows, checks, named, planOf, routes, systems, waits } from './shown';

const production = planOf('nestjs-api', 'production');
const development = planOf('nestjs-api', 'development');

test('app: node dist/src/main.js on 3001 as user 1001, asked at / every 30 s, 3 tries', () => {
  const app = named(production.services, 'app');
  expect(app).toMatchObject({ user: 1001, group: 1001, command: ['node', 'dist/src/main.js'] });
  expect([app.ports[0]?.port, app.health.path]).toEqual([3001, '/']);
  expect(checks(app)).toMatch(/^every 30 s, 3 tries/);
});

test.each([
  ['postgres', 'postgres:16.15-bookworm', 5432],
  ['redis', 'redis:7.4.11-alpine', 6379],
])('%s: %s on %s, asked every 30 s, 5 tries', (name, image, port) => {
  const store = named(production.stores, name);
  expect([store.image, store.port]).toEqual([image, port]);
  expect(checks(store)).toMatch(/^every 30 s, 5 tries/);
});

test('the database is nestjs_db', () => {
  expect(named(production.stores, 'postgres')).toMatchObject({ database: 'nestjs_db' });
});

test('arrows, route and start order', () => {
  expect(arrows(production)).toEqual(['app → postgres:5432', 'app → redis:6379']);
  expect(routes(production)).toEqual(['/ → app']);
  expect(waits(production, 'app')).toEqual(['postgres', 'redis']);
  expect(production.edge).toMatchObject({ kind: 'ingress', proxy: undefined });
});

test('development has the stores only: the app runs on the developer’s machine', () => {
  expect(development.services).toEqual([]);
  expect(development.stores.map(({ name }) => name)).toEqual(['postgres', 'redis']);
  expect(development.edge.kind).toBe('none');
});

test('in the cloud the stores are managed, and the app answers many times', () => {
  const cloud = planOf('nestjs-api', 'cloud');
  expect(cloud.stores.map(({ host }) => host)).toEqual([
    'postgres.nestjs-api.managed.example.com',
    'redis.nestjs-api.managed.example.com',
  ]);
  expect(named(cloud.services, 'app').replicas).toEqual({ min: 2, max: 4 });
});

test('scenarios lead to environments', () => {
  expect(Object.values(production.system.scenarios)).toEqual(['development', 'production', 'cloud']);
});

test('backups: daily, also as .sql, restore tested monthly', () => {
  expect(named(production.stores, 'postgres').backup).toEqual({ schedule: '@daily', formats: ['custom', 'plain'] });
  expect(production.backups?.restoreTest).toBe('@monthly');
});

test('migrations are deployed by Prisma, from the folder that the image has', () => {
  const [program, ...args] = systems['nestjs-api'].services.app.migrations.run;
  expect(program).toBe('node_modules/.bin/prisma');
  expect(args).toEqual(['migrate', 'deploy', '--schema', 'src/prisma/schema.prisma']);
  expect(named(production.services, 'app').migration?.run).toEqual([program, ...args]);
});

describe('the schema is ready', () => {
  const [program = '', ...args] = systems['nestjs-api'].services.app.migrations.ready;
  const root = mkdtempSync(join(tmpdir(), 'keelson-prisma-'));
  const client = join(root, 'node_modules/@prisma/client');

  beforeAll(() => {
    for (const name of ['1_users', '2_posts'])
      mkdirSync(join(root, 'src/prisma/migrations', name), { recursive: true });
    writeFileSync(join(root, 'src/prisma/migrations/migration_lock.toml'), '');
    mkdirSync(client, { recursive: true });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** Runs the command where the table holds these migrations; undefined: there is no table. */
  function ready(applied: readonly string[] | undefined): boolean {
    const rows = applied?.map((name) => ({ migration_name: name }));
    const answer =
      rows === undefined ? 'Promise.reject(new Error("no table"))' : `Promise.resolve(${JSON.stringify(rows)})`;
    writeFileSync(
      join(client, 'index.js'),
      `exports.PrismaClient = class { $queryRawUnsafe() { return ${answer}; } };`,
    );
    try {
      execFileSync(program, args, { cwd: root, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  test.each([
    ['before the first migration', undefined, false],
    ['with an empty table', [], false],
    ['on an older schema', ['1_users'], false],
    ['on this version', ['1_users', '2_posts'], true],
    ['on a newer one, after a rollback', ['1_users', '2_posts', '3_likes'], true],
  ] as const)('%s', (_title, applied, wanted) => {
    expect(ready(applied)).toBe(wanted);
  });
});
