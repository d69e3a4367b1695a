import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { resolvePlan } from '../../lib/model';
import type { Plan } from '../../lib/model/plan';
import type { Environment } from '../../lib/model/schema/environment';
import { prerequisitesOf } from '../../lib/report/prerequisites';
import { dataObjects, type Manifest, object, shopPlan } from './fixture';

const engine = { systems: { shop: { stores: { db: { engine: 'cloudnative-pg' } } } } } as const;
const production = { mode: 'production', ...engine } as const;
const backup = { backup: { schedule: '30 2 * * *' } };

function all(plan: Plan): Manifest[] {
  const app = new App();
  buildCharts(app, plan);
  return app.charts.flatMap((chart) => chart.toJson());
}

describe('PostgreSQL by CloudNativePG', () => {
  const plan = shopPlan({ ...production, tier: 'high' }, { replicas: { low: 1, medium: 2, high: 3 } });
  const objects = dataObjects(plan);
  const { spec } = object(objects, 'Cluster', 'db');

  test('is a Cluster of the same size, figures and volume', () => {
    expect(spec).toMatchObject({
      instances: 3,
      imageName: 'ghcr.io/cloudnative-pg/postgresql:15.19-standard-bookworm',
      storage: { size: '10Gi', resizeInUseVolumes: true },
      resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
    });
    expect(spec.postgresql.parameters).toMatchObject({
      max_connections: '100',
      shared_buffers: '131072kB',
      timezone: 'UTC',
    });
    expect(Object.keys(spec.postgresql.parameters).join(' ')).not.toMatch(/listen_addresses|log_destination|ssl/);
  });

  test('is left alone by Argo CD and Flux, because its claims would go with it', () => {
    const { annotations } = object(objects, 'Cluster', 'db').metadata;
    expect(annotations).toMatchObject({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  });

  test('has no StatefulSet, claim or configuration of ours', () => {
    const mine = objects.filter(({ metadata }) => /^(data-)?db(-config|-pods|-\d)?$/.test(metadata.name));
    expect(mine.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Cluster/db', 'Service/db']);
  });

  test('answers the applications by the names that they know', () => {
    const { spec: write } = object(objects, 'Service', 'db');
    expect(write.selector).toEqual({ 'cnpg.io/cluster': 'db', 'cnpg.io/instanceRole': 'primary' });
    expect(write.ports).toEqual([{ name: 'postgresql', port: 5432, targetPort: 'postgresql', protocol: 'TCP' }]);
    expect(object(objects, 'Service', 'db-ro').spec.selector).toEqual({
      'cnpg.io/cluster': 'db',
      'cnpg.io/podRole': 'instance',
    });
    expect(spec.managed.services.disabledDefaultServices).toEqual(['ro', 'r']);
  });

  test('has the database, its owner and the superuser from the Secrets that the Jobs use', () => {
    expect(spec.bootstrap.initdb).toMatchObject({ database: 'shop', owner: 'backend', secret: { name: 'db-backend' } });
    expect(spec.superuserSecret).toEqual({ name: 'db-superuser' });
    const keys = (name: string): unknown => plan.secrets.find((secret) => secret.name === name)?.keys;
    expect(keys('db-superuser')).toMatchObject({ username: { make: 'literal', value: 'postgres' } });
    expect(keys('db-backend')).toMatchObject({ username: { make: 'literal', value: 'backend' } });
    expect(keys('db-back-office')).not.toHaveProperty('username');
    expect(plan.secrets.map(({ name }) => name)).not.toContain('db-replication');
    expect(objects.some(({ kind, metadata }) => kind === 'CronJob' && metadata.name === 'db-roles')).toBe(true);
  });

  test("opens the instances' ports to the operator, to each other and to nobody else, by the labels that it gives them", () => {
    const { spec: policy } = object(all(plan), 'NetworkPolicy', 'db');
    expect(policy.podSelector).toEqual({ matchLabels: { 'cnpg.io/cluster': 'db' } });
    const instances = { podSelector: { matchLabels: { 'cnpg.io/cluster': 'db' } } };
    const operator = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'cnpg-system' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
    };
    const status = policy.ingress.find(({ ports }: Manifest) => ports.some(({ port }: Manifest) => port === 8000));
    expect(status.from).toEqual([instances, operator]);
    const backend = object(all(plan), 'NetworkPolicy', 'backend').spec.egress;
    expect(JSON.stringify(backend)).toContain('{"podSelector":{"matchLabels":{"cnpg.io/cluster":"db"}}}');
  });

  test('is watched by the same exporter, in a pod of its own', () => {
    const watched = shopPlan({ ...production, monitoring: 'built-in' });
    const exporter = object(all(watched), 'Deployment', 'db-exporter').spec.template.spec.containers[0];
    expect(JSON.stringify(exporter.env)).toContain('db:5432/shop');
  });
});

describe('The backups of CloudNativePG', () => {
  const s3: Environment['backupTarget'] = {
    to: 's3',
    endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'] },
    bucket: 'b',
  };

  test('are snapshots of the volumes besides the dumps, where the target is a claim', () => {
    const plan = shopPlan({ ...production, backupTarget: { to: 'claim', size: '50Gi' } }, backup);
    const objects = all(plan);
    expect(object(objects, 'ScheduledBackup', 'db').spec).toEqual({
      schedule: '0 30 2 * * *',
      cluster: { name: 'db' },
      backupOwnerReference: 'none',
      method: 'volumeSnapshot',
    });
    expect(object(objects, 'CronJob', 'db-backup')).toBeDefined();
    expect(prerequisitesOf(plan).map(({ what }) => what)).toContain(
      'a CSI driver with volume snapshots, and a default VolumeSnapshotClass',
    );
  });

  test('go into the bucket by the plugin, with every change since, where there is one', () => {
    const plan = shopPlan({ ...production, backupTarget: s3 }, backup);
    const objects = all(plan);
    expect(object(objects, 'Cluster', 'db').spec.plugins).toEqual([
      { name: 'barman-cloud.cloudnative-pg.io', isWALArchiver: true, parameters: { barmanObjectName: 'db' } },
    ]);
    expect(object(objects, 'ObjectStore', 'db').spec.configuration).toMatchObject({
      destinationPath: 's3://b/shop-laptop/cloudnative-pg',
      endpointURL: 'https://s3.example.com:443',
      s3Credentials: { accessKeyId: { name: 'backup', key: 'access-key-id' } },
    });
    expect(JSON.stringify(object(objects, 'NetworkPolicy', 'db').spec.egress)).toContain('203.0.113.0/24');
  });
});

test('the Prometheus Operator is told of the instances too', () => {
  const plan = shopPlan({ ...production, monitoring: 'operator' });
  const objects = all(plan);
  expect(object(objects, 'PodMonitor', 'db-instances').spec.selector.matchLabels).toEqual({ 'cnpg.io/cluster': 'db' });
  expect(JSON.stringify(object(objects, 'NetworkPolicy', 'db').spec.ingress)).toContain('9187');
});

test('encrypted connections are made with the same certificate', () => {
  const { spec } = object(dataObjects(shopPlan(production, { tls: 'verify-full' })), 'Cluster', 'db');
  expect(spec.certificates).toEqual({ serverTLSSecret: 'db-tls', serverCASecret: 'db-tls' });
});

test('an image of which CloudNativePG has none is refused', () => {
  const environment: Environment = {
    description: 'x',
    mode: 'development',
    tier: 'low',
    domain: 'x',
    tls: { by: 'none' },
  };
  const store = { kind: 'postgres', description: 'x', image: 'postgres', database: 'x', owner: 'web', size: '1Gi' };
  const amount = { cpu: '1', memory: '1Gi' };
  const { problems } = resolvePlan({
    system: {
      id: 'shop',
      raw: {
        title: 'x',
        description: 'x',
        images: { postgres: 'postgres:16.15-alpine', web: { own: 'web:1.0.0' } },
        stores: { db: { ...store, engine: 'cloudnative-pg', resources: { requests: amount, limits: amount } } },
        services: { web: { kind: 'worker', description: 'x', image: 'web', arrows: { db: {} } } },
      },
    },
    environment: { name: 'laptop', raw: environment },
  });
  expect(problems.map(({ rule }) => rule)).toContain('cloudnative-pg-image');
});
