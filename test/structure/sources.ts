/** The project's own sources and what they import, read without a compiler. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

export const root = join(__dirname, '..', '..');

export interface Import {
  /** Path from the root for our own files (`lib/model/plan.ts`), else the package (`zod`, `node:fs`). */
  readonly to: string;
  readonly own: boolean;
  /** Types alone: gone before the program runs. */
  readonly type: boolean;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** Of `import … from`, `export … from`, and a bare `import`: whether it is of types, and the specifier. */
const statement = /^(?:import|export)\s+(type\b)?[^'"`;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'/gm;
const call = /\b(?:require|import)\(\s*'([^']+)'\s*\)/g;

/** Comments are gone, strings stay: a specifier is one. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** The file, or undefined where there is none: a wrong import is the compiler's business, and a string may look like one. */
function resolve(from: string, specifier: string): string | undefined {
  const path = posix.join(posix.dirname(from), specifier);
  return [`${path}.ts`, `${path}/index.ts`, path].find((candidate) => {
    const file = join(root, candidate);
    return existsSync(file) && statSync(file).isFile();
  });
}

/** The imports of a file, from its text alone. */
export function importsOf(path: string, text: string): Import[] {
  const code = withoutComments(text);
  const found = [
    ...[...code.matchAll(statement)].map(([, type, from, bare]) => ({
      type: type !== undefined,
      specifier: from ?? bare ?? '',
    })),
    ...[...code.matchAll(call)].map(([, specifier = '']) => ({ type: false, specifier })),
  ];
  return found.flatMap(({ type, specifier }): Import[] => {
    if (!specifier.startsWith('.')) return [{ to: specifier, own: false, type }];
    const to = resolve(path, specifier);
    return to === undefined ? [] : [{ to, own: true, type }];
  });
}

function files(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(path);
    return /\.(ts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

const folders = ['bench', 'bin', 'charts', 'cli', 'e2e', 'environments', 'imports', 'lib', 'systems', 'test', 'verify'];

/** Every source of the project, sorted. */
export const sources: readonly Source[] = [...folders.flatMap(files), 'main.ts', 'jest.config.js']
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

/** Names of the folders below one. */
export function foldersOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export function under(...places: readonly string[]): readonly Source[] {
  return sources.filter(({ path }) => places.some((place) => path === place || path.startsWith(`${place}/`)));
}
