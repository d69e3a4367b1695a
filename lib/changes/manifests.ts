import { parseAllDocuments } from 'yaml';
import { isRecord } from '../model/merge';
import type { Problem } from '../model/problem';

/** Rendered files by name: what a folder such as `dist/` holds. */
export type Files = ReadonlyMap<string, string>;

/** One object of a folder, and where it stands. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: Readonly<Record<string, unknown>>;
}

/** What makes two manifests the same object to the API server: a new version of its API changes nothing. */
export function identity({ apiVersion, kind, namespace, name }: Manifest): string {
  return [groupOf(apiVersion), kind, namespace, name].join('/');
}

/** Of `apps/v1` it is `apps`; the core has none. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

const gateway = 'gateway.networking.k8s.io';

/** Whether Kubernetes itself lacks a kind of this API. The Gateway API has a group that ends as its own do. */
export function isCustom(apiVersion: string): boolean {
  const group = groupOf(apiVersion);
  return group === gateway || (group.includes('.') && !group.endsWith('.k8s.io'));
}

/** The value at a path, or undefined. A number in the path is the index of a list. */
export function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((current, key) => {
    if (Array.isArray(current)) return typeof key === 'number' ? current[key] : undefined;
    return isRecord(current) ? current[key] : undefined;
  }, value);
}

function textAt(value: unknown, path: readonly string[]): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

/** The objects of one file; a document that is no object is left out. */
export function parseFile(file: string, text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document): Manifest[] => {
    const object: unknown = document.toJS();
    if (!isRecord(object)) return [];
    return [
      {
        file,
        apiVersion: textAt(object, ['apiVersion']),
        kind: textAt(object, ['kind']),
        namespace: textAt(object, ['metadata', 'namespace']),
        name: textAt(object, ['metadata', 'name']),
        object,
      },
    ];
  });
}

/** The documents of a file. Inside a document no line but its end begins with `---`: text blocks are indented. */
function documents(text: string): string[] {
  return text.split(/^---\s*$/m).map((document) => document.trim());
}

function differingDocuments(files: Files, other: Files): (readonly [file: string, document: string])[] {
  const known = new Set([...other.values()].flatMap(documents));
  return [...files].flatMap(([file, text]) =>
    documents(text)
      .filter((document) => !known.has(document))
      .map((document) => [file, document] as const),
  );
}

/** What a document must be for a comparison to mean anything: an object by kind and name. */
function unreadable(file: string, text: string): Problem[] {
  const wanted = 'a manifest as it was written: without it nothing can be said about what changes';
  const problem = (found: string): Problem => ({
    severity: 'error',
    rule: 'unreadable-manifest',
    path: file,
    found,
    wanted,
  });
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) return [problem(`YAML with an error: ${error.message.split('\n')[0]?.replace(/:$/, '')}`)];
    const object: unknown = document.toJS();
    if (object === null) return [];
    const isManifest = textAt(object, ['kind']) !== '' && textAt(object, ['metadata', 'name']) !== '';
    return isManifest ? [] : [problem('a document that is no object with a kind and a name')];
  });
}

/** The documents of `files` that nobody can read: found among those that `other` does not hold word for word. */
export function unreadableIn(files: Files, other: Files): Problem[] {
  return differingDocuments(files, other).flatMap(([file, document]) => unreadable(file, document));
}

/** The objects of `files` that `other` does not hold word for word: the rest cannot differ, and parsing is the slow part. */
export function differing(files: Files, other: Files): Manifest[] {
  return differingDocuments(files, other).flatMap(([file, document]) => parseFile(file, document));
}
