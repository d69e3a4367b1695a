import { compareFiles, type Files, parseFile } from '../../lib/changes';
import { rules } from '../../lib/changes/rules';

type Json = Readonly<Record<string, unknown>>;

function file(...objects: readonly Json[]): ReadonlyMap<string, string> {
  // JSON is YAML.
  return new Map([['30-data.k8s.yaml', objects.map((object) => JSON.stringify(object)).join('\n---\n')]]);
}

function object(kind: string, rest: Json, name = 'db'): Json {
  const component = kind === 'StatefulSet' ? { labels: { 'app.kubernetes.io/component': 'database' } } : {};
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', ...component }, ...rest };
}

const template = (image: string): Json => ({ spec: { containers: [{ name: 'db', image }] } });
const claim = (spec: Json): Json =>
  object('PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, ...spec },
  });
/** The roles of a database, as the CronJob that makes them has them. */
const roles = (command: readonly string[], monitor?: string): Json => {
  const env = monitor === undefined ? {} : { env: [{ name: 'MONITOR_ROLE', value: monitor }] };
  const containers = [{ name: 'roles', command: ['/bin/sh', '/etc/keelson/roles/reconcile.sh', ...command], ...env }];
  return object('CronJob', { spec: { jobTemplate: { spec: { template: { spec: { containers } } } } } });
};
const commandPath = 'spec.jobTemplate.spec.template.spec.containers.0.command';
const queue = (replicas: number): Json => ({
  ...object('StatefulSet', { spec: { replicas } }),
  metadata: { name: 'db', namespace: 'shop', labels: { 'app.kubernetes.io/component': 'queue' } },
});
const shards = (replicas: number, number?: string): Json => ({
  ...object('StatefulSet', {
    spec: {
      replicas,
      template: { spec: { containers: [{ env: number === undefined ? [] : [{ name: 'SHARDS', value: number }] }] } },
    },
  }),
  metadata: { name: 'db', namespace: 'shop', labels: { 'app.kubernetes.io/component': 'cache' } },
});
const imagePath = 'spec.template.spec.containers.0.image';
const size = (storage: string): Json => claim({ resources: { requests: { storage } } });
const set = (spec: Json): Json =>
  object('StatefulSet', {
    spec: {
      serviceName: 'db-pods',
      selector: { matchLabels: { a: 'b' } },
      podManagementPolicy: 'OrderedReady',
      template: template('postgres:15.19-bookworm'),
      ...spec,
    },
  });

