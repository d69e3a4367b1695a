import type { ClaimPlan } from '../../lib/model/plan';
import { Claim, claimMounts, claimVolumes } from '../../lib/storage';
import { type Rendered, render, shopPlan } from '../application/fixture';

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
