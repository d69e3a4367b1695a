import { k8s } from 'cdk8s-plus-28';
import { isRecord } from '../model/merge';

/** A rendered object: JSON as it will stand in `dist/`. */
export type Manifest = Record<string, unknown>;

/**
 * A scalar that passes both as itself and as one of cdk8s' value classes (`Quantity`, `IntOrString`), whose `.value` its
 * serializers read.
 */
class Scalar {
  constructor(readonly value: unknown) {}
}

/**
 * A record that answers to cdk8s' names for its fields as well, which differ from Kubernetes' in their case alone:
 * `clusterIp` for `clusterIP`, `hostPid` for `hostPID`.
 */
function anyCase(record: Readonly<Record<string, unknown>>): object {
  const own = new Map(Object.keys(record).map((key) => [key.toLowerCase(), key]));
  return new Proxy(record, {
    get: (target, name) =>
      typeof name === 'string' && !Object.hasOwn(target, name)
        ? target[own.get(name.toLowerCase()) ?? name]
        : Reflect.get(target, name),
  });
}

function box(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(box);
  if (!isRecord(value)) return new Scalar(value);
  return anyCase(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, box(item)])));
}

/** Paths of `sent` that `kept` no longer has. */
function lost(sent: unknown, kept: unknown, path: string): string[] {
  if (sent instanceof Scalar) return kept === undefined ? [path] : [];
  if (Array.isArray(sent))
    return sent.flatMap((item, index) =>
      lost(item, Array.isArray(kept) ? kept[index] : undefined, `${path}[${index}]`),
    );
  if (!isRecord(sent)) return [];
  if (!isRecord(kept)) return [path];
  return Object.entries(sent).flatMap(([key, item]) => lost(item, kept[key], path === '' ? key : `${path}.${key}`));
}

type Serializer = (props: unknown) => unknown;

/** A class of cdk8s for one kind in one version: `KubeHorizontalPodAutoscalerV2` is not `KubeHorizontalPodAutoscaler`. */
interface Kind {
  readonly GVK?: { readonly apiVersion: string; readonly kind: string };
}

const classNames: ReadonlyMap<string, string> = new Map(
  Object.entries(k8s as unknown as Record<string, Kind>).flatMap(([name, { GVK }]): [string, string][] =>
    GVK === undefined ? [] : [[`${GVK.apiVersion} ${GVK.kind}`, name]],
  ),
);

/** The name of cdk8s' class for an object; undefined where the kind is none of Kubernetes' own. */
export function className({ apiVersion, kind }: Manifest): string | undefined {
  return classNames.get(`${String(apiVersion)} ${String(kind)}`);
}

/**
 * Paths of an object that Kubernetes 1.28 does not know: found by cdk8s' own serializers, which drop them. Undefined
 * where the kind is none of Kubernetes' own.
 */
export function unknownFields(manifest: Manifest): string[] | undefined {
  const { apiVersion: _, kind: __, ...props } = manifest;
  const name = className(manifest);
  const serializer = (k8s as unknown as Record<string, Serializer | undefined>)[`toJson_${name}Props`];
  if (serializer === undefined) return undefined;
  const sent = box(props);
  return lost(sent, serializer(sent), '');
}
