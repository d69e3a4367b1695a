import { allowed, cycles, forbidden, forbiddenIn } from './dependencies';
import { foldersOf, importsOf, sources, under } from './sources';

test('Every import goes against the flow of data, and enters a component by its index', () => {
  expect(sources.flatMap(forbidden)).toEqual([]);
});

test.each([
  ['the model knows no component', 'lib/model/resolve.ts', "import { Network } from '../network';"],
  ['the model knows no builder', 'lib/model/resolve.ts', "import { metadata } from '../kubernetes/labels';"],
  ['a component knows no other component', 'lib/redis/redis.ts', "import { Postgres } from '../postgres';"],
  ['a component knows no inside of another', 'lib/web/a.ts', "import { Settings } from '../application/settings';"],
  ['a component knows no chart', 'lib/web/a.ts', "import { ServicesChart } from '../../charts/services';"],
  ['a store has no application', 'lib/redis/redis.ts', "import { Settings } from '../application';"],
  ['a chart enters by the index', 'charts/a.ts', "import { Settings } from '../lib/application/settings';"],
  ['a system knows the vocabulary alone', 'systems/a.ts', "import type { Plan } from '../lib/model/plan';"],
  ['the judges know no run on real nodes', 'verify/setup.ts', "import { machine } from '../e2e/cluster/machine';"],
  ['the program knows no test', 'lib/model/resolve.ts', "import { shop } from '../../test/model/shop';"],
  ['types count', 'lib/model/resolve.ts', "import type { Network } from '../network';"],
  ['so do later imports', 'lib/model/resolve.ts', "const network = require('../network');"],
])('The rule notices: %s', (_, path, text) => {
  expect(forbiddenIn(path, text)).toHaveLength(1);
});

test('No file imports itself by way of others', () => {
  expect(cycles(sources, false)).toEqual([]);
});

test('Nor by way of their types, in all that a synthesis reads and in what runs it', () => {
  expect(cycles(under('bench', 'charts', 'cli', 'e2e', 'imports', 'lib', 'main.ts', 'test'), true)).toEqual([]);
});

test('The search for cycles finds one', () => {
  const edge = (to: string) => ({ to, own: true, type: false });
  const files = [
    { path: 'a', imports: [edge('b')] },
    { path: 'b', imports: [edge('c'), { ...edge('a'), type: true }] },
    { path: 'c', imports: [edge('b')] },
  ];
  expect(cycles(files, false)).toEqual(['b → c → b']);
  expect(cycles(files, true)).toEqual(['b → c → b', 'a → b → a']);
});

test('Imports are read as they are written', () => {
  const text = [
    "import { a } from './problem';",
    "import type { b } from './plan';",
    "import {\n  c,\n  d,\n} from '../model';",
    "export * from './plan';",
    "import 'zod';",
    "// import { e } from './nowhere';",
    "/* import { f } from './nowhere'; */",
  ].join('\n');
  expect(importsOf('lib/model/x.ts', text)).toEqual([
    { to: 'lib/model/problem.ts', own: true, type: false },
    { to: 'lib/model/plan.ts', own: true, type: true },
    { to: 'lib/model/index.ts', own: true, type: false },
    { to: 'lib/model/plan.ts', own: true, type: false },
    { to: 'zod', own: false, type: false },
  ]);
});

test('Every folder of lib/ is in the table, and every folder of the table exists', () => {
  const rows = Object.keys(allowed).filter((row) => row.startsWith('lib/') && !row.endsWith('.ts'));
  expect(rows.sort()).toEqual(foldersOf('lib').map((name) => `lib/${name}`));
});

test('Only the model and reports do without cdk8s: nothing else decides', () => {
  const packages = under('lib/model', 'lib/report', 'lib/changes').flatMap(({ path, imports }) =>
    imports.filter(({ to }) => /^(cdk8s|constructs)/.test(to)).map(({ to }) => `${path} imports ${to}`),
  );
  expect(packages).toEqual([]);
});

/** By what is read; where it may be: the composition roots, and the one that finds the user's files. */
const outsideWorld: readonly [string, RegExp, readonly string[]][] = [
  ['the environment', /process\.(env|cwd|argv)/, ['main.ts', 'cli', 'bin']],
  ['the clock', /\bnew Date\(\)|\bDate\.now\(|performance\.now\(/, []],
  ['chance', /Math\.random|randomBytes|randomUUID/, []],
  ['the network', /\bfetch\(/, []],
];

const makesManifests = under('lib', 'charts', 'cli', 'bin', 'main.ts', 'imports', 'systems', 'environments');

function outsideOf(places: readonly string[]): typeof makesManifests {
  return makesManifests.filter(({ path }) => !places.some((place) => path === place || path.startsWith(`${place}/`)));
}

test.each(outsideWorld)('Nothing that makes manifests reads %s', (_, pattern, places) => {
  const reading = outsideOf(places).filter(({ text }) => pattern.test(text));
  expect(reading.map(({ path }) => path)).toEqual([]);
});

test('Nothing that makes manifests has files, processes or sockets but the roots and the workspace', () => {
  const modules = /^node:(fs|fs\/promises|child_process|os|http|https|dns|dgram|worker_threads)$/;
  // A system's file may carry a script as text; the types of Kubernetes are a file of cdk8s-plus' own.
  const users = outsideOf(['lib/workspace.ts', 'lib/kubernetes/patched/types.ts', 'cli', 'bin', 'systems']).filter(
    ({ imports }) => imports.some(({ to }) => modules.test(to)),
  );
  expect(users.map(({ path }) => path)).toEqual([]);
});

test('Nothing that emits objects asks which environment it is: the Plan has decided', () => {
  const emitting = under('lib', 'charts').filter(({ path }) => !/^lib\/(model|report)\//.test(path));
  const asking = /\b(environment|plan)\.mode\b|environment\.name\s*[!=]==|\btier\s*[!=]==\s*'/;
  expect(emitting.filter(({ text }) => asking.test(text)).map(({ path }) => path)).toEqual([]);
});
