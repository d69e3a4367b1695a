import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: Json | undefined;
  };
  [field: string]: Json | KubernetesObject['metadata'] | undefined;
}

/** Objects by the text of their document. Whoever changes an object makes a copy: it may be in many places. */
export type KnownDocuments = Map<string, readonly KubernetesObject[]>;

/**
 * Every object of a flat folder of YAML files, in the order in which `kubectl apply -f` takes them.
 * @param known what has been parsed before, and is not parsed again: manifests have most of their documents in common
 */
export function readObjects(folder: string, known: KnownDocuments = new Map()): KubernetesObject[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => parseObjects(readFileSync(join(folder, name), 'utf8'), join(folder, name), known));
}

function parseObjects(text: string, origin: string, known: KnownDocuments): KubernetesObject[] {
  // Inside a document no line but its end begins with `---`: text blocks are indented.
  return text.split(/^---$/m).flatMap((document) => {
    const objects = known.get(document) ?? parseDocument(document, origin);
    known.set(document, objects);
    return objects;
  });
}

function parseDocument(text: string, origin: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${origin}: ${error.message}`);
    const value = document.toJS() as KubernetesObject | null;
    return value === null ? [] : [value];
  });
}

/** How a person finds an object again: `Deployment django-react-production/backend`. */
export function describe(object: KubernetesObject): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The value at a path of keys and indexes, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
