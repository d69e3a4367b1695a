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
  /** System, environment and tier that run. @default {@link BASE} */
  base?: string;
  /** What stands for words of the page. */
  names?: Readonly<Record<string, string>>;
  kind: string;
  /** @default the first of the kind */
  name?: string;
  /** What must run for the change to mean anything. */
  before?: (object: KubernetesObject, all: KubernetesObject[]) => void;
  /** One object's change; or other manifests as a whole, by their title. */
  change: ((object: KubernetesObject) => void) | string;
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

/** A new image of the server, which is the first container's. */
function image(from: RegExp, to: string): (object: KubernetesObject) => void {
  const path = ['spec', 'template', 'spec', 'containers', 0, 'image'];
  return (object) => set(object, path, String(at(object, ...path)).replace(from, to));
}

/** A new word in the place of the one that comes so long after the script of the roles. */
function ofRoles(offset: number, word: string): (object: KubernetesObject) => void {
  const path = ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'command'];
  return (object) => {
    const command = at(object, ...path);
    const script = Array.isArray(command) ? command.findIndex((part) => String(part).endsWith('/reconcile.sh')) : -1;
    if (script < 0) throw new Error('There is no reconcile.sh to change');
    set(object, [...path, script + offset], word);
  };
}

const FIXED = 4;
/** The primaries of a Redis Cluster. */
const SHARDS = 3;

/** A copy of each shard, as the highest tier has them, with the claims of these members. */
function withCopies(object: KubernetesObject, objects: KubernetesObject[]): void {
  const first = objects.find(({ metadata }) => metadata.name === 'data-redis-0');
  if (first === undefined) throw new Error('Redis has no claim');
  set(object, ['spec', 'replicas'], 2 * SHARDS);
  // First, as in `dist/`: a StatefulSet that finds no claim makes its own, which nothing binds.
  for (let ordinal = SHARDS; ordinal < 2 * SHARDS; ordinal += 1)
    objects.unshift({ ...first, metadata: { ...first.metadata, name: `data-redis-${ordinal}` } });
}

/** With autoscalers, a backup and everything else that production has. */
export const BASE = 'django-react production medium';
const MICROSERVICES = 'microservices production medium';
/** With three members of RabbitMQ. */
const MANY = 'microservices production high';

/** A service that has another name afterwards: the one of this name is pruned. */
export const RENAMED = 'worker';

/** Headings that no row has, and who follows them instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'removing-or-moving-a-store':
    'it has no command; `changes` applies managed stores and operators, and finds the claims kept',
  'leaving-an-add-on': '`changes` runs the command that keelson names, in every system that leaves one',
};

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
  {
    anchor: 'a-major-version-of-postgresql',
    kind: 'StatefulSet',
    name: 'db',
    isForbidden: false,
    change: image(/:\d+\.\d+/, ':99.1'),
  },
  {
    anchor: 'a-new-system-below-postgresql',
    kind: 'StatefulSet',
    name: 'db',
    isForbidden: false,
    change: image(/bookworm/, 'trixie'),
  },
  {
    anchor: 'a-renamed-database',
    kind: 'CronJob',
    name: 'db-roles',
    isForbidden: false,
    change: ofRoles(1, 'new'),
  },
  {
    anchor: 'a-new-owner',
    kind: 'CronJob',
    name: 'db-roles',
    isForbidden: false,
    change: ofRoles(2, 'new'),
  },
  {
    anchor: 'a-smaller-rabbitmq',
    base: MANY,
    names: { RABBITMQ: 'rabbitmq' },
    kind: 'StatefulSet',
    name: 'rabbitmq',
    isForbidden: false,
    change: (object) => set(object, ['spec', 'replicas'], 2),
    survivor: 'rabbitmq-0',
  },
  {
    anchor: 'redis-and-redis-cluster',
    base: MICROSERVICES,
    names: { REDIS: 'redis' },
    kind: 'StatefulSet',
    name: 'redis',
    isForbidden: false,
    change: 'microservices production, a Redis Cluster medium',
  },
  {
    anchor: 'a-smaller-redis-cluster',
    base: MICROSERVICES,
    names: { REDIS: 'redis' },
    kind: 'StatefulSet',
    name: 'redis',
    isForbidden: false,
    before: withCopies,
    change: (object) => set(object, ['spec', 'replicas'], SHARDS),
    survivor: 'redis-0',
  },
  {
    anchor: 'a-renamed-role',
    base: MICROSERVICES,
    names: { OLD: RENAMED },
    kind: 'CronJob',
    name: 'postgres-roles',
    isForbidden: false,
    change: ofRoles(3, 'new'),
  },
];
