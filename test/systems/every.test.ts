import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tiers } from '../../lib/model';
import { environmentNames, environments, planOf, resolved, systemIds, systems } from './shown';

const combinations = systemIds.flatMap((id) =>
  environmentNames.flatMap((name) => tiers.map((tier) => [id, name, tier] as const)),
);

test.each(combinations)('%s in %s at %s has no error', (id, name, tier) => {
  expect(resolved(id, name, tier).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('an error of a system is seen', () => {
  const { routes } = systems['nestjs-api'];
  const broken = { ...systems['nestjs-api'], routes: routes.map((route) => ({ ...route, to: 'ap' })) };
  expect(resolved('nestjs-api', 'production', undefined, broken).problems).toContainEqual(
    expect.objectContaining({ severity: 'error', path: 'systems/nestjs-api.routes[0].to', found: '"ap"' }),
  );
});

test.each([
  ['development', 'development', 'low'],
  ['staging', 'production', 'low'],
  ['production', 'production', 'medium'],
  ['cloud', 'production', 'medium'],
] as const)('%s is of mode %s and tier %s', (name, mode, tier) => {
  expect(environments[name]).toMatchObject({ mode, tier });
  for (const id of systemIds) expect(planOf(id, name).tier).toBe(tier);
});

test('every system is backed up outside the namespace in staging, production and cloud', () => {
  for (const name of ['staging', 'production', 'cloud'] as const) expect(environments[name].backupTarget.to).toBe('s3');
});

test('monitoring is built in, except on a laptop', () => {
  for (const id of systemIds) {
    expect(environmentNames.map((name) => planOf(id, name).monitoring)).toEqual([
      'none',
      'built-in',
      'built-in',
      'built-in',
    ]);
  }
});

test('TLS ends somewhere in every environment but development', () => {
  for (const id of systemIds) {
    expect(planOf(id, 'development').edge.tls.by).toBe('none');
    for (const name of ['staging', 'production', 'cloud'] as const)
      expect(planOf(id, name).edge.tls).toMatchObject({ by: 'cert-manager' });
  }
});

test('in the cloud every store is managed, and no pod shares a volume', () => {
  for (const id of systemIds) {
    const plan = planOf(id, 'cloud', 'high');
    expect(plan.stores.filter(({ external }) => external === undefined)).toEqual([]);
    expect(plan.volumes).toEqual([]);
  }
});

test('tools run in development only', () => {
  for (const id of systemIds)
    for (const name of ['staging', 'production', 'cloud'] as const) expect(planOf(id, name).tools).toEqual([]);
  expect(planOf('microservices', 'development').tools).toHaveLength(3);
});

test('a laptop has small volumes', () => {
  for (const id of systemIds) {
    const plan = planOf(id, 'development', 'high');
    const claims = [...plan.stores.flatMap(({ claims }) => claims), ...plan.volumes.map(({ claim }) => claim)];
    for (const { name, size } of claims) expect([name, size]).toEqual([name, 1024]);
  }
});

test('third-party images are the versions that were checked', () => {
  const all = new Set(
    systemIds.flatMap((id) => Object.values(systems[id].images).filter((image) => typeof image === 'string')),
  );
  expect([...all].sort()).toEqual([
    'dpage/pgadmin4:9.17',
    'ghcr.io/joeferner/redis-commander:0.9.1',
    'nginxinc/nginx-unprivileged:1.30.4-alpine',
    'ollama/ollama:0.32.15',
    'postgres:15.19-bookworm',
    'postgres:16.15-bookworm',
    'rabbitmq:4.3.5-management',
    'redis:7.4.11-alpine',
  ]);
});

test('every image that a system declares is run somewhere', () => {
  for (const id of systemIds) {
    const used = new Set(
      environmentNames.flatMap((name) =>
        tiers.flatMap((tier) =>
          planOf(id, name, tier).workloads.map(({ image }) => image.replace(/^.*example\.com\//, '')),
        ),
      ),
    );
    for (const image of Object.values(systems[id].images))
      expect(used).toContain(typeof image === 'string' ? image : image.own);
  }
});

test('links lead to pages that exist', () => {
  const links = systemIds.flatMap((id) => planOf(id, 'production').system.links);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((link) => !existsSync(join(__dirname, '../..', link)))).toEqual([]);
});

test('nothing but its images must be brought along: no environment but the cloud needs a given Secret for django-react to start', () => {
  for (const name of ['development', 'staging', 'production'] as const)
    expect(
      planOf('django-react', name).secrets.filter((secret) => secret.class === 'given' && !secret.optional),
    ).toEqual([]);
});
