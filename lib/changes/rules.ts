/**
 * What an API server refuses to change in place, or changes with a loss that nobody sees. Each rule compares one object
 * with what it was. Source: the validation of updates in Kubernetes 1.28, tried on 1.28.15 and 1.36.3.
 */
import { isRecord } from '../model/merge';
import { mib } from '../model/quantities';
import { at, type Manifest } from './manifests';
import { frozen, onKinds, type Rule, refusal } from './refusal';
import { databaseIdentity, postgresVersion, redisCluster, smallerQueue } from './stores';

/** The fields of a StatefulSet that may change; every other one is frozen. */
const statefulSetMayChange = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const statefulSet: Rule = (before, after) => {
  const [was, is] = [at(before.object, ['spec']), at(after.object, ['spec'])];
  const fields = [...new Set([was, is].flatMap((spec) => (isRecord(spec) ? Object.keys(spec) : [])))].sort();
  return fields
    .filter((field) => !statefulSetMayChange.includes(field))
    .flatMap((field) => frozen('immutable-statefulset', 'a-statefulset', ['spec', field])(before, after));
};

const storage = ['spec', 'resources', 'requests', 'storage'];

/** Bytes that a claim asks for, in MiB; undefined for a unit that no Plan writes. */
function requested({ object }: Manifest): number | undefined {
  const value = at(object, storage);
  return typeof value === 'string' && /^\d+(Mi|Gi|Ti)$/.test(value) ? mib(value) : undefined;
}

const smallerClaim: Rule = (before, after) => {
  const [was, is] = [requested(before), requested(after)];
  if (was === undefined || is === undefined || is >= was) return [];
  return [refusal('claim-shrinks', 'a-smaller-volume', storage, at(before.object, storage), at(after.object, storage))];
};

/** An ExternalName Service has no address: it may become any other. Between an address and none there is no way. */
const headlessService: Rule = (before, after) => {
  if ([before, after].some(({ object }) => at(object, ['spec', 'type']) === 'ExternalName')) return [];
  const [was, is] = [before, after].map(({ object }) => at(object, ['spec', 'clusterIP']));
  if ((was === 'None') === (is === 'None')) return [];
  return [refusal('service-headless', 'a-service', ['spec', 'clusterIP'], was, is)];
};

/** Without `replicas` the server fills in 1 until the autoscaler speaks: a dip that a running system feels. */
const replicasDip: Rule = (before, after) => {
  const [was, is] = [before, after].map(({ object }) => at(object, ['spec', 'replicas']));
  if (typeof was !== 'number' || was < 2 || is !== undefined) return [];
  return [
    {
      ...refusal('replicas-dip', 'from-a-fixed-count-to-an-autoscaler', ['spec', 'replicas'], was, is),
      severity: 'warning',
    },
  ];
};

export const rules: readonly Rule[] = [
  onKinds(['StatefulSet'], statefulSet),
  onKinds(['StatefulSet'], postgresVersion),
  onKinds(['StatefulSet'], redisCluster),
  onKinds(['StatefulSet', 'RabbitmqCluster'], smallerQueue),
  onKinds(['CronJob'], databaseIdentity),
  onKinds(['Deployment', 'DaemonSet'], frozen('immutable-selector', 'a-selector', ['spec', 'selector'])),
  onKinds(['Deployment'], replicasDip),
  onKinds(['Job'], frozen('immutable-job', 'a-job', ['spec', 'template'])),
  onKinds(['PersistentVolumeClaim'], frozen('claim-class', 'a-storage-class', ['spec', 'storageClassName'])),
  onKinds(['PersistentVolumeClaim'], frozen('claim-access-mode', 'an-access-mode', ['spec', 'accessModes'])),
  onKinds(['PersistentVolumeClaim'], smallerClaim),
  onKinds(['Service'], headlessService),
  onKinds(['RoleBinding', 'ClusterRoleBinding'], frozen('immutable-role', 'a-role-binding', ['roleRef'])),
];
