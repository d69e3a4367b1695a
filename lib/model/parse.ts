import type { z } from 'zod';
import { isRecord } from './merge';
import { nearest } from './nearest';
import { strange, strangeName } from './plain';
import type { Problem } from './problem';

/** The parsed value, and what is wrong with it. */
export interface Parsed<T> {
  /** Undefined where not even a part could be saved. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A value as it stands in a message: short, and never a whole object. */
export function show(value: unknown): string {
  const strangeWord = strangeName(value);
  if (strangeWord !== undefined) return strangeWord;
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return `an object with ${Object.keys(value).slice(0, 3).join(', ') || 'no keys'}`;
  return JSON.stringify(value);
}

function at(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value === null || typeof value !== 'object' ? undefined : (value as Record<PropertyKey, unknown>)[key],
    raw,
  );
}

const kinds: Readonly<Record<string, string>> = {
  record: 'an object',
  object: 'an object',
  array: 'a list',
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** What is counted, by the kind of value. */
const counted: Readonly<Record<string, readonly [what: string, one: string, many: string]>> = {
  array: ['a list with ', ' entry', ' entries'],
  string: ['a text with ', ' character', ' characters'],
};

/** `a list with at least 1 entry`; of a number the bound alone. */
function bound(origin: string, limit: string, figure: number | bigint): string {
  const [what, one, many] = counted[origin] ?? ['', '', ''];
  return `${what}${limit} ${figure}${Number(figure) === 1 ? one : many}`;
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // A schema that says what it wants says more than the kind of value does.
      return issue.message.startsWith('Invalid input') ? (kinds[issue.expected] ?? issue.expected) : issue.message;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return /^Too small/.test(issue.message) ? bound(issue.origin, 'at least', issue.minimum) : issue.message;
    case 'too_big':
      return /^Too big/.test(issue.message) ? bound(issue.origin, 'at most', issue.maximum) : issue.message;
    case 'invalid_format':
      return issue.message.replace(/^Invalid string: must /, 'a text that must ');
    default:
      return issue.message;
  }
}

/** The keys that a place knows, from the schema's own report: the schema is the only list of them. */
type KeysAt = (path: Path) => readonly string[];

function unknownKeys(issue: Issue & { code: 'unrecognized_keys' }, prefix: string, keysAt: KeysAt): Problem[] {
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    return {
      severity: 'error',
      rule: 'unknown-key',
      path: join(prefix, [...issue.path, key]),
      found: `the key "${key}"`,
      wanted: `one of ${known.join(', ')}`,
      ...(near ? { nearest: near } : {}),
    };
  });
}

function describe(issue: Issue, raw: unknown, prefix: string, keysAt: KeysAt): Problem[] {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, prefix, keysAt);
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    return [
      {
        severity: 'error',
        rule: 'invalid-name',
        path: join(prefix, issue.path),
        found: `the name "${key}"`,
        wanted: issue.issues.map(wanted).join(' and '),
      },
    ];
  }
  const value = at(raw, issue.path);
  const options = [...issue.message.matchAll(/'([^']+)'/g)].map(([, option]) => option ?? '');
  if (issue.code === 'invalid_union' && issue.errors.length === 0 && options.length)
    return [oneOf(issue.path, value, options, prefix)];
  if (issue.code === 'invalid_union' && issue.errors.length) return describeUnion(issue, raw, prefix, keysAt);
  const near =
    issue.code === 'invalid_value' && typeof value === 'string' ? nearest(value, issue.values.map(String)) : undefined;
  return [
    {
      severity: 'error',
      rule: value === undefined ? 'missing' : issue.code === 'invalid_type' ? 'wrong-type' : 'wrong-value',
      path: join(prefix, issue.path),
      found: show(value),
      wanted: wanted(issue),
      ...(near ? { nearest: near } : {}),
    },
  ];
}

