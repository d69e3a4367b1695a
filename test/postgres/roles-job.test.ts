import { rolesFiles } from '../../lib/postgres';
import { dataObjects, type Manifest, mainContainer, object, shopPlan } from './fixture';

const managed = { managedStores: { host: '{store}.{system}.example.com', cidrs: ['10.20.0.0/16'] } };

function variables(container: Manifest): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));
}

function credentials(job: Manifest): Manifest[] {
  return job.spec.template.spec.volumes.find(({ name }: Manifest) => name === 'credentials').projected.sources;
}

describe('the roles Job', () => {
  const objects = dataObjects(shopPlan());
  const job = object(objects, 'Job', 'db-roles');

  test('names the database, the owner first, then the others', () => {
    expect(mainContainer(job).command).toEqual([
      '/bin/sh',
      '/etc/keelson/roles/reconcile.sh',
      'shop',
      'backend',
      'back_office',
    ]);
  });

  test('mounts every password as a file, and has none in its variables', () => {
    expect(credentials(job)).toEqual([
      { secret: { name: 'db-superuser', items: [{ key: 'password', path: 'superuser' }] } },
      { secret: { name: 'db-backend', items: [{ key: 'password', path: 'roles/backend' }] } },
      { secret: { name: 'db-back-office', items: [{ key: 'password', path: 'roles/back_office' }] } },
      { secret: { name: 'db-monitoring', items: [{ key: 'password', path: 'roles/monitoring' }] } },
    ]);
    expect(JSON.stringify(mainContainer(job).env)).not.toContain('secretKeyRef');
  });

  test('waits for the server, for a bounded time', () => {
    const [wait] = job.spec.template.spec.initContainers;
    expect(wait.command.slice(-4)).toEqual(['db', '5432', '300', 'fail']);
    expect(job.spec.activeDeadlineSeconds).toBe(3600);
  });

  test('can be started again by a person, with the same pod', () => {
    const again = object(objects, 'CronJob', 'db-roles').spec;
    expect(again.suspend).toBe(true);
    expect(again.jobTemplate.spec.template).toEqual(job.spec.template);
  });

  test('is another Job when its files change: they are in its template as a checksum', () => {
    expect(job.spec.template.metadata.annotations['checksum/scripts']).toMatch(/^[0-9a-f]{16}$/);
    expect(object(objects, 'ConfigMap', 'db-roles-config').data).toEqual(rolesFiles);
  });

  test('goes to the outside host of a managed server, as the administrator that its Secret names', () => {
    const outside = object(dataObjects(shopPlan(managed)), 'Job', 'db-roles');
    expect(variables(mainContainer(outside))).toMatchObject({ PGHOST: 'db.shop.example.com', PGPORT: '5432' });
    expect(credentials(outside)).toContainEqual({
      secret: { name: 'db-superuser', items: [{ key: 'username', path: 'superuser-name' }], optional: true },
    });
  });
});

describe('the files of the roles Job', () => {
  test('hand no password over as an argument, and print none', () => {
    const script = rolesFiles['reconcile.sh'] ?? '';
    expect(script).not.toMatch(/-v password|--set=?password|set -x/);
    expect(rolesFiles['password.sql']).toMatch(/\\set password `cat/);
  });

  test('stop at the first error', () => {
    expect(rolesFiles['reconcile.sh']).toMatch(/set -eu/);
    expect(rolesFiles['reconcile.sh']).toMatch(/ON_ERROR_STOP=1/);
  });
});
