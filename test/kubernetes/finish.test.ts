import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { checksum } from '../../lib/kubernetes/checksum';
import { ProblemsError } from '../../lib/model';
import type { Environment } from '../../lib/model/schema/environment';
import { type Rendered, shopPlan } from '../application/fixture';

type Patch = Omit<NonNullable<Environment['patches']>[number], 'reason'>;

/** Everything the shop becomes, by `Kind/name`; Jobs by their name without its hash. */
function rendered(...given: Patch[]): Map<string, Rendered> {
  const app = new App();
  const patches = given.map((patch) => ({ ...patch, reason: 'a test' }));
  buildCharts(app, shopPlan({ environment: { patches } }));
  const objects = app.charts.flatMap((chart) => chart.toJson() as Rendered[]);
  return new Map(
    objects.map((object) => {
      const { name, labels } = object.metadata;
      return [`${object.kind}/${object.kind === 'Job' ? labels['app.kubernetes.io/name'] : name}`, object];
    }),
  );
}

function refusal(patch: Patch): string[] {
  try {
    rendered(patch);
  } catch (error) {
    if (error instanceof ProblemsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('A patch', () => {
  test('is merged into the object as it stands in the file, plain numbers and texts included', () => {
    const { spec } = rendered({
      kind: 'Deployment',
      name: 'backend',
      merge: { spec: { progressDeadlineSeconds: 900, strategy: { rollingUpdate: { maxSurge: '50%' } } } },
    }).get('Deployment/backend');
    expect(spec.progressDeadlineSeconds).toBe(900);
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } });
  });

  test('removes with null', () => {
    const patched = rendered({ kind: 'Deployment', name: 'backend', merge: { spec: { revisionHistoryLimit: null } } });
    expect(patched.get('Deployment/backend').spec).not.toHaveProperty('revisionHistoryLimit');
  });

  test('holds for no other object', () => {
    const patch = { kind: 'Deployment', name: 'backend', merge: { spec: { progressDeadlineSeconds: 900 } } };
    const [before, after] = [rendered(), rendered(patch)];
    expect(
      [...after].filter(([key, object]) => checksum(object) !== checksum(before.get(key))).map(([key]) => key),
    ).toEqual(['Deployment/backend']);
  });

  test('comes after another in the order of the file', () => {
    const patch = (revisionHistoryLimit: number): Patch => ({
      kind: 'Deployment',
      name: 'backend',
      merge: { spec: { revisionHistoryLimit } },
    });
    expect(rendered(patch(1), patch(2)).get('Deployment/backend').spec.revisionHistoryLimit).toBe(2);
  });

  test.each([
    ['Service', 'backend', { spec: { sessionAffinity: 'ClientIP' } }],
    ['Service', 'db-pods', { metadata: { annotations: { team: 'data' } } }],
    ['HorizontalPodAutoscaler', 'backend', { spec: { maxReplicas: 9 } }],
    ['PersistentVolumeClaim', 'data-db-0', { spec: { resources: { requests: { storage: '9Gi' } } } }],
    ['Deployment', 'backend', { metadata: { labels: { team: 'shop' } } }],
  ])('of a %s %s is taken: %j', (kind, name, merge) => {
    expect(refusal({ kind, name, merge })).toEqual([]);
  });

  test('without a target is refused, with the nearest one', () => {
    expect(refusal({ kind: 'Deployment', name: 'bakcend', merge: {} })).toEqual([
      'error: environments/production.patches[0]: found Deployment/bakcend, wanted an object that is emitted, did you mean "Deployment/backend"? [patch-target]',
    ]);
  });

  test('with a field that would be dropped is refused', () => {
    expect(refusal({ kind: 'Deployment', name: 'backend', merge: { spec: { replica: 3 } } })).toEqual([
      'error: environments/production.patches[0].merge.spec.replica: found spec.replica, wanted a field that Kubernetes 1.28 has in Deployment [patch-field]',
    ]);
  });

  test.each([
    ['its name', { metadata: { name: 'other' } }, 'metadata.name'],
    ['its namespace', { metadata: { namespace: 'other' } }, 'metadata.namespace'],
    ['its selector', { spec: { selector: { matchLabels: { version: '1' } } } }, 'spec.selector'],
    [
      'what selects it',
      { metadata: { labels: { 'app.kubernetes.io/name': null } } },
      'metadata.labels.app.kubernetes.io/name',
    ],
    [
      'what selects its pods',
      { spec: { template: { metadata: { labels: { 'app.kubernetes.io/instance': 'x' } } } } },
      'spec.template.metadata.labels.app.kubernetes.io/instance',
    ],
  ])('of %s is refused', (_, merge, field) => {
    expect(refusal({ kind: 'Deployment', name: 'backend', merge })).toEqual([
      `error: environments/production.patches[0].merge.${field}: found ${field}, wanted a field that no other object relies on [patch-fixed]`,
    ]);
  });

  test('of a claim template is refused', () => {
    const merge = { spec: { volumeClaimTemplates: [] } };
    expect(refusal({ kind: 'StatefulSet', name: 'db', merge })).toHaveLength(1);
  });
});

describe('A Job', () => {
  const job = (...patches: Patch[]): Rendered => rendered(...patches).get('Job/backend-migrate');

  test('is called by the hash of its spec, and its mark is gone', () => {
    const { metadata, spec } = job();
    expect(metadata.name).toBe(`backend-migrate-${checksum(spec, 8)}`);
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('keelson.dev/'))).toEqual([]);
  });

  test('gets another name by a patch of its spec, and none by one of its metadata', () => {
    const patched = (merge: object): string =>
      job({ kind: 'Job', name: 'backend-migrate', merge: { ...merge } }).metadata.name;
    expect(patched({ spec: { backoffLimit: 1 } })).not.toBe(job().metadata.name);
    expect(patched({ metadata: { annotations: { team: 'shop' } } })).toBe(job().metadata.name);
  });
});

test('Fields stand in one order, whatever wrote them', () => {
  const keys = (value: unknown): string[][] => {
    if (Array.isArray(value)) return value.flatMap(keys);
    if (value === null || typeof value !== 'object') return [];
    return [Object.keys(value), ...Object.values(value).flatMap(keys)];
  };
  for (const object of rendered().values()) for (const own of keys(object)) expect(own).toEqual([...own].sort());
});
