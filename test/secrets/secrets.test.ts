import type { SecretsProvider } from '../../lib/model';
import { Secrets } from '../../lib/secrets';
import { recipe } from '../../lib/secrets/recipe';
import { planWith, type Rendered, rendered, secrets } from './fixture';

function emitted(provider?: SecretsProvider, list = secrets): Rendered[] {
  return rendered((scope) => new Secrets(scope, 'Secrets', { plan: planWith(provider, list) }));
}

function only(objects: readonly Rendered[], kind: string): Rendered {
  const [found, another] = objects.filter((object) => object.kind === kind);
  if (found === undefined || another !== undefined) throw new Error(`Expected one ${kind}`);
  return found;
}

const external: SecretsProvider = {
  provider: 'external-secrets',
  store: 'vault',
  storeKind: 'ClusterSecretStore',
  prefix: 'shop/',
};

describe('Provider bootstrap', () => {
  const objects = emitted();

  test('emits the Job, what it mounts, its account and its permission, and no Secret', () => {
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'ServiceAccount/bootstrap',
      'Role/bootstrap',
      'RoleBinding/bootstrap',
      'ConfigMap/bootstrap',
      'Job/bootstrap',
      'CronJob/bootstrap',
    ]);
  });

  test('may create Secrets of its namespace and nothing else', () => {
    expect(only(objects, 'Role')).toMatchObject({
      metadata: { namespace: 'shop-production' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }],
    });
    expect(only(objects, 'RoleBinding')).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'bootstrap' },
      subjects: [{ kind: 'ServiceAccount', name: 'bootstrap', namespace: 'shop-production' }],
    });
  });

  test('mounts a token in its pod alone', () => {
    expect(only(objects, 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
    expect(only(objects, 'Job').spec).toMatchObject({
      template: { spec: { serviceAccountName: 'bootstrap', automountServiceAccountToken: true } },
    });
  });

  test('has a recipe for each generated Secret and none for a given one', () => {
    expect(Object.keys(only(objects, 'ConfigMap').data ?? {})).toEqual([
      'bootstrap.sh',
      'certificates.sh',
      'cookie.recipe',
      'db-superuser.recipe',
      'db-tls.recipe',
    ]);
  });

  test('makes certificates in the image of the store that serves with them, before the Secrets, in memory', () => {
    const job = only(objects, 'Job');
    expect(job).toHaveProperty('spec.template.spec.initContainers', [
      expect.objectContaining({
        image: 'postgres:16.15-bookworm',
        command: [
          '/bin/sh',
          '/bootstrap/certificates.sh',
          '/certificates',
          '3650',
          'db-tls=DNS:db,DNS:db.shop-production.svc',
        ],
      }),
    ]);
    expect(job).toHaveProperty(
      'spec.template.spec.volumes',
      expect.arrayContaining([{ name: 'certificates', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }]),
    );
  });

  test('needs no other image where there is no certificate', () => {
    const job = only(emitted(undefined, secrets.slice(0, 2)), 'Job');
    expect(JSON.stringify(job)).not.toContain('certificates.sh');
    expect(job.spec).not.toHaveProperty('template.spec.initContainers');
  });

  test('runs anew when there is more to make, and never on a schedule', () => {
    const checksum = (list: typeof secrets): unknown => only(emitted(undefined, list), 'Job').spec?.['template'];
    expect(checksum(secrets.slice(0, 1))).not.toEqual(checksum(secrets.slice(0, 2)));
    expect(only(objects, 'CronJob').spec).toMatchObject({ suspend: true });
  });

  test('emits nothing where nothing is generated', () => {
    expect(emitted(undefined, secrets.slice(3))).toEqual([]);
  });

  test('refuses a generated key that cannot be made, and a certificate that no store uses', () => {
    const [cookie] = secrets;
    if (cookie === undefined) throw new Error('The fixture has no Secret');
    expect(() => recipe(planWith(), { ...cookie, keys: { cookie: undefined } })).toThrow(
      'Cannot make key "cookie" of Secret "cookie" as it has no value',
    );
    expect(() => recipe(planWith(), { ...cookie, keys: { pem: { make: 'certificate', hosts: ['db'] } } })).toThrow(
      'Cannot make key "pem" of Secret "cookie" as it has a certificate, which fills tls.crt, tls.key, ca.crt',
    );
    const homeless = secrets.map((secret) => ({ ...secret, usedBy: [] }));
    expect(() => emitted(undefined, homeless)).toThrow('Cannot make Secret "db-tls" as no store uses its certificate');
  });
});

describe('Provider existing', () => {
  test('emits nothing', () => {
    expect(emitted({ provider: 'existing' })).toEqual([]);
  });
});

describe('Provider external-secrets', () => {
  const objects = emitted(external);

  test('asks the store for every Secret, generated and given alike', () => {
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
      secrets.map(({ name }) => `ExternalSecret/${name}`),
    );
    expect(objects.every(({ apiVersion }) => apiVersion === 'external-secrets.io/v1')).toBe(true);
  });

  test('finds each key as a property of the object that the prefix and the name make', () => {
    const mail = objects.find(({ metadata }) => metadata.name === 'mail');
    expect(mail?.spec).toMatchObject({
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      data: [
        { secretKey: 'user', remoteRef: { key: 'shop/mail', property: 'user' } },
        { secretKey: 'api-key', remoteRef: { key: 'shop/mail', property: 'api-key' } },
      ],
    });
  });

  test('takes all that an object has where a key may be missing', () => {
    const optional = secrets.map((secret) => ({ ...secret, optionalKeys: ['username'] }));
    for (const { spec, metadata } of emitted(external, optional)) {
      expect(spec).toMatchObject({ dataFrom: [{ extract: { key: `shop/${metadata.name}` } }] });
      expect(spec).not.toHaveProperty('data');
    }
  });

  test('leaves the Secret alone when the store or the ExternalSecret goes', () => {
    for (const { spec, metadata } of objects) {
      const type = secrets.find(({ name }) => name === metadata.name)?.type;
      expect(spec?.['target']).toMatchObject({
        name: metadata.name,
        creationPolicy: 'Orphan',
        deletionPolicy: 'Retain',
        template: { type, metadata: { labels: { 'app.kubernetes.io/managed-by': 'keelson' } } },
      });
    }
  });
});

describe('Provider sealed-secrets', () => {
  const sealed = { mail: { user: 'AgA1', 'api-key': 'AgA2' } };

  test('hands out what the environment has, in the strict scope, and lets the Secret outlive it', () => {
    const objects = emitted({ provider: 'sealed-secrets', sealed });
    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'mail', namespace: 'shop-production' },
      spec: {
        encryptedData: sealed.mail,
        template: {
          type: 'Opaque',
          metadata: { annotations: { 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' } },
        },
      },
    });
    expect(JSON.stringify(objects)).not.toContain('wide');
  });
});
