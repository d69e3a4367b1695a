/** How long functions are, by the compiler that the tests run with. */
import { parseSync } from '@swc/core';

interface Node {
  readonly type?: string;
  readonly identifier?: { readonly value?: string };
  readonly span?: { readonly start: number; readonly end: number };
}

const functions = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
];

function nodes(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (value === null || typeof value !== 'object') return [];
  return [value as Node, ...Object.values(value).flatMap(nodes)];
}

export interface Size {
  /** Undefined for one that is not declared by itself. */
  readonly name: string | undefined;
  readonly line: number;
  readonly lines: number;
}

/** Every function of a file with the lines that it takes. */
export function functionSizes(source: string): Size[] {
  const text = source.replace(/^#!.*/, '');
  // Positions count bytes, and go on from file to file: the statement before the text tells where it starts.
  const bytes = Buffer.from(text);
  const program = parseSync(`;${text}`, { syntax: 'typescript', target: 'es2022' });
  const offset = program.span.start + 1;
  const lineOf = (position: number): number =>
    bytes
      .subarray(0, position - offset)
      .toString()
      .split('\n').length;
  return nodes(program.body).flatMap(({ type = '', identifier, span }) => {
    if (!functions.includes(type) || span === undefined) return [];
    const line = lineOf(span.start);
    return [{ name: identifier?.value, line, lines: lineOf(span.end) - line + 1 }];
  });
}
