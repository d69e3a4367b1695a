/**
 * The types of Kubernetes 1.28, from the description that cdk8s-plus-28 carries of its own API (`.jsii`, made from
 * Kubernetes' OpenAPI document): which fields an object must have, and of what type they are.
 */
import { readFileSync } from 'node:fs';
import { isRecord } from '../../model/merge';
import { className, type Manifest } from '../patches';

/** A type, as jsii writes it. */
interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
}

interface Property {
  readonly name: string;
  readonly optional?: boolean;
  readonly type: TypeReference;
}

interface Declaration {
  readonly kind: string;
  readonly properties?: readonly Property[];
}

type Declarations = Readonly<Record<string, Declaration>>;

const prefix = 'cdk8s-plus-28.k8s.';

let read: Declarations | undefined;

/** Read once, and only where there is something to compare: it takes a tenth of a second. */
function declarations(): Declarations {
  if (read === undefined) {
    const file = require.resolve('cdk8s-plus-28/.jsii');
    read = (JSON.parse(readFileSync(file, 'utf8')) as { types: Declarations }).types;
  }
  return read;
}

/** A field that is of another type than Kubernetes wants, or missing. */
export interface Mismatch {
  readonly field: string;
  readonly found: string;
  readonly wanted: string;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : JSON.stringify(value);
}

const numberWithUnit = /^[+-]?(\d+|\d+\.\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** What a scalar must be, and whether it is. Undefined: anything goes. */
function scalar(
  type: TypeReference,
): { readonly wanted: string; readonly fits: (value: unknown) => boolean } | undefined {
  if (type.fqn === `${prefix}Quantity`)
    return {
      wanted: 'a quantity such as "500m" or "1Gi"',
      fits: (value) => typeof value === 'number' || (typeof value === 'string' && numberWithUnit.test(value)),
    };
  if (type.fqn === `${prefix}IntOrString`)
    return {
      wanted: 'a whole number or a text',
      fits: (value) => Number.isInteger(value) || typeof value === 'string',
    };
  if (type.primitive === 'number') return { wanted: 'a whole number', fits: Number.isInteger };
  if (type.primitive === 'boolean') return { wanted: 'true or false', fits: (value) => typeof value === 'boolean' };
  if (type.primitive === 'string' || type.primitive === 'date' || declarations()[type.fqn ?? '']?.kind === 'enum')
    return { wanted: 'a text', fits: (value) => typeof value === 'string' };
  return undefined;
}

function inCollection(collection: NonNullable<TypeReference['collection']>, value: unknown, path: string): Mismatch[] {
  const { kind, elementtype } = collection;
  if (kind === 'array') {
    if (!Array.isArray(value)) return [{ field: path, found: show(value), wanted: 'a list' }];
    return value.flatMap((item, index) => mismatches(elementtype, item, `${path}[${index}]`));
  }
  if (!isRecord(value)) return [{ field: path, found: show(value), wanted: 'an object' }];
  return Object.entries(value).flatMap(([key, item]) => mismatches(elementtype, item, `${path}.${key}`));
}

/** cdk8s writes some names in another case than Kubernetes: `clusterIp` is `clusterIP`. */
function inStructure(properties: readonly Property[], value: unknown, path: string): Mismatch[] {
  if (!isRecord(value)) return [{ field: path, found: show(value), wanted: 'an object' }];
  const keys = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key]));
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return properties.flatMap(({ name, optional, type }) => {
    const key = keys.get(name.toLowerCase());
    if (key !== undefined) return mismatches(type, value[key], at(key));
    return optional ? [] : [{ field: at(name), found: 'nothing', wanted: 'a value: Kubernetes requires the field' }];
  });
}

function mismatches(type: TypeReference, value: unknown, path: string): Mismatch[] {
  const wanted = scalar(type);
  if (wanted !== undefined)
    return wanted.fits(value) ? [] : [{ field: path, found: show(value), wanted: wanted.wanted }];
  if (type.collection !== undefined) return inCollection(type.collection, value, path);
  const properties = declarations()[type.fqn ?? '']?.properties;
  return properties === undefined ? [] : inStructure(properties, value, path);
}

/** Fields of an object that Kubernetes 1.28 would refuse for their type, or miss. None where the kind is not its own. */
export function wrongTypes(manifest: Manifest): Mismatch[] {
  const name = className(manifest);
  if (name === undefined) return [];
  const { apiVersion: _, kind: __, ...props } = manifest;
  return mismatches({ fqn: `${prefix}${name}Props` }, props, '');
}
