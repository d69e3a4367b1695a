/** What is named exists and is used: ConfigMaps, Secrets and their keys, accounts. */
import { checksum } from '../../lib/kubernetes/checksum';
import type { Plan } from '../../lib/model/plan';
import { type Check, type Invariants, mainOf, one, some, unless } from './invariant';
import type { Manifest, Source } from './manifest';
import type { ObjectSet, Workload } from './objects';
import { setClaims } from './volumes';

/** A use of a ConfigMap or a Secret; no key where all of it is used. */
interface Use {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string | undefined;
  /** It may be missing. */
  readonly optional?: boolean;
}

function usesOf({ configMap, secret }: Source): Use[] {
  const keys = (source: Source['configMap'] | Source['secret']): (string | undefined)[] =>
    source?.items?.map(({ key }) => key) ?? [undefined];
  return [
    ...(configMap
      ? keys(configMap).map(
          (key): Use => ({ kind: 'ConfigMap', name: configMap.name, key, optional: configMap.optional }),
        )
      : []),
    ...(secret
      ? keys(secret).map(
          (key): Use => ({
            kind: 'Secret',
            name: secret.secretName ?? secret.name ?? '',
            key,
            optional: secret.optional,
          }),
        )
      : []),
  ];
}

function uses({ pod }: Workload): Use[] {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  return [
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }): Use[] => [
        ...(valueFrom?.secretKeyRef ? [{ kind: 'Secret' as const, ...valueFrom.secretKeyRef }] : []),
        ...(valueFrom?.configMapKeyRef ? [{ kind: 'ConfigMap' as const, ...valueFrom.configMapKeyRef }] : []),
      ]),
      ...envFrom.flatMap(({ configMapRef, secretRef }) => usesOf({ configMap: configMapRef, secret: secretRef })),
    ]),
    ...(pod.volumes ?? []).flatMap((volume) => [
      ...usesOf(volume),
      ...(volume.projected?.sources ?? []).flatMap(usesOf),
    ]),
    ...(pod.imagePullSecrets ?? []).map(({ name }): Use => ({ kind: 'Secret', name, key: undefined })),
  ];
}

/** The keys of what is named: of emitted ConfigMaps, of the Secrets that the report declares or cert-manager makes. */
function keysOf({ kind, name }: Use, objects: ObjectSet, { secrets, edge }: Plan): string[] | undefined {
  if (kind === 'ConfigMap') {
    const data = objects.find('ConfigMap', name)?.data;
    return data && Object.keys(data);
  }
  if (edge.tls.by === 'cert-manager' && edge.tls.secret === name) return ['tls.crt', 'tls.key'];
  const declared = secrets.find((secret) => secret.name === name);
  return declared && Object.keys(declared.keys);
}

const sourcesExist: Check = (objects, plan) =>
  objects.workloads.flatMap((workload) =>
    uses(workload).flatMap((use) => {
      const keys = keysOf(use, objects, plan);
      if (keys === undefined) return [`${workload.at}: ${use.kind} ${use.name} does not exist`];
      return unless(
        use.key === undefined || use.optional === true || keys.includes(use.key),
        `${workload.at}: ${use.kind} ${use.name} has no ${use.key}`,
      );
    }),
  );

/** An add-on's objects may be the users of a Secret. */
const nothingIdle: Check = (objects, { edge }) => {
  const used = objects.workloads.flatMap(uses);
  const mounted = objects.workloads
    .flatMap(({ pod }) => pod.volumes ?? [])
    .map((volume) => volume.persistentVolumeClaim?.claimName);
  const idle = (kind: string, isUsed: (name: string) => boolean): string[] =>
    objects
      .ofKind(kind)
      .filter(({ metadata }) => !isUsed(metadata.name))
      .map(({ metadata }) => `${kind}/${metadata.name}: nobody uses it`);
  return [
    ...idle('ConfigMap', (name) => used.some((use) => use.kind === 'ConfigMap' && use.name === name)),
    ...idle('ServiceAccount', (name) => objects.workloads.some(({ pod }) => pod.serviceAccountName === name)),
    ...idle('PersistentVolumeClaim', (name) => mounted.includes(name) || setClaims(objects).includes(name)),
    ...idle('Role', (name) => objects.ofKind('RoleBinding').some(({ roleRef }) => roleRef?.name === name)),
    ...unless(edge.kind !== 'ingress' || objects.ofKind('Ingress').length === 1, 'the edge is not exactly one Ingress'),
  ];
};

