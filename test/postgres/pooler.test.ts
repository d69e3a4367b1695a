import { App } from 'cdk8s';
import { ServicesChart } from '../../charts/services';
import type { Plan } from '../../lib/model/plan';
import { clientsOf } from '../../lib/monitoring/clients';
import { dataObjects, type Manifest, object, shopPlan, storeOf } from './fixture';

const pooled = { pooler: 'pgbouncer' } as const;

function variables(container: Manifest): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));
}

function arrows(plan: Plan): string[] {
  return plan.arrows
    .map(({ from, to, port, why }) => `${from} → ${to.name}:${port} ${why}`)
    .filter((arrow) => /db/.test(arrow));
}

function settings(plan: Plan): Record<string, string> {
  const text: string = object(dataObjects(plan), 'ConfigMap', 'db-pooler-config').data['pgbouncer.ini'];
  return Object.fromEntries(text.split('\n').flatMap((line) => (line.includes(' =') ? [line.split(/ = ?/)] : [])));
}

describe('A pooler', () => {
  const plan = shopPlan({ tier: 'medium' }, pooled);
  const store = storeOf(plan, 'postgres');

  test('is there where the file asks for it, and nowhere else', () => {
    expect(storeOf(shopPlan(), 'postgres').pooler).toBeUndefined();
    expect(JSON.stringify(dataObjects(shopPlan()))).not.toContain('pooler');
    expect(store.pooler?.name).toBe('db-pooler');
  });

  test('stands between the applications and the server, and nobody else passes it', () => {
    expect(arrows(plan)).toEqual([
      'backend → db-pooler:6432 drawn',
      'office → db-pooler:6432 drawn',
      'db-pooler → db:5432 pooler',
      'db-roles → db:5432 roles',
      'prometheus → db:9187 monitoring',
    ]);
    const services = new ServicesChart(new App(), plan).toJson() as Manifest[];
    const spec = object(services, 'Deployment', 'backend').spec.template.spec;
    expect(variables(spec.containers[0])['DATABASE_URL']).toContain('@db-pooler:6432/shop');
    const wait = spec.initContainers.find(({ name }: Manifest) => name === 'wait-for-db');
    expect(wait.command).toEqual(expect.arrayContaining(['db-pooler', '6432']));
    expect(clientsOf(plan, 'db')).toEqual(['backend', 'office']);
  });

  test('is passed by migrations, which hold a connection for longer than a transaction', () => {
    const migrations = { run: ['migrate'], ready: ['migrate', '--check'], reads: [] };
    const migrating = shopPlan({}, pooled, { services: { backend: { migrations } } });
    expect(arrows(migrating)).toContain('backend-migrate → db:5432 migration');
    const migration = migrating.services.find(({ name }) => name === 'backend')?.migration;
    expect(migration?.env).toContainEqual(
      expect.objectContaining({ name: 'DATABASE_URL', value: expect.stringContaining('@db:5432/shop') }),
    );
    expect(migration?.waits.map(({ host }) => host)).toEqual(['db', 'cache', 'queue']);
  });

  test('runs twice where the tier has more than one of things, with a budget', () => {
    const objects = dataObjects(plan);
    expect(object(objects, 'Deployment', 'db-pooler').spec.replicas).toBe(2);
    expect(object(objects, 'PodDisruptionBudget', 'db-pooler').spec.maxUnavailable).toBe(1);
    const low = dataObjects(shopPlan({ tier: 'low' }, pooled));
    expect(object(low, 'Deployment', 'db-pooler').spec.replicas).toBe(1);
    expect(object(objects, 'Service', 'db-pooler').spec.ports).toEqual([
      { name: 'pooler', port: 6432, targetPort: 'pooler', protocol: 'TCP' },
    ]);
  });

  test('opens no more than the server has left, whatever the tier', () => {
    for (const tier of ['low', 'medium', 'high'] as const)
      for (const maxConnections of [30, 100, 400]) {
        const { pooler, budget } = storeOf(shopPlan({ tier }, { ...pooled, maxConnections }), 'postgres');
        expect(budget.total).toBeLessThanOrEqual(maxConnections);
        const [term] = budget.terms;
        expect(term).toMatchObject({ who: 'db-pooler', pods: (pooler?.replicas.max ?? 0) + 1 });
        expect(term?.pool).toBe(pooler?.serverConnections);
        expect((pooler?.poolSize ?? 0) * 2).toBe(pooler?.serverConnections);
      }
  });

  test('takes every client that there can be, on one pod if need be', () => {
    const without = storeOf(shopPlan({ tier: 'medium' }), 'postgres').budget.terms;
    const clients = without.reduce((sum, { pods, processes, pool }) => sum + pods * processes * pool, 0);
    expect(settings(plan)).toMatchObject({
      pool_mode: 'transaction',
      auth_type: 'scram-sha-256',
      max_client_conn: String(clients + 10),
      default_pool_size: String(store.pooler?.poolSize),
      max_db_connections: String(store.pooler?.serverConnections),
    });
  });

  test("has the applications' passwords and no other, as files", () => {
    const spec = object(dataObjects(plan), 'Deployment', 'db-pooler').spec.template.spec;
    const credentials = spec.volumes.find(({ name }: Manifest) => name === 'credentials');
    expect(credentials.projected.sources.map(({ secret }: Manifest) => [secret.name, secret.items[0].path])).toEqual([
      ['db-backend', 'backend'],
      ['db-back-office', 'back_office'],
    ]);
    expect(JSON.stringify(spec)).not.toContain('superuser');
    // An empty value would not come back from the API server.
    expect(Object.values(variables(spec.containers[0]))).not.toContain('');
    expect(spec.volumes).toContainEqual({ name: 'userlist', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
    expect(plan.secrets.find(({ name }) => name === 'db-backend')?.usedBy).toContain('db-pooler');
  });

  test('encrypts both ways where the store does', () => {
    expect(settings(plan)).toMatchObject({ server_tls_sslmode: 'disable' });
    expect(settings(plan)).not.toHaveProperty('client_tls_sslmode');
    const encrypted = shopPlan({}, { ...pooled, tls: 'verify-full' });
    expect(settings(encrypted)).toMatchObject({
      server_tls_sslmode: 'verify-full',
      server_tls_ca_file: '/run/authorities/db/ca.crt',
      client_tls_sslmode: 'require',
      client_tls_cert_file: '/run/certificate/tls.crt',
    });
    expect(encrypted.secrets.find(({ name }) => name === 'db-tls')?.usedBy).toContain('db-pooler');
  });

  test('is left to the provider of a managed server', () => {
    const endpoint = { host: 'db.example.com', cidrs: ['192.0.2.1/32'] };
    const managed = shopPlan({ systems: { shop: { stores: { db: { engine: 'external', endpoint } } } } }, pooled);
    expect(storeOf(managed, 'postgres').pooler).toBeUndefined();
    expect(arrows(managed)).toContain('backend → db:5432 drawn');
  });
});