/** What is refused: before, after, the rule, the field, the heading of docs/procedures.md. */
const refused: readonly (readonly [string, Json, Json, string, string, string])[] = [
  [
    "a StatefulSet's Service",
    set({}),
    set({ serviceName: 'db' }),
    'immutable-statefulset',
    'spec.serviceName',
    'a-statefulset',
  ],
  [
    "a StatefulSet's claim template",
    set({}),
    set({ volumeClaimTemplates: [{}] }),
    'immutable-statefulset',
    'spec.volumeClaimTemplates',
    'a-statefulset',
  ],
  [
    "a StatefulSet's order of pods",
    set({}),
    set({ podManagementPolicy: 'Parallel' }),
    'immutable-statefulset',
    'spec.podManagementPolicy',
    'a-statefulset',
  ],
  [
    "a StatefulSet's selector",
    set({}),
    set({ selector: { matchLabels: { a: 'c' } } }),
    'immutable-statefulset',
    'spec.selector',
    'a-statefulset',
  ],
  [
    "a StatefulSet's history limit, which 1.28 freezes",
    set({}),
    set({ revisionHistoryLimit: 3 }),
    'immutable-statefulset',
    'spec.revisionHistoryLimit',
    'a-statefulset',
  ],
  [
    'a newer major version of PostgreSQL',
    set({}),
    set({ template: template('postgres:16.15-bookworm') }),
    'postgres-major',
    'spec.template.spec.containers.0.image',
    'a-major-version-of-postgresql',
  ],
  [
    'an older one, in another registry',
    set({}),
    set({ template: template('registry.example.com/library/postgres:14.1') }),
    'postgres-major',
    'spec.template.spec.containers.0.image',
    'a-major-version-of-postgresql',
  ],
  [
    'a major version behind a name of the registry',
    set({ template: template('postgres:16') }),
    set({ template: template('registry.example.com/pg:17') }),
    'postgres-major',
    imagePath,
    'a-major-version-of-postgresql',
  ],
  [
    'a major version behind the version of an extension',
    set({ template: template('timescale/timescaledb:2.17.2-pg16') }),
    set({ template: template('timescale/timescaledb:2.17.2-pg17') }),
    'postgres-major',
    imagePath,
    'a-major-version-of-postgresql',
  ],
  ['fewer members of RabbitMQ', queue(3), queue(1), 'queue-shrinks', 'spec.replicas', 'a-smaller-rabbitmq'],
  [
    'fewer copies of a Redis Cluster',
    shards(6, '3'),
    shards(3, '3'),
    'cluster-shrinks',
    'spec.replicas',
    'a-smaller-redis-cluster',
  ],
  [
    'a Redis that becomes a cluster',
    shards(3),
    shards(3, '3'),
    'redis-engine',
    'spec.template.spec.containers.0.env',
    'redis-and-redis-cluster',
  ],
  [
    'another name of the database',
    roles(['shop', 'backend']),
    roles(['store', 'backend']),
    'database-renamed',
    commandPath,
    'a-renamed-database',
  ],
  [
    'another owner of the tables',
    roles(['shop', 'backend', 'celery']),
    roles(['shop', 'api', 'celery']),
    'owner-changed',
    commandPath,
    'a-new-owner',
  ],
  [
    'another name of a role',
    roles(['shop', 'backend', 'celery']),
    roles(['shop', 'backend', 'worker']),
    'role-renamed',
    commandPath,
    'a-renamed-role',
  ],
  [
    "a Deployment's selector",
    object('Deployment', { spec: { selector: { a: 1 } } }),
    object('Deployment', { spec: { selector: { a: 2 } } }),
    'immutable-selector',
    'spec.selector',
    'a-selector',
  ],
  [
    "a Job's template",
    object('Job', { spec: { template: 1 } }),
    object('Job', { spec: { template: 2 } }),
    'immutable-job',
    'spec.template',
    'a-job',
  ],
  [
    "a claim's class",
    claim({}),
    claim({ storageClassName: 'fast' }),
    'claim-class',
    'spec.storageClassName',
    'a-storage-class',
  ],
  [
    "a claim's access mode",
    claim({}),
    claim({ accessModes: ['ReadWriteMany'] }),
    'claim-access-mode',
    'spec.accessModes',
    'an-access-mode',
  ],
  [
    'a smaller claim',
    size('10Gi'),
    size('5Gi'),
    'claim-shrinks',
    'spec.resources.requests.storage',
    'a-smaller-volume',
  ],
  [
    'a smaller claim in another unit',
    size('1Gi'),
    size('1000Mi'),
    'claim-shrinks',
    'spec.resources.requests.storage',
    'a-smaller-volume',
  ],
  [
    'an address taken from a Service',
    object('Service', { spec: {} }),
    object('Service', { spec: { clusterIP: 'None' } }),
    'service-headless',
    'spec.clusterIP',
    'a-service',
  ],
  [
    'an address given to a Service',
    object('Service', { spec: { clusterIP: 'None' } }),
    object('Service', { spec: {} }),
    'service-headless',
    'spec.clusterIP',
    'a-service',
  ],
  [
    "a binding's role",
    object('RoleBinding', { roleRef: { name: 'a' } }),
    object('RoleBinding', { roleRef: { name: 'b' } }),
    'immutable-role',
    'roleRef',
    'a-role-binding',
  ],
];

/** What applies, and must not be refused. */
const accepted: readonly (readonly [string, Json, Json])[] = [
  ['a larger claim', size('10Gi'), size('1Ti')],
  ['the same size in another unit', size('1Gi'), size('1024Mi')],
  ['more replicas', set({ replicas: 1 }), set({ replicas: 3 })],
  ['a minor version of PostgreSQL', set({}), set({ template: template('postgres:15.20-bookworm') })],
  [
    'another version of what is not the server',
    { ...set({ template: template('cache:7.0') }), metadata: { name: 'db', namespace: 'shop' } },
    { ...set({ template: template('cache:8.0') }), metadata: { name: 'db', namespace: 'shop' } },
  ],
  ['the same server from another registry', set({}), set({ template: template('registry/pg:15.19-bookworm') })],
  ['more members of RabbitMQ', queue(1), queue(3)],
  ['a role more', roles(['shop', 'backend']), roles(['shop', 'backend', 'celery'])],
  ['a role less', roles(['shop', 'backend', 'celery']), roles(['shop', 'backend'])],
  [
    'a monitoring role in another place',
    roles(['shop', 'backend', 'monitoring']),
    roles(['shop', 'backend', 'celery'], 'monitoring'),
  ],
  [
    'a Service that becomes an ExternalName',
    object('Service', { spec: { clusterIP: 'None' } }),
    object('Service', { spec: { type: 'ExternalName', externalName: 'db.example.com' } }),
  ],
  [
    'a new version of the same API',
    { ...object('HorizontalPodAutoscaler', {}), apiVersion: 'autoscaling/v1' },
    { ...object('HorizontalPodAutoscaler', {}), apiVersion: 'autoscaling/v2' },
  ],
  [
    'a Job with another name',
    object('Job', { spec: { template: 1 } }, 'migrate-1'),
    object('Job', { spec: { template: 2 } }, 'migrate-2'),
  ],
  [
    'the same claim in another namespace',
    claim({}),
    { ...claim({ storageClassName: 'fast' }), metadata: { name: 'db', namespace: 'other' } },
  ],
  [
    'keys in another order',
    object('Deployment', { spec: { selector: { a: 1, b: 2 } } }),
    object('Deployment', { spec: { selector: { b: 2, a: 1 } } }),
  ],
];

