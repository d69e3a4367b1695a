import type { KubernetesObject } from '../manifests/objects';

function configMap(namespace: string, name: string, labels: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: { of: name } };
}

/** Objects in a system's namespace that no prune may take: other people's, and data and credentials of our own. */
export function bystanders(namespace: string): KubernetesObject[] {
  const instance = { 'app.kubernetes.io/instance': namespace };
  const ours = { ...instance, 'app.kubernetes.io/managed-by': 'keelson' };
  return [
    configMap(namespace, 'by-hand', instance),
    configMap(namespace, 'by-helm', { ...instance, 'app.kubernetes.io/managed-by': 'Helm' }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'credential', namespace, labels: ours } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-of-a-replica-9', namespace, labels: ours },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ];
}
