import { App, Chart } from 'cdk8s';
import { BackupChart } from '../../charts/backup';
import type { Plan } from '../../lib/model/plan';
import { type Change, resolveShop } from '../model/shop';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly schedule: string;
    readonly suspend?: boolean;
    readonly timeZone?: string;
    readonly concurrencyPolicy: string;
    readonly startingDeadlineSeconds: number;
    readonly successfulJobsHistoryLimit: number;
    readonly jobTemplate: { readonly spec: JobSpec };
  };
}

interface JobSpec {
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly template: { readonly spec: PodSpec };
}

interface PodSpec {
  readonly restartPolicy: string;
  readonly affinity?: unknown;
  readonly initContainers?: readonly { readonly image: string }[];
  readonly containers: readonly {
    readonly image: string;
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  }[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
}

const redis = { stores: { cache: { use: 'mixed', backup: { schedule: '@hourly' } } } };
const everything = {
  stores: redis.stores,
  backups: {
    keep: { daily: 7, weekly: 4, monthly: 12 },
    encrypted: true,
    weekly: true,
    archive: { disasterRecoveryTest: true },
  },
};

function planOf(change: Change): Plan {
  const { plan, problems } = resolveShop(change);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

function manifestsOf(change: Change): readonly Manifest[] {
  const chart = new BackupChart(new App(), planOf(change));
  return Chart.isChart(chart) ? (chart.toJson() as Manifest[]) : [];
}

function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((item) => item.kind === kind && item.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found;
}

const full = manifestsOf({ system: everything });
const jobs = full.filter(({ kind }) => kind === 'CronJob');
const pod = (name: string): PodSpec => named(full, 'CronJob', name).spec.jobTemplate.spec.template.spec;
const env = (name: string): Record<string, string | undefined> =>
  Object.fromEntries(pod(name).containers.flatMap((container) => container.env.map((item) => [item.name, item.value])));

test('Each store and volume has its Jobs, at hours of their own', () => {
  expect(
    Object.fromEntries(jobs.map(({ metadata, spec }) => [metadata.name, spec.suspend ? 'by hand' : spec.schedule])),
  ).toEqual({
    'db-backup': '12 1 * * *',
    'db-drill': '12 5 * * 0',
    'db-dr-test': '12 12 1 * *',
    'db-restore': 'by hand',
    'cache-backup': '5 * * * *',
    'cache-restore': 'by hand',
    'media-backup': '19 1 * * *',
    'media-full': '19 2 * * 0',
    'media-restore': 'by hand',
    'configuration-backup': '5 3 * * 0',
    'backup-archive': '5 6 1 * *',
    'backup-retention': '5 4 * * *',
  });
});

test('Jobs never run beside themselves, catch up within the hour, end, and are not deleted', () => {
  for (const { metadata, spec } of jobs) {
    expect(spec).toMatchObject({ concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 3600 });
    if (!spec.suspend) expect([metadata.name, spec.timeZone]).toEqual([metadata.name, 'Etc/UTC']);
    const job = spec.jobTemplate.spec;
    expect(job.ttlSecondsAfterFinished).toBeUndefined();
    expect(job.activeDeadlineSeconds).toBeGreaterThanOrEqual(3000);
    expect(job.backoffLimit).toBe(spec.suspend ? 0 : 2);
    expect(job.template.spec.restartPolicy).toBe('Never');
  }
});

test('Only what has a volume of its own keeps one Job of each outcome, because those keep the volume', () => {
  const limits = jobs.map(({ metadata, spec }) => [metadata.name, spec.successfulJobsHistoryLimit] as const);
  expect(limits.filter(([, limit]) => limit === 1).map(([name]) => name)).toEqual(['db-drill', 'db-dr-test']);
  expect(pod('db-drill').volumes).toContainEqual(
    expect.objectContaining({ name: 'throw-away', ephemeral: expect.anything() }),
  );
  expect(pod('db-backup').volumes.filter(({ name }) => name === 'throw-away')).toEqual([]);
});

test("A dump runs in the store's own image, with the client beside it", () => {
  const [init] = pod('db-backup').initContainers ?? [];
  expect([pod('db-backup').containers[0]?.image, init?.image]).toEqual([
    'postgres:16.15-bookworm',
    'restic/restic:0.19.1',
  ]);
  expect(pod('media-backup').initContainers).toBeUndefined();
  expect(pod('media-backup').containers[0]?.image).toBe('restic/restic:0.19.1');
});

test('Credentials are files, and no variable holds one', () => {
  for (const { metadata } of jobs) {
    const variables = pod(metadata.name).containers.flatMap((container) => container.env);
    expect(variables.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
  }
  const secret = {
    secret: {
      name: 'backup',
      items: ['encryption-key', 'access-key-id', 'secret-access-key'].map((key) => ({ key, path: key })),
    },
  };
  expect(pod('db-backup').volumes).toContainEqual(
    expect.objectContaining({ projected: expect.objectContaining({ sources: expect.arrayContaining([secret]) }) }),
  );
});

test('The key is given, never generated, and the system starts without it', () => {
  const secret = planOf({ system: everything }).secrets.find(({ name }) => name === 'backup');
  expect(secret).toMatchObject({ class: 'given', optional: true });
  expect(Object.keys(secret?.keys ?? {})).toEqual(['encryption-key', 'access-key-id', 'secret-access-key']);
});

test('Each subject has a repository of its own; the test of disaster recovery reads the archive', () => {
  const base = 's3:https://s3.example.com:443/backups/shop-prod';
  expect(env('db-backup')['RESTIC_REPOSITORY']).toBe(`${base}/db`);
  expect(env('db-drill')['RESTIC_REPOSITORY']).toBe(`${base}/db`);
  expect(env('db-dr-test')['RESTIC_REPOSITORY']).toBe(`${base}/archive/db`);
  expect(env('configuration-backup')['RESTIC_REPOSITORY']).toBe(`${base}/configuration`);
});

test('Retention keeps a day of hours only where there is more than one backup a day', () => {
  expect(named(full, 'ConfigMap', 'backup-retention-config').data?.['repositories']).toBe(
    'cache 24 7 4 12\ndb 0 7 4 12\nmedia 0 7 4 12\nconfiguration 0 7 4 12\n',
  );
});

test('A weekly full backup reads every file again', () => {
  expect(pod('media-full').containers[0]?.command).toEqual(['/bin/sh', '/etc/keelson/backup/backup.sh', '--force']);
  expect(pod('media-backup').containers[0]?.command).toEqual(['/bin/sh', '/etc/keelson/backup/backup.sh']);
});

test('A ReadWriteOnce volume is copied on the node of its pods', () => {
  expect(JSON.stringify(pod('media-backup').affinity)).toContain('["web","media-backup"]');
});

test('The configuration has every Secret but the key of the backups', () => {
  const text = JSON.stringify(pod('configuration-backup').volumes.filter(({ name }) => name === 'configuration'));
  expect(text).toContain('secrets/db-superuser/password');
  expect(text).toContain('secrets/signing/value');
  expect(text).not.toContain('encryption-key');
});

test('`.sql` is loaded before it is accepted: the backup has a throw-away server', () => {
  const plain = manifestsOf({ system: { stores: { db: { backup: { formats: ['custom', 'plain'] } } } } });
  const { spec } = named(plain, 'CronJob', 'db-backup');
  expect(JSON.stringify(spec)).toContain('{"name":"PLAIN","value":"yes"}');
  expect(spec.successfulJobsHistoryLimit).toBe(1);
});

test('A claim of the namespace is a target: a claim of its own, and pods that keep to one node', () => {
  const environment = { backupTarget: { to: 'claim', size: '50Gi', endpoint: null, bucket: null } };
  const manifests = manifestsOf({ environment });
  expect(manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toEqual(
    ['backup-target'],
  );
  const { template } = named(manifests, 'CronJob', 'db-backup').spec.jobTemplate.spec;
  expect(JSON.stringify(template.spec.affinity)).toContain('"db-backup"');
  expect(JSON.stringify(template.spec)).toContain('/repositories/shop-prod/db');
  const shared = manifestsOf({
    environment: { backupTarget: { ...environment.backupTarget, accessMode: 'ReadWriteMany' } },
  });
  expect(named(shared, 'CronJob', 'db-backup').spec.jobTemplate.spec.template.spec.affinity).toBeUndefined();
});

test('Without a target, or without anything to back up, there is nothing', () => {
  expect(manifestsOf({ environment: { backupTarget: { to: 'none', endpoint: null, bucket: null } } })).toEqual([]);
  expect(manifestsOf({ system: { stores: { db: { backup: null } }, volumes: { media: { backup: null } } } })).toEqual(
    [],
  );
});

test('A managed PostgreSQL is dumped as well; a managed Redis is its provider’s, and that is said', () => {
  const environment = { managedStores: { host: '{store}.example.com', cidrs: ['10.0.0.0/8'] } };
  const { plan, problems } = resolveShop({ system: redis, environment });
  expect(plan?.backup?.subjects.map(({ name }) => name)).toEqual(['db', 'media']);
  expect(problems).toContainEqual(expect.objectContaining({ rule: 'backup-by-provider', severity: 'warning' }));
});