describe('a change that Kubernetes cannot make in place', () => {
  test.each(refused)('%s is refused with its procedure', (_, before, after, rule, field, procedure) => {
    expect(compareFiles(file(before), file(after))).toEqual([
      {
        severity: 'error',
        rule,
        path: `30-data.k8s.yaml ${String(after['kind'])}/db ${field}`,
        found: expect.stringMatching(/^.+ in place of .+$/),
        wanted: `a change that a running cluster takes; docs/procedures.md#${procedure} says how this one is made`,
      },
    ]);
  });

  test.each(refused)('%s is found wherever the object stands now', (_, before, after) => {
    const moved = new Map([['40-services.k8s.yaml', JSON.stringify(after)]]);
    expect(compareFiles(file(before), moved)).toHaveLength(1);
  });

  test('is said with both values, the long ones shortened', () => {
    const long = set({ selector: { matchLabels: { name: 'x'.repeat(200) } } });
    const [problem] = compareFiles(file(size('10Gi')), file(size('5Gi')));
    expect(problem?.found).toBe('"5Gi" in place of "10Gi"');
    expect(compareFiles(file(set({})), file(long))[0]?.found.length).toBeLessThan(150);
  });

  test('is every one of them at once', () => {
    const after = set({ serviceName: 'db', podManagementPolicy: 'Parallel', template: template('postgres:16.1') });
    expect(compareFiles(file(set({}), size('2Gi')), file(after, size('1Gi'))).map(({ rule }) => rule)).toEqual([
      'immutable-statefulset',
      'immutable-statefulset',
      'postgres-major',
      'claim-shrinks',
    ]);
  });
});

describe('a change that applies', () => {
  test.each(accepted)('%s is accepted', (_, before, after) => {
    expect(compareFiles(file(before), file(after))).toEqual([]);
  });

  test('a new object is accepted', () => {
    expect(compareFiles(new Map(), file(set({}), claim({})))).toEqual([]);
  });
});

describe('a change with a loss that nobody sees', () => {
  test('replicas that vanish in favour of an autoscaler are a warning', () => {
    const deployment = (spec: Json): Json => object('Deployment', { spec });
    const [warning, ...rest] = compareFiles(file(deployment({ replicas: 4 })), file(deployment({})));
    expect(rest).toEqual([]);
    expect(warning).toMatchObject({ severity: 'warning', rule: 'replicas-dip' });
    expect(compareFiles(file(deployment({ replicas: 1 })), file(deployment({})))).toEqual([]);
  });

  test('a store that is gone leaves its data behind, and that is a warning', () => {
    expect(compareFiles(file(set({})), new Map())).toEqual([
      expect.objectContaining({ severity: 'warning', rule: 'store-removed', path: '30-data.k8s.yaml StatefulSet/db' }),
    ]);
    expect(compareFiles(file(object('Deployment', { spec: {} })), new Map())).toEqual([]);
  });

  test.each(['postgresql.cnpg.io/v1 Cluster', 'rabbitmq.com/v1beta1 RabbitmqCluster'])('%s is a store, too', (kind) => {
    expect(compareFiles(file(custom(kind, 'db')), new Map())).toEqual([
      expect.objectContaining({ severity: 'warning', rule: 'store-removed' }),
    ]);
  });
});

function custom(kind: string, name: string, namespace = 'shop'): Json {
  const [apiVersion = '', word = ''] = kind.split(' ');
  return { ...object(word, { spec: {} }), apiVersion, metadata: { name, namespace } };
}

