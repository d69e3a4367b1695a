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

function box(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(box);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, box(item)]));
  return new Scalar(value);
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

/**
 * Paths of an object that Kubernetes 1.28 does not know: found by cdk8s' own serializers, which drop them. Undefined
 * where the kind is none of Kubernetes' own.
 */
export function unknownFields(manifest: Manifest): string[] | undefined {
  const { apiVersion: _, kind, ...props } = manifest;
  const serializer = (k8s as unknown as Record<string, Serializer | undefined>)[`toJson_Kube${String(kind)}Props`];
  if (serializer === undefined) return undefined;
  const sent = box(props);
  return lost(sent, serializer(sent), '');
}
