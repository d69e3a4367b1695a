/** Which folder may import which: data flows one way, and the arrows of the code go the other. */
import { type Import, importsOf, type Source } from './sources';

/** What every component may use: the vocabulary, the builders, and custom resources. */
const builders = ['lib/model', 'lib/kubernetes', 'imports'];

/** The same, and how a component says what it is watched by. */
const base = [...builders, 'lib/monitoring/contribution.ts'];

/** Components that run the application's own image, and share how its pods are built. */
const application = [...base, 'lib/application/index.ts', 'lib/storage/index.ts'];

/**
 * By folder, what it may import besides itself. A folder stands for all its files, a file for itself: a component is
 * entered by its index.
 */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  'lib/model': [],
  'lib/kubernetes': ['lib/model'],
  'lib/backup': base,
  'lib/storage': [...base, 'lib/backup/index.ts'],
  'lib/monitoring': [...builders, 'lib/storage/index.ts'],
  'lib/application': [...base, 'lib/storage/index.ts'],
  'lib/web': application,
  'lib/worker': application,
  'lib/migrations': application,
  'lib/proxy': application,
  'lib/namespace': base,
  'lib/network': base,
  'lib/secrets': base,
  'lib/ingress': base,
  'lib/gateway': base,
  'lib/postgres': [...base, 'lib/storage/index.ts', 'lib/backup/index.ts'],
  'lib/redis': [...base, 'lib/storage/index.ts', 'lib/backup/index.ts'],
  'lib/rabbitmq': [...base, 'lib/storage/index.ts'],
  'lib/tools': [...base, 'lib/storage/index.ts'],
  'lib/changes': ['lib/model'],
  // Not the index of secrets, which brings constructs: a report needs none.
  'lib/report': ['lib/model', 'lib/kubernetes', 'lib/secrets/commands.ts'],
  'lib/choice.ts': ['lib/model', 'lib/workspace.ts'],
  'lib/workspace.ts': [],
  'lib/strays.ts': ['lib/model'],
  'lib/closed-pipe.ts': [],
  'lib/index.ts': ['lib/model', 'lib/workspace.ts'],
  charts: ['lib/*/index.ts', 'lib/model', 'lib/kubernetes/finish.ts'],
  cli: [
    'charts/index.ts',
    'lib/*/index.ts',
    'lib/model',
    'lib/choice.ts',
    'lib/workspace.ts',
    'lib/strays.ts',
    'lib/closed-pipe.ts',
    'lib/kubernetes/exemptions.ts',
  ],
  'main.ts': [
    'charts/index.ts',
    'lib/model',
    'lib/choice.ts',
    'lib/workspace.ts',
    'lib/strays.ts',
    'lib/closed-pipe.ts',
  ],
  bin: ['cli'],
  imports: [],
  systems: ['lib/index.ts'],
  environments: ['lib/index.ts'],
  bench: ['charts', 'cli', 'lib', 'test', 'main.ts'],
  verify: ['bench', 'charts', 'cli', 'lib', 'test', 'imports'],
  e2e: ['charts', 'cli', 'environments', 'lib', 'test', 'verify'],
  test: ['bench', 'charts', 'cli', 'e2e', 'environments', 'imports', 'lib', 'systems', 'verify', 'main.ts'],
};

/** The folder or file of the table that a path belongs to. */
export function layerOf(path: string): string | undefined {
  return Object.keys(allowed).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

function permits(pattern: string, path: string): boolean {
  if (pattern.includes('*')) return new RegExp(`^${pattern.replace('.', '\\.').replace('*', '[^/]+')}$`).test(path);
  return path === pattern || path.startsWith(`${pattern}/`);
}

/** What a source imports that it may not. */
export function forbidden({ path, imports }: Pick<Source, 'path' | 'imports'>): string[] {
  const layer = layerOf(path);
  if (layer === undefined) return path === 'jest.config.js' ? [] : [`${path} is in no layer`];
  const permitted = [layer, ...(allowed[layer] ?? [])];
  return imports
    .filter(({ own, to }) => own && !permitted.some((pattern) => permits(pattern, to)))
    .map(({ to }) => `${path} imports ${to}`);
}

/** The same of a file that does not exist: what a test says about the rule itself. */
export function forbiddenIn(path: string, text: string): string[] {
  return forbidden({ path, imports: importsOf(path, text) });
}

/**
 * Every cycle among the imports, each once, as a path of files.
 * @param types whether imports of types count: who needs one is read with it
 */
export function cycles(
  all: readonly { readonly path: string; readonly imports: readonly Import[] }[],
  types: boolean,
): string[] {
  const edges = new Map(
    all.map(({ path, imports }) => [
      path,
      imports.filter(({ own, type }) => own && (types || !type)).map(({ to }) => to),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}
