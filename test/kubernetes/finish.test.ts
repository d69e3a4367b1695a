import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { buildCharts } from '../../charts';
import { checksum } from '../../lib/kubernetes/checksum';
import { finish } from '../../lib/kubernetes/finish';
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

describe('Every object', () => {
  test('has a name of its own, whatever the checks of names let through', () => {
    const app = new App();
    for (const chart of ['10-one', '20-other'])
      new k8s.KubeConfigMap(new Chart(app, chart), 'twin', { metadata: { name: 'twin' } });
    expect(() => finish(app, shopPlan())).toThrow(
      /ConfigMap\/twin twice, wanted names of services.*\[duplicate-object\]/,
    );
  });
});

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
    ['HorizontalPodAutoscaler', 'backend', { spec: { maxReplicas: 5 } }],
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

const unpatched = rendered();

/** A container of backend as it is, with a change. */
function backendWith(change: object): Patch {
  const [main] = unpatched.get('Deployment/backend').spec.template.spec.containers;
  const merge = { spec: { template: { spec: { containers: [{ ...main, ...change }] } } } };
  return { kind: 'Deployment', name: 'backend', merge };
}

const container = 'environments/production.patches[0].merge.spec.template.spec.containers[0]';

describe('A patch that a cluster would refuse, or that breaks what the Plan has checked', () => {
  test.each<[string, Patch, string]>([
    [
      'a required field that is removed',
      { kind: 'Deployment', name: 'backend', merge: { spec: { template: null } } },
      'environments/production.patches[0].merge.spec.template: found nothing, wanted a value: Kubernetes requires the field [patch-type]',
    ],
    [
      'a text where a number belongs',
      { kind: 'Deployment', name: 'backend', merge: { spec: { progressDeadlineSeconds: '900' } } },
      'environments/production.patches[0].merge.spec.progressDeadlineSeconds: found "900", wanted a whole number [patch-type]',
    ],
    [
      'a number where a text belongs',
      { kind: 'ConfigMap', name: 'backend', merge: { data: { MODE: 1 } } },
      'environments/production.patches[0].merge.data.MODE: found 1, wanted a text [patch-type]',
    ],
    [
      'a fraction of a pod',
      { kind: 'StatefulSet', name: 'db', merge: { spec: { replicas: 1.5 } } },
      'environments/production.patches[0].merge.spec.replicas: found 1.5, wanted a whole number [patch-type]',
    ],
    [
      'an object where a list belongs',
      { kind: 'Service', name: 'backend', merge: { spec: { ports: { http: 80 } } } },
      'environments/production.patches[0].merge.spec.ports: found an object, wanted a list [patch-type]',
    ],
    [
      'a list without what its items need',
      { kind: 'Service', name: 'backend', merge: { spec: { ports: [{ name: 'http' }] } } },
      'environments/production.patches[0].merge.spec.ports[0].port: found nothing, wanted a value: Kubernetes requires the field [patch-type]',
    ],
    [
      'a null inside a list',
      backendWith({ args: [null] }),
      `${container}.args[0]: found null, wanted a text [patch-type]`,
    ],
    [
      'a quantity that is none',
      {
        kind: 'PersistentVolumeClaim',
        name: 'data-db-0',
        merge: { spec: { resources: { requests: { storage: '9 GB' } } } },
      },
      'environments/production.patches[0].merge.spec.resources.requests.storage: found "9 GB", wanted a quantity such as "500m" or "1Gi" [patch-type]',
    ],
    [
      'a count beside an autoscaler',
      { kind: 'Deployment', name: 'backend', merge: { spec: { replicas: 3 } } },
      'environments/production.patches[0]: found replicas 3 of Deployment/backend, which HorizontalPodAutoscaler/backend scales, wanted no replicas, or a patch of HorizontalPodAutoscaler/backend [patch-replicas]',
    ],
    [
      'a minimum above the maximum',
      { kind: 'HorizontalPodAutoscaler', name: 'backend', merge: { spec: { minReplicas: 9 } } },
      'environments/production.patches[0]: found at least 9 and at most 4 pods in HorizontalPodAutoscaler/backend, wanted a minimum that is not above the maximum [patch-range]',
    ],
    [
      'a password in a variable',
      backendWith({ env: [{ name: 'ADMIN_PASSWORD', value: 'hunter2' }] }),
      'environments/production.patches[0]: found what looks like a credential in ADMIN_PASSWORD, container backend of Deployment/backend, wanted a reference to a Secret: the output is committed in plain text [patch-credential]',
    ],
    [
      'a password in a setting',
      { kind: 'ConfigMap', name: 'backend', merge: { data: { MAIL_URL: 'smtp://me:hunter2@mail.example.com' } } },
      'environments/production.patches[0]: found what looks like a credential in MAIL_URL, data of ConfigMap/backend, wanted a reference to a Secret: the output is committed in plain text [patch-credential]',
    ],
    [
      'an account of nobody',
      {
        kind: 'Deployment',
        name: 'backend',
        merge: { spec: { template: { spec: { serviceAccountName: 'backen' } } } },
      },
      'environments/production.patches[0]: found ServiceAccount/backen, which Deployment/backend names, wanted one that is emitted, did you mean "ServiceAccount/backend"? [patch-reference]',
    ],
    [
      'a Secret of nobody',
      backendWith({ envFrom: [{ secretRef: { name: 'extra' } }] }),
      "environments/production.patches[0]: found Secret/extra, which Deployment/backend names, wanted a Secret of the report, declared under the system's secrets, or optional: true [patch-reference]",
    ],
    [
      'a ConfigMap of nobody',
      backendWith({ envFrom: [{ configMapRef: { name: 'bakcend' } }] }),
      'environments/production.patches[0]: found ConfigMap/bakcend, which Deployment/backend names, wanted one that is emitted, did you mean "ConfigMap/backend"? [patch-reference]',
    ],
    [
      'a claim of nobody',
      {
        kind: 'Deployment',
        name: 'backend',
        merge: {
          spec: { template: { spec: { volumes: [{ name: 'a', persistentVolumeClaim: { claimName: 'other' } }] } } },
        },
      },
      'environments/production.patches[0]: found PersistentVolumeClaim/other, which Deployment/backend names, wanted one that is emitted [patch-reference]',
    ],
    [
      'a request above its limit',
      backendWith({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
      'environments/production.patches[0]: found a request of 2Gi memory in container backend of Deployment/backend, wanted at most the limit of 1Gi [patch-request]',
    ],
  ])('is refused: %s', (_, patch, says) => {
    expect(refusal(patch)).toContain(`error: ${says}`);
  });

  test('is refused where the objects outgrow the quota, in one problem with the patch that makes room', () => {
    const scaler: Patch = { kind: 'HorizontalPodAutoscaler', name: 'backend', merge: { spec: { maxReplicas: 9 } } };
    const [says = '', ...others] = refusal(scaler);
    expect(others).toEqual([]);
    expect(says).toMatch(
      /^error: environments\/production\.patches\[0\]: found objects that may use pods \d+ of \d+, .*\[patch-quota\]$/,
    );
    const hard = JSON.parse(/spec\.hard (\{[^}]+\})/.exec(says)?.[1] ?? '{}');
    const quota: Patch = { kind: 'ResourceQuota', name: 'namespace-quota', merge: { spec: { hard } } };
    expect(() => rendered(scaler, quota)).not.toThrow();
  });

  test('is taken where the reference may be missing, or leads to a Secret that the system declares', () => {
    expect(refusal(backendWith({ envFrom: [{ secretRef: { name: 'extra', optional: true } }] }))).toEqual([]);
    const patch = { ...backendWith({ envFrom: [{ secretRef: { name: 'extra' } }] }), reason: 'a test' };
    const secrets = { extra: { class: 'given', description: 'Only the patch uses it' } } as const;
    const plan = shopPlan({ system: { secrets }, environment: { patches: [patch] } });
    expect(plan.secrets.find(({ name }) => name === 'extra')?.usedBy).toEqual(['backend']);
    expect(() => buildCharts(new App(), plan)).not.toThrow();
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
