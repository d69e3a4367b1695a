import { App } from 'cdk8s';
import { DataChart } from '../../charts/data';
import { dataObjects, type Manifest, object, shopPlan, withStores } from '../postgres/fixture';

const managed = { managedStores: { host: '{store}.{system}.example.com', cidrs: ['10.20.0.0/16'] } };

function names(objects: readonly Manifest[], kind: string): string[] {
  return objects.filter((item) => item.kind === kind).map(({ metadata }) => metadata.name);
}

describe('30-data', () => {
  const objects = dataObjects(shopPlan());

  test('is called so, because its name is its file', () => {
    expect(new DataChart(new App(), shopPlan()).node.id).toBe('30-data');
  });

  test('holds one StatefulSet for each store, under the store’s name', () => {
    expect(names(objects, 'StatefulSet')).toEqual(['cache', 'db', 'queue']);
  });

  test('holds every claim before the StatefulSet that adopts it, named as the StatefulSet names it', () => {
    for (const set of objects.filter(({ kind }) => kind === 'StatefulSet')) {
      const template = set.spec.volumeClaimTemplates[0].metadata.name;
      const claim = object(objects, 'PersistentVolumeClaim', `${template}-${set.metadata.name}-0`);
      expect(objects.indexOf(claim)).toBeLessThan(objects.indexOf(set));
    }
  });

  test('keeps claims from being deleted by Argo CD, Flux or the StatefulSet', () => {
    for (const claim of objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')) {
      expect(claim.metadata.annotations).toEqual({
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      });
    }
    for (const set of objects.filter(({ kind }) => kind === 'StatefulSet')) {
      expect(set.spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    }
  });

  test('has a claim template that never changes, whatever the size, and fails closed', () => {
    const larger = shopPlan({ systems: { shop: { stores: { db: { size: '80Gi', storageClass: 'fast' } } } } });
    const [before, after] = [objects, dataObjects(larger)].map((all) => object(all, 'StatefulSet', 'db'));
    expect(after.spec.volumeClaimTemplates).toEqual(before.spec.volumeClaimTemplates);
    expect(after.spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
    });
    const claim = object(dataObjects(larger), 'PersistentVolumeClaim', 'data-db-0');
    expect(claim.spec.storageClassName).toBe('fast');
    expect(claim.spec.resources.requests.storage).toBe('80Gi');
  });

  test('gives every StatefulSet a headless Service of the name it says, which knows pods that are not ready', () => {
    for (const set of objects.filter(({ kind }) => kind === 'StatefulSet')) {
      const service = object(objects, 'Service', set.spec.serviceName);
      expect(service.spec.clusterIP).toBe('None');
      expect(service.spec.publishNotReadyAddresses).toBe(true);
      expect(service.spec.selector).toEqual(set.spec.selector.matchLabels);
    }
  });

  test('has a ServiceAccount for every pod, and mounts no token', () => {
    for (const workload of objects.filter(({ kind }) => ['StatefulSet', 'Job'].includes(kind))) {
      const { serviceAccountName, automountServiceAccountToken } = workload.spec.template.spec;
      expect(object(objects, 'ServiceAccount', serviceAccountName).automountServiceAccountToken).toBe(false);
      expect(automountServiceAccountToken).toBe(false);
    }
  });

  test('rolls the pods when a ConfigMap changes, and names it the same', () => {
    const changed = withStores(shopPlan(), (store) => ({
      ...store,
      resources: { ...store.resources, limits: { cpu: 1000, memory: 1024 } },
      ...(store.kind === 'redis' ? { maxMemory: 600 } : {}),
    }));
    const after = dataObjects(changed);
    for (const name of ['db', 'cache', 'queue']) {
      const [old, fresh] = [objects, after].map((all) => object(all, 'StatefulSet', name).spec.template.metadata);
      expect(fresh.annotations['checksum/configuration']).not.toBe(old.annotations['checksum/configuration']);
      expect(object(after, 'ConfigMap', `${name}-config`).data).not.toEqual(
        object(objects, 'ConfigMap', `${name}-config`).data,
      );
    }
  });

  test('runs nothing for managed stores but the Job that reconciles the roles', () => {
    const outside = dataObjects(shopPlan(managed));
    expect(outside.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'ServiceAccount/db-roles',
      'ConfigMap/db-roles-config',
      'Job/db-roles',
      'CronJob/db-roles',
    ]);
  });

  test('holds no budget for a single pod, and one for three RabbitMQ nodes', () => {
    expect(names(objects, 'PodDisruptionBudget')).toEqual([]);
    const three = dataObjects(shopPlan({ tier: 'high' }));
    expect(names(three, 'PodDisruptionBudget')).toEqual(['queue']);
    expect(object(three, 'PodDisruptionBudget', 'queue').spec.maxUnavailable).toBe(1);
    expect(names(three, 'PersistentVolumeClaim')).toContain('data-queue-2');
  });
});
