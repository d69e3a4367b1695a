import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { functionSizes } from './sizes';
import { foldersOf, root, sources, under } from './sources';

const longestFile = 250;
const longestFunction = 40;

/** Why a file may be longer. */
const longFiles: Readonly<Record<string, string>> = {
  'lib/kubernetes/exemptions.ts': 'the one list of exemptions, and when each holds',
  'lib/postgres/member-functions.ts': 'one shell script, whose functions share their variables',
  'verify/postgres/replication.ts': 'one story of three servers, in order',
};

/** Why a function may be longer: what is one declaration, read from top to bottom, is not split to be counted. */
const longFunctions: Readonly<Record<string, string>> = {
  'bench/page.ts page': 'one page of text',
  'e2e/edge.ts objects': 'objects as data',
  'cli/program.ts buildProgram': 'the command line, command by command',
  'lib/model/resolve/build.ts buildPlan': 'the Plan, field by field',
  'lib/model/resolve/services.ts resolveService': 'the plan of a service, field by field',
  'lib/report/prerequisites.ts addOns': 'a list of add-ons, each with its condition',
  'lib/monitoring/objects.ts overview': 'panels as data',
  'lib/monitoring/own.ts ofServers': 'alerts as data',
  'lib/postgres/monitoring-alerts.ts availability': 'alerts as data',
  'lib/postgres/monitoring.ts panels': 'panels as data',
  'lib/rabbitmq/monitoring.ts row': 'panels as data',
  'lib/redis/monitoring.ts row': 'panels as data',
  'lib/web/monitoring.ts requestPanels': 'panels as data',
  'verify/nginx/system.ts system': 'a system file as data',
};

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

describe('A file', () => {
  test(`has at most ${longestFile} lines, or a reason`, () => {
    const long = sources.filter(({ path, text }) => !path.endsWith('.test.ts') && lineCount(text) > longestFile);
    expect(long.map(({ path }) => path).sort()).toEqual(Object.keys(longFiles).sort());
  });

  test('stands in no folder of leftovers', () => {
    expect(sources.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.)/.test(path))).toEqual([]);
  });
});

describe('A function', () => {
  const program = under('bench', 'charts', 'cli', 'e2e', 'lib', 'imports', 'main.ts', 'verify');
  const long = program.flatMap(({ path, text }) =>
    functionSizes(text)
      .filter(({ lines }) => lines > longestFunction)
      .map(({ name, line }) => `${path} ${name ?? line}`),
  );

  test(`has at most ${longestFunction} lines, or a reason`, () => {
    expect(long.filter((place) => !(place in longFunctions))).toEqual([]);
  });

  test('has a reason only while it needs one', () => {
    expect(Object.keys(longFunctions).filter((place) => !long.includes(place))).toEqual([]);
  });

  test('is measured from its first line to its last', () => {
    const body = Array.from({ length: 5 }, (_, index) => `  const é${index} = 1;`).join('\n');
    expect(
      functionSizes(`// a\nfunction a() {\n${body}\n}\nclass B {\n  c() {\n    return () => 1;\n  }\n}\n`),
    ).toEqual([
      { name: 'a', line: 2, lines: 7 },
      { name: undefined, line: 10, lines: 3 },
      { name: undefined, line: 11, lines: 1 },
    ]);
  });
});

describe('A folder of lib/', () => {
  // Libraries of small parts: a component is entered by its index, these file by file.
  const libraries = ['kubernetes'];
  const components = foldersOf('lib').filter((name) => !libraries.includes(name));

  test.each(components)('%s has an index with explicit names', (name) => {
    expect(existsSync(join(root, 'lib', name, 'index.ts'))).toBe(true);
  });

  test('exports values by name, never by star', () => {
    const stars = under('lib').filter(({ text }) => /^export \*/m.test(text));
    expect(stars.map(({ path }) => path)).toEqual([]);
  });

  test.each(foldersOf('lib'))('%s has its tests in the folder of the same name', (name) => {
    const tests = under(`test/${name}`).filter(({ path }) => path.endsWith('.test.ts'));
    expect(tests).not.toHaveLength(0);
  });
});

test('test/ mirrors lib/ and the rest of the program', () => {
  const besides = [
    'bench',
    'charts',
    'cli',
    'docs',
    'e2e',
    'edge',
    'environments',
    'invariants',
    'project',
    'simulation',
    'structure',
    'synthesis',
    'systems',
    'verify',
  ];
  const strangers = foldersOf('test').filter((name) => !besides.includes(name) && !foldersOf('lib').includes(name));
  expect(strangers).toEqual([]);
});
