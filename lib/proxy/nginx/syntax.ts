/** nginx.conf as lines of text: directives and blocks. */
export type Lines = readonly string[];

/**
 * A value in double quotes. nginx has no way to write a literal dollar sign or line break, so such a value cannot be
 * written at all; taking it would let a value become configuration.
 * @throws Error when the value has a dollar sign or a control character
 */
export function quoted(value: string): string {
  if (/[$\p{Cc}]/u.test(value)) {
    throw new Error(
      `Cannot write a value into nginx.conf as it must have no "$" and no control character: got "${value}"`,
    );
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** A block with its lines indented. */
export function block(head: string, lines: Lines): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), '}'];
}

/** A `map`: the variable gets the value of the first key that matches the source. Keys and values are written as they are. */
export function map(source: string, variable: string, entries: readonly (readonly [string, string])[]): string[] {
  return block(
    `map ${source} $${variable}`,
    entries.map(([key, value]) => `${key} ${value};`),
  );
}

/** A file: lines joined, with a line break at the end. */
export function file(lines: Lines): string {
  return `${lines.join('\n')}\n`;
}