/** A checksum of each ConfigMap: a changed one rolls the pods. Under a stable name nothing else would. */
const rolled: Check = (objects) =>
  objects.workloads.flatMap(({ at, template, ...workload }) => {
    const sums = Object.entries(template.metadata?.annotations ?? {})
      .filter(([key]) => key.startsWith('checksum/'))
      .map(([, value]) => value);
    const names = uses({ at, template, ...workload }).flatMap(({ kind, name }) => (kind === 'ConfigMap' ? [name] : []));
    return [...new Set(names)]
      .filter((name) => !sums.includes(checksum(objects.find('ConfigMap', name)?.data)))
      .map((name) => `${at}: does not notice a change of ConfigMap ${name}`);
  });

const bindings: Check = (objects, plan) =>
  objects.ofKind('RoleBinding').flatMap(({ metadata, roleRef, subjects = [] }: Manifest) => [
    ...unless(
      roleRef?.kind === 'Role' && objects.find('Role', roleRef.name) !== undefined,
      `RoleBinding/${metadata.name}: binds ${roleRef?.kind} ${roleRef?.name}`,
    ),
    ...unless(subjects.length > 0, `RoleBinding/${metadata.name}: binds nobody`),
    ...subjects
      .filter(({ kind, name, namespace }) => {
        const account = kind === 'ServiceAccount' && namespace === plan.namespace;
        return !account || objects.find('ServiceAccount', name) === undefined;
      })
      .map(({ kind, name }) => `RoleBinding/${metadata.name}: binds ${kind} ${name}`),
  ]);

export const referenceInvariants: Invariants = {
  'every ConfigMap and Secret that a pod names exists, with its keys': {
    rules: 'production.md §4: every mounted ConfigMap/Secret key exists',
    check: sourcesExist,
    broken: {
      'a Secret of nobody': (objects) => {
        mainOf(objects).env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'other', key: 'value' } } }];
      },
      'a key that is not there': (objects, plan) => {
        const { name } = some(plan.secrets);
        mainOf(objects).env = [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'other' } } }];
      },
      'a ConfigMap that is gone': (objects) => {
        for (const map of objects.ofKind('ConfigMap')) map.metadata.name = 'gone';
      },
      'a Secret to pull with': (objects) => {
        some(objects.workloads).pod.imagePullSecrets = [{ name: 'other' }];
      },
    },
  },

  'nothing is emitted that nobody uses': {
    check: nothingIdle,
    broken: {
      'a ConfigMap of nobody': (objects) => {
        one(objects, 'ConfigMap').metadata.name = 'other';
      },
      'an account of nobody': (objects) => {
        one(objects, 'ServiceAccount').metadata.name = 'other';
      },
      'a claim of nobody': (objects) => {
        one(objects, 'PersistentVolumeClaim').metadata.name = 'other';
      },
    },
  },

  'a change of a ConfigMap rolls the pods that read it': {
    rules: 'production.md §4 trap 17',
    check: rolled,
    broken: {
      'another content': (objects) => {
        for (const map of objects.ofKind('ConfigMap')) map.data = { changed: 'yes' };
      },
      'no checksum': (objects) => {
        for (const { template } of objects.workloads) delete template.metadata?.annotations;
      },
    },
  },

  'a RoleBinding binds a Role of the namespace to an account of the namespace': {
    rules: 'cdk8s.md: binding a workload omits the namespace of the subject',
    check: bindings,
    broken: {
      'no namespace': (objects) => delete some(one(objects, 'RoleBinding').subjects ?? []).namespace,
      'a ClusterRole': (objects) => {
        Object.assign(one(objects, 'RoleBinding').roleRef ?? {}, { kind: 'ClusterRole' });
      },
    },
  },
};
