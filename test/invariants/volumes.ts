/** Claims, volumes and where they are mounted. */
import {
  type Check,
  eachContainer,
  eachWorkload,
  type Invariants,
  mainOf,
  repeated,
  some,
  specOf,
  unless,
} from './invariant';
import type { ObjectSet, Workload } from './objects';

/** Names of the claims that the pods of StatefulSets mount: `data-db-0`. */
export function setClaims(objects: ObjectSet): string[] {
  return objects
    .ofKind('StatefulSet')
    .flatMap(({ metadata, spec }) =>
      (spec?.volumeClaimTemplates ?? []).flatMap((template) =>
        Array.from(
          { length: spec?.replicas ?? 1 },
          (_, ordinal) => `${template.metadata.name}-${metadata.name}-${ordinal}`,
        ),
      ),
    );
}

const claimsExist: Check = (objects) => [
  ...objects.workloads.flatMap(({ at, pod }) =>
    (pod.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
      unless(
        claim === undefined || objects.find('PersistentVolumeClaim', claim.claimName) !== undefined,
        `${at}: claim ${claim?.claimName} does not exist`,
      ),
    ),
  ),
  ...setClaims(objects)
    .filter((name) => objects.find('PersistentVolumeClaim', name) === undefined)
    .map((name) => `claim ${name} does not exist: its pod would wait for ever`),
];

function volumeNames({ manifest, pod }: Workload): string[] {
  const templates = manifest.spec?.volumeClaimTemplates ?? [];
  return [...(pod.volumes ?? []).map(({ name }) => name), ...templates.map(({ metadata }) => metadata.name)];
}

const volumesFit: Check = eachWorkload((workload) => {
  const names = volumeNames(workload);
  const mounts = [...(workload.pod.initContainers ?? []), ...workload.pod.containers].flatMap(
    (one) => one.volumeMounts ?? [],
  );
  return [
    ...repeated(names).map((name) => `has the volume ${name} twice`),
    ...names.filter((name) => !mounts.some((mount) => mount.name === name)).map((name) => `does not mount ${name}`),
    ...mounts.filter(({ name }) => !names.includes(name)).map(({ name }) => `mounts ${name}, which it does not have`),
    ...names
      .filter((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      .map((name) => `calls a volume ${name}`),
  ];
});

export const volumeInvariants: Invariants = {
  'every claim that a pod mounts exists, those of StatefulSets by ordinal': {
    check: claimsExist,
    broken: {
      'a StatefulSet grows without a claim': (objects) => {
        specOf(objects, 'StatefulSet').replicas = 9;
      },
      'a claim of nobody': (objects) => {
        some(objects.workloads).pod.volumes = [{ name: 'a', persistentVolumeClaim: { claimName: 'other' } }];
      },
    },
  },

  'volumes are mounted, and mounts have volumes': {
    check: volumesFit,
    broken: {
      'a mount without volume': (objects) => {
        mainOf(objects).volumeMounts = [{ name: 'other', mountPath: '/other' }];
      },
      'a volume that nobody mounts': (objects) => {
        some(objects.workloads).pod.volumes = [{ name: 'other', emptyDir: { sizeLimit: '1Mi' } }];
      },
    },
  },

  'no path is mounted twice, and nothing by subPath': {
    rules: 'production.md §4 trap 17: subPath never updates',
    check: eachContainer(({ container: { volumeMounts = [] } }) => [
      ...repeated(volumeMounts.map(({ mountPath }) => mountPath)).map((path) => `mounts ${path} twice`),
      ...volumeMounts
        .filter(({ subPath }) => subPath !== undefined)
        .map(({ mountPath }) => `mounts a part at ${mountPath}`),
    ]),
    broken: {
      'one path twice': (objects) => {
        mainOf(objects).volumeMounts = [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/a' },
        ];
      },
      'a subPath': (objects) => {
        mainOf(objects).volumeMounts = [{ name: 'a', mountPath: '/a', subPath: 'b' }];
      },
    },
  },
};