/** A tag of a union that no variant has; zod tells the variants' tags in its message only. */
function oneOf(path: Path, value: unknown, options: readonly string[], prefix: string): Problem {
  const near = typeof value === 'string' ? nearest(value, options) : undefined;
  const rule = value === undefined ? 'missing' : 'wrong-value';
  return {
    severity: 'error',
    rule,
    path: join(prefix, path),
    found: show(value),
    wanted: options.map((option) => JSON.stringify(option)).join(' or '),
    ...(near ? { nearest: near } : {}),
  };
}

/** Of the variants of a union the one that came furthest is the one that was meant. */
function describeUnion(
  issue: Issue & { code: 'invalid_union' },
  raw: unknown,
  prefix: string,
  keysAt: KeysAt,
): Problem[] {
  const deepest =
    [...issue.errors].sort(
      (a, b) => Math.max(0, ...b.map(({ path }) => path.length)) - Math.max(0, ...a.map(({ path }) => path.length)),
    )[0] ?? [];
  if (deepest.every(({ path }) => path.length === 0)) {
    const found = at(raw, issue.path);
    return [
      {
        severity: 'error',
        rule: 'wrong-value',
        path: join(prefix, issue.path),
        found: show(found),
        wanted: [...new Set(issue.errors.flat().map(wanted))].join(' or '),
      },
    ];
  }
  return deepest.flatMap((inner) =>
    describe({ ...inner, path: [...issue.path, ...inner.path] } as Issue, raw, prefix, keysAt),
  );
}

/** `systems/shop` and `['services', 'web', 'args', 0]` → `systems/shop.services.web.args[0]`. */
export function join(prefix: string, path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    prefix,
  );
}

/** A copy of `raw` without the value at `path`. */
function drop(raw: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined || raw === null || typeof raw !== 'object') return undefined;
  if (Array.isArray(raw))
    return rest.length === 0
      ? raw.filter((_, index) => index !== key)
      : raw.map((item, index) => (index === key ? drop(item, rest) : item));
  const record = raw as Record<PropertyKey, unknown>;
  if (rest.length === 0) return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
  return { ...record, [key]: drop(record[key], rest) };
}

/** What an issue spoils: the unknown keys, the wrong value, or for something missing the thing that misses it. */
function spoiled(issue: Issue, raw: unknown): Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  return [at(raw, issue.path) === undefined ? issue.path.slice(0, -1) : issue.path];
}

/** `raw` without what stands at the paths; undefined where nothing is left of it. */
function without(raw: unknown, paths: readonly Path[]): unknown {
  // Later list items first, so that the indices of the earlier ones stay true.
  return paths.some((path) => path.length === 0) ? undefined : [...paths].reverse().reduce(drop, raw);
}

/**
 * The part of a wrong file that can be understood, so that the rules about meaning speak in the same run as those about
 * shape: spoiled values are left out until the rest parses.
 */
function salvage<T>(schema: z.ZodType<T>, raw: unknown): T | undefined {
  let rest = raw;
  for (let round = 0; round < 9 && rest !== undefined; round++) {
    const result = schema.safeParse(rest);
    if (result.success) return result.data;
    const { issues } = result.error;
    rest = without(
      rest,
      issues.flatMap((issue) => spoiled(issue, rest)),
    );
  }
  return undefined;
}

/** Parses a file. All problems at once, in the user's words. */
export function parse<T>(schema: z.ZodType<T>, raw: unknown, prefix: string, keysAt: KeysAt): Parsed<T> {
  const odd = strange(raw);
  const result = schema.safeParse(raw);
  if (result.success && odd.length === 0) return { value: result.data, problems: [] };
  const shape = (result.error?.issues ?? []).flatMap((issue) => describe(issue, raw, prefix, keysAt));
  const said = new Set(shape.map(({ path }) => path));
  const unsaid = odd
    .map(({ path, found, wanted }): Problem => {
      return { severity: 'error', rule: 'plain-data', path: join(prefix, path), found, wanted };
    })
    .filter(({ path }) => !said.has(path));
  const plain = without(
    raw,
    odd.map(({ path }) => path),
  );
  return { value: salvage(schema, plain), problems: [...shape, ...unsaid] };
}
