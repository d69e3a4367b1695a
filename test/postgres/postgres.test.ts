import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostBasedAuthentication, serverConfiguration } from '../../lib/postgres';
import { dataObjects, type Manifest, mainContainer, object, shopPlan, storeOf, withStores } from './fixture';

function server(change: { readonly majorVersion?: number; readonly primary?: number } = {}): Manifest[] {
  return dataObjects(withStores(shopPlan(), (store) => (store.kind === 'postgres' ? { ...store, ...change } : store)));
}

function settings(text: string): Record<string, string> {
  return Object.fromEntries(text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' = ')])));
}

const store = storeOf(shopPlan(), 'postgres');

describe('Postgres', () => {
  const set = object(server(), 'StatefulSet', 'db');
  const container = mainContainer(set);

  test('sends writes to the pod that the environment names as primary', () => {
    expect(object(server(), 'Service', 'db').spec.selector).toEqual({
      'app.kubernetes.io/name': 'db',
      'app.kubernetes.io/instance': 'shop-laptop',
      'statefulset.kubernetes.io/pod-name': 'db-0',
    });
    const promoted = object(server({ primary: 1 }), 'Service', 'db').spec.selector;
    expect(promoted['statefulset.kubernetes.io/pod-name']).toBe('db-1');
  });

  test.each([
    [15, '/var/lib/postgresql/data', '/var/lib/postgresql/data/pgdata'],
    [17, '/var/lib/postgresql/data', '/var/lib/postgresql/data/pgdata'],
    [18, '/var/lib/postgresql', '/var/lib/postgresql/18/docker'],
  ])('version %i has its data where the image wants it, below the mount', (majorVersion, mount, data) => {
    const pod = mainContainer(object(server({ majorVersion }), 'StatefulSet', 'db'));
    expect(pod.volumeMounts).toContainEqual({ name: 'data', mountPath: mount });
    expect(pod.env).toContainEqual({ name: 'PGDATA', value: data });
    expect(data.startsWith(`${mount}/`)).toBe(true);
  });

  test('asks for readiness on loopback, because during initdb only the socket answers', () => {
    expect(container.readinessProbe).toEqual({
      exec: { command: ['pg_isready', '--host=127.0.0.1', '--username=postgres', '--dbname=shop'] },
      periodSeconds: 7,
      timeoutSeconds: 5,
      failureThreshold: 5,
    });
    expect(container.livenessProbe).toMatchObject({ tcpSocket: { port: 'postgres' }, failureThreshold: 5 });
    expect(container.startupProbe).toMatchObject({ periodSeconds: 5, failureThreshold: 360 });
  });

  test('takes the superuser’s password from a file', () => {
    expect(container.env).toContainEqual({ name: 'POSTGRES_PASSWORD_FILE', value: '/run/secrets/postgres/password' });
    expect(set.spec.template.spec.volumes).toContainEqual({
      name: 'credentials',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'db-superuser', items: [{ key: 'password', path: 'password' }] } }],
      },
    });
  });

  test('makes the data with checksums and passwords everywhere', () => {
    expect(container.env).toContainEqual({
      name: 'POSTGRES_INITDB_ARGS',
      value: '--data-checksums --encoding=UTF8 --auth-host=scram-sha-256 --auth-local=scram-sha-256',
    });
    expect(hostBasedAuthentication(store)).not.toMatch(/trust|md5|peer/);
  });

  test('can write where it must, and takes shared memory from its own limit', () => {
    const paths = container.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
    expect(paths).toEqual(expect.arrayContaining(['/dev/shm', '/tmp', '/var/run/postgresql']));
    const shared = set.spec.template.spec.volumes.find(({ name }: Manifest) => name === 'shared-memory');
    expect(shared.emptyDir).toEqual({ medium: 'Memory', sizeLimit: '64Mi' });
  });

  test('has two minutes for its last checkpoint', () => {
    expect(set.spec.template.spec.terminationGracePeriodSeconds).toBe(120);
  });
});

describe('the configuration of PostgreSQL', () => {
  const of = (change: Partial<typeof store>): Record<string, string> =>
    settings(serverConfiguration({ ...store, ...change }));

  test('follows from memory limit, connections and claim', () => {
    expect(settings(serverConfiguration(store))).toMatchObject({
      listen_addresses: "'*'",
      max_connections: '100',
      password_encryption: 'scram-sha-256',
      shared_buffers: `${128 * 1024}kB`,
      effective_cache_size: `${256 * 1024}kB`,
      work_mem: '1310kB',
      maintenance_work_mem: `${32 * 1024}kB`,
      max_wal_size: '1024MB',
      min_wal_size: '256MB',
    });
  });

  test('stays within bounds at both ends', () => {
    const limits = (memory: number): (typeof store)['resources'] => ({
      ...store.resources,
      limits: { cpu: 1000, memory },
    });
    expect(of({ resources: limits(128), maxConnections: 500 })).toMatchObject({ work_mem: '1024kB' });
    expect(of({ resources: limits(262_144), maxConnections: 50 })).toMatchObject({
      work_mem: '65536kB',
      maintenance_work_mem: '1048576kB',
    });
    expect(of({ claims: [] })['max_wal_size']).toBe('128MB');
  });

  test('fits its memory: cache, every connection sorting, and three autovacuum workers leave a fifth', () => {
    const kib = (value: string | undefined): number => Number((value ?? '').replace('kB', ''));
    const got = settings(serverConfiguration(store));
    const most = kib(got['shared_buffers']) + 100 * kib(got['work_mem']) + 3 * kib(got['maintenance_work_mem']);
    expect(most).toBeLessThan(512 * 1024 * 0.8);
  });

  test('reserves connections for operators only where the version can', () => {
    expect(of({ majorVersion: 15 })).not.toHaveProperty('reserved_connections');
    expect(of({ majorVersion: 16 })).toHaveProperty('reserved_connections', '2');
  });
});

describe('The pages', () => {
  const folder = join(__dirname, '../../docs');
  const pages = [
    'procedures.md',
    'replication.md',
    'restore.md',
    'storage.md',
    'runbooks/postgres.md',
    'runbooks/full-disk.md',
  ];

  test.each(pages)('of %s run programs of the server as the superuser, by a file that is there', (page) => {
    const text = readFileSync(join(folder, page), 'utf8');
    const { data } = object(server(), 'ConfigMap', 'db-config');
    for (const [, command = ''] of text.matchAll(/exec [^`\n]*? -- ([^`\n]*)/g)) {
      if (!/\b(psql|pg_dumpall|reindexdb|pg_dump|vacuumdb)\b/.test(command)) continue;
      expect(command).toMatch(/^sh \/etc\/postgresql\/superuser\.sh /);
    }
    expect(Object.keys(data)).toContain('superuser.sh');
  });
});
