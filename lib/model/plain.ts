import { isRecord } from './merge';

/** A value that a file cannot hold, and where. */
export interface Strange {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly wanted: string;
}

const nul = String.fromCharCode(0);
const plainWords = 'plain data: texts, numbers, true, false, lists and objects';

/** What a value is called that only a program has; undefined for plain data. */
export function strangeName(value: unknown): string | undefined {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A file that another realm has loaded (the tests') has another `Object.prototype`, which has no prototype either.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  return `a ${value.constructor.name}`;
}

/**
 * What a description in TypeScript can hold and no file can: functions, dates, maps, promises, what contains itself. The
 * schema would take some of them for an empty object, and what they hold would be dropped.
 */
export function strange(value: unknown, path: readonly PropertyKey[] = [], above: readonly object[] = []): Strange[] {
  const name = strangeName(value);
  if (name !== undefined) return [{ path, found: name, wanted: plainWords }];
  if (typeof value === 'string')
    return value.includes(nul) ? [{ path, found: 'a text with the character NUL', wanted: 'a text without it' }] : [];
  if (!Array.isArray(value) && !isRecord(value)) return [];
  if (above.includes(value)) return [{ path, found: 'an object that contains itself', wanted: plainWords }];
  const inside = [...above, value];
  return Array.isArray(value)
    ? value.flatMap((item, index) => strange(item, [...path, index], inside))
    : Object.entries(value).flatMap(([key, item]) => strange(item, [...path, key], inside));
}
