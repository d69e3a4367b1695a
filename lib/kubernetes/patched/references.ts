import { nearest } from '../../model/nearest';
import type { Plan } from '../../model/plan';
import type { Problem } from '../../model/problem';
import { at, containersOf, ofPatches, type Patched, podOf, records, text } from './objects';

/** One object that another names. */
interface Reference {
  readonly kind: string;
  readonly name: string;
}

/** A source of variables or files that may be missing is none that must exist. */
function source(kind: string, value: unknown, key = 'name'): Reference[] {
  const name = text(value, key);
  return name === undefined || at(value, 'optional') === true ? [] : [{ kind, name }];
}

function ofVolume(volume: unknown): Reference[] {
  const projected = records(volume, 'projected', 'sources').flatMap((part) => [
    ...source('ConfigMap', at(part, 'configMap')),
    ...source('Secret', at(part, 'secret')),
  ]);
  return [
    ...projected,
    ...source('ConfigMap', at(volume, 'configMap')),
    ...source('Secret', at(volume, 'secret'), 'secretName'),
    ...source('PersistentVolumeClaim', at(volume, 'persistentVolumeClaim'), 'claimName'),
  ];
}

function ofContainer(container: unknown): Reference[] {
  return [
    ...records(container, 'env').flatMap((item) => [
      ...source('ConfigMap', at(item, 'valueFrom', 'configMapKeyRef')),
      ...source('Secret', at(item, 'valueFrom', 'secretKeyRef')),
    ]),
    ...records(container, 'envFrom').flatMap((item) => [
      ...source('ConfigMap', at(item, 'configMapRef')),
      ...source('Secret', at(item, 'secretRef')),
    ]),
  ];
}

/** Everything that an object names and that must be there for it to work. */
function referencesOf(manifest: Patched['after']): Reference[] {
  const pod = podOf(manifest);
  const paths = records(manifest, 'spec', 'rules').flatMap((rule) => records(rule, 'http', 'paths'));
  const target = at(manifest, 'spec', 'scaleTargetRef');
  return [
    ...(pod === undefined ? [] : source('ServiceAccount', pod, 'serviceAccountName')),
    ...records(pod, 'imagePullSecrets').flatMap((item) => source('Secret', item)),
    ...containersOf(pod).flatMap(ofContainer),
    ...records(pod, 'volumes').flatMap(ofVolume),
    ...paths.flatMap((path) => source('Service', at(path, 'backend', 'service'))),
    ...records(manifest, 'spec', 'tls').flatMap((item) => source('Secret', item, 'secretName')),
    ...source(text(target, 'kind') ?? 'Deployment', target),
  ];
}

/** What Kubernetes makes in every namespace. */
const everywhere = ['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt'];

/**
 * What exists: every emitted object, every Secret of the report, and whatever an unpatched object names, which others make
 * (cert-manager its certificates, a StatefulSet its claims).
 */
function existing(plan: Plan, objects: readonly Patched[]): Set<string> {
  return new Set([
    ...everywhere,
    ...objects.map(({ kind, name }) => `${kind}/${name}`),
    ...plan.secrets.map(({ name }) => `Secret/${name}`),
    ...objects.flatMap(({ before }) => referencesOf(before).map(({ kind, name }) => `${kind}/${name}`)),
  ]);
}

/** A pod that names what is not there never starts: found here, not in the cluster. */
export function referenceProblems(plan: Plan, objects: readonly Patched[]): Problem[] {
  const known = existing(plan, objects);
  return objects
    .filter(({ patches }) => patches.length > 0)
    .flatMap((object) => {
      const missing = referencesOf(object.after).filter(({ kind, name }) => !known.has(`${kind}/${name}`));
      return [...new Map(missing.map((one) => [`${one.kind}/${one.name}`, one])).values()].map(({ kind, name }) => {
        const target = `${kind}/${name}`;
        const near = nearest(
          name,
          [...known].filter((one) => one.startsWith(`${kind}/`)).map((one) => one.slice(kind.length + 1)),
        );
        const wanted =
          kind === 'Secret'
            ? "a Secret of the report, declared under the system's secrets, or optional: true"
            : 'one that is emitted';
        const problem = ofPatches(
          object,
          'patch-reference',
          `${target}, which ${object.kind}/${object.name} names`,
          wanted,
        );
        return near === undefined ? problem : { ...problem, nearest: `${kind}/${near}` };
      });
    });
}
