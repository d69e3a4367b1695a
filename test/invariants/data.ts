/** Claims, what may be deleted, and in which order things are applied. */
import { checksum } from '../../lib/kubernetes/checksum';
import { pruneOf } from '../../lib/report/prune';
import { type Check, eachManifest, type Invariants, one, some, specOf, unless } from './invariant';
import type { Manifest } from './manifest';
import { at } from './objects';
import { setClaims } from './volumes';

const template = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '' },
};

const claimTemplates: Check = (objects) =>
  objects.ofKind('StatefulSet').flatMap((set) => {
    const { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: keeps } = set.spec ?? {};
    const before = objects.manifests.slice(0, objects.manifests.indexOf(set)).filter(({ file }) => file === set.file);
    const mine = setClaims(objects).filter((name) => name.startsWith(`data-${set.metadata.name}-`));
    return [
      ...unless(checksum(volumeClaimTemplates) === checksum([template]), `${at(set)}: its claim template is another`),
      ...unless(keeps?.whenDeleted === 'Retain' && keeps.whenScaled === 'Retain', `${at(set)}: deletes its claims`),
      ...mine
        .filter(
          (name) => !before.some(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === name),
        )
        .map((name) => `${at(set)}: ${name} does not stand before it`),
    ];
  });

const keepsData: Check = eachManifest(({ kind, metadata: { annotations = {} } }) => {
  if (!['Namespace', 'PersistentVolumeClaim'].includes(kind)) return [];
  return [
    ...unless(annotations['argocd.argoproj.io/sync-options'] === 'Prune=false,Delete=false', 'Argo CD may delete it'),
    ...unless(annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled', 'Flux may delete it'),
  ];
});

/** Data, credentials, and what takes them along when it is deleted. */
const neverPruned = ['Namespace', 'PersistentVolumeClaim', 'Secret', 'ExternalSecret', 'SealedSecret'];

const prune: Check = ({ manifests }, plan) => {
  const kinds = pruneOf(plan, 'dist/').kinds.map((path) => path.split('/').at(-1) ?? '');
  const emitted = [...new Set(manifests.map(({ kind }) => kind))];
  return [
    ...kinds.filter((kind) => neverPruned.includes(kind)).map((kind) => `a prune would delete every ${kind}`),
    ...emitted
      .filter((kind) => !neverPruned.includes(kind) && !kinds.includes(kind))
      .map((kind) => `a prune would leave every ${kind}`),
  ];
};

const beforeUse: Check = (objects) =>
  objects.workloads.flatMap((workload) => {
    const index = objects.manifests.indexOf(workload.manifest);
    const later = objects.manifests.slice(index + 1).filter(({ kind, metadata }) => {
      if (kind === 'ServiceAccount') return workload.pod.serviceAccountName === metadata.name;
      const volumes = workload.pod.volumes ?? [];
      if (kind === 'ConfigMap') return volumes.some(({ configMap }) => configMap?.name === metadata.name);
      return (
        kind === 'PersistentVolumeClaim' &&
        volumes.some((one) => one.persistentVolumeClaim?.claimName === metadata.name)
      );
    });
    return later.map((manifest) => `${workload.at}: comes before ${at(manifest)}`);
  });

export const dataInvariants: Invariants = {
  'claim templates are constant and fail closed; the claims stand before their StatefulSet and outlive it': {
    rules: 'ARCHITECTURE.md; production.md §4 trap 7, §5',
    check: claimTemplates,
    broken: {
      'a class of its own': (objects) =>
        delete some(specOf(objects, 'StatefulSet').volumeClaimTemplates ?? []).spec.storageClassName,
      'a size that grew': (objects) => {
        some(specOf(objects, 'StatefulSet').volumeClaimTemplates ?? []).spec.resources = {
          requests: { storage: '2Gi' },
        };
      },
      'a size that was lost': (objects) => {
        some(specOf(objects, 'StatefulSet').volumeClaimTemplates ?? []).spec.resources = { requests: {} };
      },
      'labels in it': (objects) => {
        some(specOf(objects, 'StatefulSet').volumeClaimTemplates ?? []).metadata.labels = { version: '1' };
      },
      'claims that go with it': (objects) => delete specOf(objects, 'StatefulSet').persistentVolumeClaimRetentionPolicy,
      'claims after it': (objects) => {
        (objects.manifests as Manifest[]).reverse();
      },
    },
  },

  'neither Argo CD nor Flux deletes data': {
    rules: 'ARCHITECTURE.md',
    check: keepsData,
    broken: {
      'a claim of anybody': (objects) => delete one(objects, 'PersistentVolumeClaim').metadata.annotations,
      'the namespace': (objects) => delete one(objects, 'Namespace').metadata.annotations,
    },
  },

  'the prune command knows every kind but those that hold data': {
    rules: 'production.md §5; cdk8s.md pain point 18',
    check: prune,
    broken: {
      'a kind that it does not know': (objects) => {
        one(objects, 'ConfigMap').kind = 'PodTemplate';
      },
    },
  },

  'what a pod needs is applied before it': {
    check: beforeUse,
    broken: {
      'the other way round': (objects) => {
        (objects.manifests as Manifest[]).reverse();
      },
    },
  },
};
