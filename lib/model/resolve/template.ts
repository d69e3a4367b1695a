/** `{name}` is a placeholder; `{{name}}` stands for the text `{name}` itself, as a format of the application has it. */
const placeholder = /\{\{(\w+)\}\}|\{(\w+)\}/g;

/** Fills `{name}` from parts; an unknown placeholder stays and is found by the checks. */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(placeholder, (whole, literal: string | undefined, key: string) =>
    literal === undefined ? (parts[key] ?? whole) : `{${literal}}`,
  );
}

/** The names that a template wants filled in. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(placeholder)].flatMap(([, , key]) => (key === undefined ? [] : [key]));
}