describe('objects of an add-on that was left', () => {
  const scaler = 'keda.sh/v1alpha1 ScaledObject';
  const when = 'once the new output is applied (docs/procedures.md#leaving-an-add-on)';

  test('are named with the command that deletes them, in one line for a kind', () => {
    const routes = ['a', 'b'].map((name) => custom('gateway.networking.k8s.io/v1 HTTPRoute', name));
    expect(compareFiles(file(...routes, object('Deployment', {})), new Map())).toEqual([
      {
        severity: 'warning',
        rule: 'left-behind',
        path: '30-data.k8s.yaml HTTPRoute',
        found: 'a, b, which the new output no longer has and its prune command does not remove',
        wanted: `it deleted ${when}: kubectl --namespace shop delete httproute.gateway.networking.k8s.io a b --ignore-not-found`,
      },
    ]);
  });

  test('are none where the prune command names their kind, whatever the version', () => {
    expect(compareFiles(file(custom(scaler, 'worker')), new Map(), ['keda.sh/v1/ScaledObject'])).toEqual([]);
    expect(compareFiles(file(custom(scaler, 'worker')), new Map(), ['keda.sh/v1/Other'])).toHaveLength(1);
  });

  test('are none while the object is still there', () => {
    const [was, is] = [custom(scaler, 'worker'), { ...custom(scaler, 'worker'), spec: { changed: true } }];
    expect(compareFiles(file(was), file(is))).toEqual([]);
  });

  test('are by namespace', () => {
    const both = file(custom(scaler, 'worker'), custom(scaler, 'worker', 'other'));
    expect(compareFiles(both, new Map())).toHaveLength(2);
  });

  test.each([
    [scaler, 'before the new output is applied', '--cascade=foreground'],
    ['external-secrets.io/v1 ExternalSecret', 'once the new output is applied', '--cascade=orphan'],
    ['bitnami.com/v1alpha1 SealedSecret', 'once the new output is applied', '--cascade=orphan'],
  ])('%s: deleted %s, with %s', (kind, moment, flag) => {
    const [warning] = compareFiles(file(custom(kind, 'worker')), new Map());
    expect(warning?.wanted).toContain(`it deleted ${moment} (`);
    expect(warning?.wanted.endsWith(flag)).toBe(true);
  });
});

test('every rule refuses something in these tests, or warns', () => {
  const deployment = (spec: Json): Json => object('Deployment', { spec });
  const pairs = [...refused, ['', deployment({ replicas: 4 }), deployment({})] as const].map(([, before, after]) =>
    [before, after].flatMap((json) => parseFile('x.yaml', JSON.stringify(json))),
  );
  const idle = rules.filter((rule) => !pairs.some(([was, is]) => was && is && rule(was, is).length > 0));
  expect(idle).toEqual([]);
});

describe('a version that may hurt', () => {
  const warnings = (before: string, after: string) =>
    compareFiles(file(set({ template: template(before) })), file(set({ template: template(after) })));

  test.each([
    ['postgres:16.4-bookworm', 'postgres:16.4-trixie', 'postgres-system', 'a-new-system-below-postgresql'],
    ['postgres:16.4-bookworm', 'postgres:16.5-alpine3.22', 'postgres-system', 'a-new-system-below-postgresql'],
    ['postgres:16.4', 'registry.example.com/pg:shop', 'postgres-unknown', 'a-major-version-of-postgresql'],
    ['postgres:16.4', `postgres@sha256:${'a'.repeat(64)}`, 'postgres-unknown', 'a-major-version-of-postgresql'],
  ])('from %s to %s is a warning', (before, after, rule, procedure) => {
    expect(warnings(before, after)).toEqual([
      expect.objectContaining({ severity: 'warning', rule, wanted: expect.stringContaining(`#${procedure} `) }),
    ]);
  });
});

test('YAML without an object is no object', () => {
  expect(parseFile('x.yaml', '---\n# nothing\n---\nkind: Job\n')).toEqual([
    expect.objectContaining({ kind: 'Job', name: '' }),
  ]);
});

describe('an old output that cannot be read', () => {
  const old = (text: string): Files => new Map([['30-data.k8s.yaml', text]]);

  test.each([
    ['an unfinished merge', '<<<<<<< HEAD\nkind: Job\n=======\nkind: Pod\n>>>>>>> other\n', /^YAML with an error: /],
    ['half a file', 'kind: "Stateful', /^YAML with an error: /],
    ['a key twice', 'kind: Job\nkind: Pod\n', /^YAML with an error: Map keys must be unique/],
    ['a text', 'not found', /^a document that is no object/],
    ['an object without a name', 'kind: Job', /^a document that is no object/],
  ])('with %s is a problem, because every change would pass', (_, text, found) => {
    expect(compareFiles(old(text), file(set({})))).toEqual([
      expect.objectContaining({
        severity: 'error',
        rule: 'unreadable-manifest',
        path: '30-data.k8s.yaml',
        found: expect.stringMatching(found),
      }),
    ]);
  });

  test('is none where a document is empty', () => {
    expect(compareFiles(old('---\n# nothing\n---\n'), file(set({})))).toEqual([]);
  });
});
