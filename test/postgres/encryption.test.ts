import { App } from 'cdk8s';
import { ServicesChart } from '../../charts/services';
import type { Plan } from '../../lib/model/plan';
import type { Environment } from '../../lib/model/schema/environment';
import { postgresBackup } from '../../lib/postgres';
import { prerequisitesOf } from '../../lib/report/prerequisites';
import { pruneOf } from '../../lib/report/prune';
import { dataObjects, type Manifest, mainContainer, object, shopPlan, storeOf } from './fixture';

const authority = '/run/authorities/db/ca.crt';
const encrypted = { tls: 'verify-full' } as const;

function planOf(environment: Partial<Environment> = {}): Plan {
  return shopPlan(environment, encrypted);
}

function ofShop(db: NonNullable<Environment['systems']>[string]['stores']): Partial<Environment> {
  return { systems: { shop: { stores: db } } };
}

function secretOf(plan: Plan): Plan['secrets'][number] | undefined {
  return plan.secrets.find(({ name }) => name === 'db-tls');
}

function variables(container: Manifest): Record<string, string> {
  return Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));
}

describe('Encrypted connections to PostgreSQL', () => {
  const plan = planOf();
  const objects = dataObjects(plan);
  const pod = object(objects, 'StatefulSet', 'db').spec.template.spec;
  const files = object(objects, 'ConfigMap', 'db-config').data;

  test('are off unless the document asks for them', () => {
    const plain = dataObjects(shopPlan());
    expect(JSON.stringify(plain)).not.toMatch(/ssl_cert_file|sslmode=verify|db-tls|reload\.sh/);
    expect(object(plain, 'ConfigMap', 'db-config').data['pg_hba.conf']).toMatch(/^host all all all scram-sha-256$/m);
  });

  test('are the only ones that the server takes from another pod', () => {
    const rules = files['pg_hba.conf'].split('\n').filter((line: string) => !line.startsWith('#') && line !== '');
    expect(rules).toEqual([
      'local all all scram-sha-256',
      'host all all 127.0.0.1/32 scram-sha-256',
      'host all all ::1/128 scram-sha-256',
      'hostssl all all all scram-sha-256',
    ]);
    expect(files['postgresql.conf']).toMatch(/^ssl = on$/m);
  });

  test('need a key that the group of the pod reads and nobody else', () => {
    const volume = pod.volumes.find(({ name }: Manifest) => name === 'certificate');
    expect(volume.secret).toMatchObject({ secretName: 'db-tls', defaultMode: 0o440 });
    expect(pod.securityContext.fsGroup).toBe(pod.securityContext.runAsGroup);
    expect(mainContainer({ spec: { template: { spec: pod } } }).volumeMounts).toContainEqual({
      name: 'certificate',
      mountPath: '/run/certificate',
      readOnly: true,
    });
  });

  test('take over a renewed certificate by a container that looks for it, which the quota counts', () => {
    const reload = pod.containers.find(({ name }: Manifest) => name === 'reload');
    expect(reload.command).toEqual(['/bin/sh', '/etc/postgresql/reload.sh']);
    expect(variables(reload)['CERTIFICATE']).toBe('/run/certificate');
    expect(plan.quota.requests.memory - shopPlan().quota.requests.memory).toBeGreaterThanOrEqual(16);
  });

  test('are verified by every application, with the authority and nothing else of the Secret', () => {
    const services = new ServicesChart(new App(), plan).toJson() as Manifest[];
    for (const name of ['backend', 'office']) {
      const { spec } = object(services, 'Deployment', name).spec.template;
      const main = spec.containers[0];
      expect(variables(main)['DATABASE_URL']).toContain(`?sslmode=verify-full&sslrootcert=${authority}`);
      const wait = spec.initContainers.find((container: Manifest) => container.name === 'wait-for-db');
      expect(variables(wait)).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: authority });
      for (const container of [main, wait])
        expect(container.volumeMounts).toContainEqual({
          name: 'authority-db',
          mountPath: '/run/authorities/db',
          readOnly: true,
        });
      const volumes = spec.volumes.filter((volume: Manifest) => volume.name === 'authority-db');
      expect(volumes).toEqual([
        {
          name: 'authority-db',
          secret: { secretName: 'db-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }], defaultMode: 0o444 },
        },
      ]);
    }
  });

  test('are verified by the roles Job, by backups and by restores', () => {
    const job = objects.find(({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith('db-roles'));
    expect(variables(mainContainer(job))).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: authority });
    const saved = planWithBackup();
    expect(secretOf(saved)?.usedBy).toEqual(
      expect.arrayContaining(['db', 'backend', 'office', 'db-backup', 'db-restore']),
    );
    const store = storeOf(saved, 'postgres');
    const subject = saved.backup?.subjects.find(({ name }) => name === 'db');
    if (subject?.kind !== 'postgres') throw new Error('The fixture backs nothing up');
    const works = postgresBackup(store, subject).works.filter(({ command }) => command[0] !== 'drill.sh');
    expect(works.map(({ command }) => command[0])).toEqual(['backup.sh', 'restore.sh']);
    for (const { env = [], authorities = [] } of works) {
      expect(env).toContainEqual({ name: 'PGSSLROOTCERT', value: authority });
      expect(authorities.map(({ secret }) => secret)).toEqual(['db-tls']);
    }
  });

  test('rest on a certificate for every name of the server, whatever the tier', () => {
    const certificate = storeOf(plan, 'postgres').certificate;
    expect(certificate?.hosts).toEqual(
      expect.arrayContaining([
        'db',
        'db.shop-laptop.svc',
        'db-ro',
        'db-pooler',
        '*.db-pods',
        '*.db-pods.shop-laptop.svc',
      ]),
    );
    expect(secretOf(plan)).toMatchObject({ class: 'generated', type: 'kubernetes.io/tls' });
    expect(Object.keys(secretOf(plan)?.keys ?? {})).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
  });

  test('may rest on one by cert-manager, which the report asks for and the prune command knows', () => {
    const managed = planOf({ storeCertificates: { by: 'cert-manager', issuer: 'inside' } });
    const certificate = object(dataObjects(managed), 'Certificate', 'db-tls');
    expect(certificate.spec).toMatchObject({
      secretName: 'db-tls',
      issuerRef: { name: 'inside', kind: 'ClusterIssuer', group: 'cert-manager.io' },
    });
    expect(certificate.spec.dnsNames).toEqual(storeOf(managed, 'postgres').certificate?.hosts);
    expect(secretOf(managed)).toBeUndefined();
    expect(prerequisitesOf(managed).map(({ what }) => what)).toContainEqual(
      expect.stringContaining('cert-manager with the ClusterIssuer inside'),
    );
    expect(pruneOf(managed, 'dist').kinds).toContain('cert-manager.io/v1/Certificate');
  });

  test('may rest on a Secret that is named', () => {
    const given = planOf(ofShop({ db: { certificate: { by: 'secret', secret: 'mine' } } }));
    expect(given.secrets.find(({ name }) => name === 'mine')).toMatchObject({ class: 'given' });
    expect(secretOf(given)).toBeUndefined();
    expect(storeOf(given, 'postgres').tls?.authority?.secret).toBe('mine');
  });

  test("to a managed server need its provider's authority, which is given", () => {
    const endpoint = { host: 'db.example.com', cidrs: ['192.0.2.1/32'] };
    const managed = planOf(ofShop({ db: { engine: 'external', endpoint } }));
    expect(secretOf(managed)).toMatchObject({ class: 'given', keys: { 'ca.crt': undefined } });
    expect(storeOf(managed, 'postgres').tls).toMatchObject({ sslmode: 'verify-full' });
    const unasked = shopPlan(ofShop({ db: { engine: 'external', endpoint } }));
    expect(storeOf(unasked, 'postgres').tls).toEqual({ sslmode: 'require', authority: undefined });
  });
});

function planWithBackup(): Plan {
  const endpoint = { host: 's3.example.com', cidrs: ['192.0.2.0/24'] };
  return shopPlan({ backupTarget: { to: 's3', endpoint, bucket: 'b' } }, { ...encrypted, backup: {} });
}
