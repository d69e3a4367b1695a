import { parseAllDocuments } from 'yaml';
import { renderFiles } from '../../cli/synthesize';
import type { ClaimPlan } from '../../lib/model/plan';
import { Claim, claimMounts, claimVolumes } from '../../lib/storage';
import { type Rendered, render, shopPlan } from '../application/fixture';
import { resolveShop } from '../model/shop';

const plan = shopPlan();
const claim: ClaimPlan = {
  name: 'media',
  owner: 'backend',
  component: 'web',
  size: 5120,
  storageClass: undefined,
  accessMode: 'ReadWriteOnce',
};
const build = (item: ClaimPlan): Rendered =>
  render((scope) => new Claim(scope, 'claim', { plan, claim: item })).get('PersistentVolumeClaim/media');

describe('A claim', () => {
  test('asks for its size, in the cluster’s default class unless it names one', () => {
    expect(build(claim).spec).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } });
    expect(build({ ...claim, storageClass: 'fast' }).spec.storageClassName).toBe('fast');
    expect(build({ ...claim, accessMode: 'ReadWriteMany' }).spec.accessModes).toEqual(['ReadWriteMany']);
  });

  test('is deleted neither by Argo CD nor by Flux', () => {
    expect(build(claim).metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
  });

  test('carries the labels of the workload it belongs to', () => {
    expect(build(claim).metadata.labels['app.kubernetes.io/name']).toBe('backend');
  });
});

describe('Mounts', () => {
  const mounts = [
    { volume: 'media', path: '/app/media' },
    { volume: 'media', path: '/srv/media' },
  ];

  test('of one volume at two paths share one volume of the pod', () => {
    expect(claimVolumes(mounts, new Map([['media', 'media']]))).toHaveLength(1);
    expect(claimMounts(mounts).map(({ mountPath }) => mountPath)).toEqual(['/app/media', '/srv/media']);
  });

  test('of an unknown volume are refused', () => {
    expect(() => claimVolumes(mounts, new Map())).toThrow('Cannot mount "media": the Plan has no such volume');
  });
});

describe('A shared volume in object storage', () => {
  const at = {
    by: 'object-storage',
    endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'], port: 9000 },
    bucket: 'files',
    region: 'eu-central-1',
  };
  const { plan: inBucket } = resolveShop({ environment: { sharedVolumes: at } });
  const objects: Rendered[] = [...(inBucket ? renderFiles(inBucket) : [])].flatMap(([, text]) =>
    parseAllDocuments(text).map((document) => document.toJS()),
  );
  const web = inBucket?.services.find(({ name }) => name === 'web');

  test('is no claim and no mount: the service gets where it is, and the key from a Secret', () => {
    const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name);
    expect(claims).toContain('data-db-0');
    expect(claims).not.toContain('media');
    const { containers, volumes } = objects.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web',
    ).spec.template.spec;
    expect(JSON.stringify([containers[0].volumeMounts, volumes])).not.toContain('media');
    expect(containers[0].env).toEqual(
      expect.arrayContaining([
        { name: 'AWS_S3_ENDPOINT_URL', value: 'https://s3.example.com:9000' },
        { name: 'AWS_S3_REGION_NAME', value: 'eu-central-1' },
        { name: 'AWS_STORAGE_BUCKET_NAME', value: 'files' },
        { name: 'AWS_LOCATION', value: 'shop/media' },
        { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'object-storage', key: 'access-key-id' } } },
        {
          name: 'AWS_SECRET_ACCESS_KEY',
          valueFrom: { secretKeyRef: { name: 'object-storage', key: 'secret-access-key' } },
        },
      ]),
    );
  });

  test('has a key that is given, and made by nobody', () => {
    const secret = inBucket?.secrets.find(({ name }) => name === 'object-storage');
    expect([secret?.class, secret?.keys]).toEqual([
      'given',
      { 'access-key-id': undefined, 'secret-access-key': undefined },
    ]);
    expect(Object.keys(secret?.keys ?? {})).toHaveLength(2);
  });

  test('is reached by the services that use it, at its addresses alone', () => {
    expect(inBucket?.arrows.filter(({ why }) => why === 'object-storage')).toEqual([
      {
        from: 'web',
        to: { kind: 'outside', name: 'object-storage', host: 's3.example.com', cidrs: ['203.0.113.0/24'], except: [] },
        port: 9000,
        why: 'object-storage',
      },
    ]);
  });

  test('is named by the variables that the volume says', () => {
    const objectStorage = { UPLOADS: 's3://{bucket}/{system}/{volume}', KEY: '{accessKeyId}' };
    const { plan: own } = resolveShop({
      environment: { sharedVolumes: at },
      system: { volumes: { media: { objectStorage } } },
    });
    const env = own?.services.find(({ name }) => name === 'web')?.env ?? [];
    expect(env).toContainEqual({ name: 'UPLOADS', value: 's3://files/shop/media' });
    expect(env).toContainEqual({ name: 'KEY', secret: 'object-storage', key: 'access-key-id', optional: false });
    expect(env.map(({ name }) => name)).not.toContain('AWS_LOCATION');
    expect(web?.env.map(({ name }) => name)).toContain('AWS_LOCATION');
  });
});
