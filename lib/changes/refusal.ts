/** What a rule says, and the shapes that several rules share. */
import { isDeepStrictEqual } from 'node:util';
import { at, type Manifest } from './manifests';

/** A change that does not go through. */
export interface Refusal {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  /** The field, as a path of the object. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
  /** The heading of docs/procedures.md that says how it is done. */
  readonly procedure: string;
}

export type Rule = (before: Manifest, after: Manifest) => Refusal[];

const longest = 80;

/** A value as it stands in a message. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

export function refusal(
  rule: string,
  procedure: string,
  path: readonly (string | number)[],
  before: unknown,
  after: unknown,
): Refusal {
  return { severity: 'error', rule, field: path.join('.'), before: show(before), after: show(after), procedure };
}

/** A refusal where the values at a path differ. */
export function frozen(rule: string, procedure: string, path: readonly (string | number)[]): Rule {
  return (before, after) => {
    const [was, is] = [at(before.object, path), at(after.object, path)];
    return isDeepStrictEqual(was, is) ? [] : [refusal(rule, procedure, path, was, is)];
  };
}

export function onKinds(kinds: readonly string[], rule: Rule): Rule {
  return (before, after) => (kinds.includes(after.kind) ? rule(before, after) : []);
}
