import type { Cluster } from '../cluster/cluster';
import { at, type KubernetesObject } from '../manifests/objects';

/** A label that the changed selector asks for. */
export const LABEL = 'example.com/generation';
/** A class that the first claims do not have. */
export const CLASS = 'procedure-class';

/** A change that Kubernetes refuses (or makes with a loss), and what is known of its way. */
export interface Procedure {
  /** Its heading in docs/procedures.md. */
  anchor: string;
  /** The heading whose commands it refers to. @default its own */
  commands?: string;
  kind: string;
  /** @default the first of the kind */
  name?: string;
  /** What must run for the change to mean anything. */
  before?: (object: KubernetesObject) => void;
  change: (object: KubernetesObject) => void;
  /** Whether the API server refuses the change in place. */
  isForbidden: boolean;
  /** A pod that must live through it. */
  survivor?: string;
  /** What else must hold afterwards. */
  proof?: (cluster: Cluster, namespace: string) => Promise<string[]>;
}

function record(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object') throw new Error('There is nothing to change');
  return value as Record<string, unknown>;
}

function set(object: KubernetesObject, path: readonly (string | number)[], value: unknown): void {
  const last = String(path.at(-1));
  record(at(object, ...path.slice(0, -1)))[last] = value;
}

const FIXED = 4;

export const PROCEDURES: readonly Procedure[] = [
  {
    anchor: 'a-statefulset',
    kind: 'StatefulSet',
    name: 'db',
    isForbidden: true,
    change: (object) =>
      set(object, ['spec', 'volumeClaimTemplates', 0, 'spec', 'resources', 'requests', 'storage'], '2Gi'),
    survivor: 'db-0',
  },
  {
    anchor: 'a-smaller-volume',
    kind: 'PersistentVolumeClaim',
    name: 'data-db-0',
    isForbidden: true,
    change: (object) => set(object, ['spec', 'resources', 'requests', 'storage'], '1Gi'),
  },
  {
    anchor: 'a-storage-class',
    commands: 'a-smaller-volume',
    kind: 'PersistentVolumeClaim',
    name: 'data-db-0',
    isForbidden: true,
    change: (object) => set(object, ['spec', 'storageClassName'], CLASS),
  },
  {
    anchor: 'an-access-mode',
    kind: 'PersistentVolumeClaim',
    name: 'media',
    isForbidden: true,
    change: (object) => set(object, ['spec', 'accessModes'], ['ReadWriteMany']),
  },
  {
    anchor: 'a-service',
    kind: 'Service',
    name: 'db',
    isForbidden: true,
    change: (object) => set(object, ['spec', 'clusterIP'], 'None'),
  },
  {
    anchor: 'a-selector',
    kind: 'Deployment',
    name: 'backend',
    isForbidden: true,
    change: (object) => {
      set(object, ['spec', 'selector', 'matchLabels', LABEL], 'two');
      set(object, ['spec', 'template', 'metadata', 'labels', LABEL], 'two');
    },
    proof: async ({ client }, namespace) => {
      const selector = encodeURIComponent(`app.kubernetes.io/name=backend,!${LABEL}`);
      const old = await client.list(`/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=${selector}`);
      return old.map(({ metadata }) => `${metadata.name} of the old selector is still there`);
    },
  },
  {
    anchor: 'a-job',
    kind: 'Job',
    isForbidden: true,
    change: (object) => set(object, ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], 7),
  },
  {
    anchor: 'a-role-binding',
    kind: 'RoleBinding',
    isForbidden: true,
    change: (object) => set(object, ['roleRef', 'name'], 'another'),
  },
  {
    anchor: 'from-a-fixed-count-to-an-autoscaler',
    kind: 'Deployment',
    name: 'backend',
    isForbidden: false,
    before: (object) => set(object, ['spec', 'replicas'], FIXED),
    change: (object) => {
      delete record(object['spec'])['replicas'];
    },
    proof: async ({ client }, namespace) => {
      const { body } = await client.must('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/backend`);
      const replicas = at(body, 'spec', 'replicas');
      return replicas === FIXED ? [] : [`the backend has ${String(replicas)} replicas, had ${FIXED}`];
    },
  },
];
