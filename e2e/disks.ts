/**
 * A class of disks that follow their pod from node to node, as a provider's disks do: folders of this machine, which all
 * nodes are. `local`, because fsGroup holds for it and not for hostPath.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DISK_CLASS, folders } from './cluster/layout';
import { mustKubectl } from './stage';

function disk(index: number): unknown {
  const path = join(folders.disks, String(index));
  mkdirSync(path, { recursive: true });
  const anyNode = [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'Exists' }] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `disk-${index}` },
    spec: {
      capacity: { storage: '1Ti' },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: DISK_CLASS,
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: anyNode } },
    },
  };
}

export async function createDisks(count: number): Promise<void> {
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: DISK_CLASS },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const items = [storageClass, ...Array.from({ length: count }, (_, index) => disk(index + 1))];
  const file = join(folders.configuration, 'disks.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await mustKubectl(['apply', '-f', file]);
}
