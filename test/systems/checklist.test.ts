import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolvePlan } from '../../lib/model';
import { checklist } from '../../lib/model/checks';
import { mergePatch } from '../../lib/model/merge';
import { environments, type SystemId, systemIds, systems } from './shown';

const root = join(__dirname, '../..');

/** "Validation Checklist" of the design document of microservices, word for word. */
const lines = [
  'All services are documented in the diagram',
  'Network connections match actual docker-compose configuration',
  'Data flows reflect real request paths',
  'Security boundaries are clearly marked',
  'Port mappings are accurate',
  'Storage strategy matches actual volumes/mounts',
  'Scaling strategy is feasible with current design',
  'Related documentation links are valid',
];

type Change = (id: SystemId) => object;

const first = (record: object): string => Object.keys(record)[0] ?? '';
const store = (id: SystemId): string => first(systems[id].stores);
const service = (id: SystemId): string => first(systems[id].services);
const worker = { kind: 'worker', description: 'x', image: first(systems.microservices.images) };
const web = { ...worker, kind: 'web', ports: { http: 9000 } };

/** By line, what makes it untrue: in every system, and in that of the document by its own names. */
const broken: Readonly<Record<string, readonly Change[]>> = {
  'services-documented': [
    (id) => ({ services: { forgotten: { ...worker, image: first(systems[id].images) } } }),
    (id) => ({ stores: { forgotten: Object.values(systems[id].stores)[0] } }),
  ],
  'connections-match': [
    (id) => ({ services: { lonely: { ...web, image: first(systems[id].images) } } }),
    (id) => ({ services: { [service(id)]: { arrows: { nobody: {} } } } }),
  ],
  'flows-real': [
    (id) => ({ flows: { Short: ['user', store(id)] } }),
    (id) => ({ flows: { Strange: ['user', service(id), 'nobody'] } }),
  ],
  'zones-marked': [
    (id) => ({ zones: ['public', 'inner'], services: { [service(id)]: { zone: null } } }),
    (id) => ({ services: { [service(id)]: { zone: 'nowhere' } } }),
  ],
  'ports-accurate': [
    (id) => ({ services: { [service(id)]: { metrics: { port: 'nowhere' } } } }),
    (id) => ({ routes: systems[id].routes.map((route) => ({ ...route, port: 'nowhere' })) }),
  ],
  'storage-strategy': [
    (id) => ({ services: { [service(id)]: { mounts: { nowhere: '/srv/nowhere' } } } }),
    (id) => ({ stores: { [store(id)]: { backup: null } } }),
    () => ({ volumes: { forgotten: { description: 'x', size: '1Gi' } } }),
  ],
  'scaling-feasible': [
    (id) => ({ services: { [service(id)]: { scaling: { low: 3, medium: 2, high: 1 } } } }),
    (id) => ({ stores: { [store(id)]: { maxConnections: 10 } } }),
  ],
  'links-valid': [() => ({ links: ['docs/nowhere.md'] })],
};

/** The lines of the checklist that a system in production does not keep, by name. */
function notKept(id: SystemId, change: object = {}): string[] {
  const { problems } = resolvePlan({
    system: { id, raw: mergePatch(systems[id], change) },
    environment: { name: 'production', raw: environments.production },
    exists: (path) => existsSync(join(root, path)),
  });
  const rules = new Set(problems.map(({ rule }) => rule));
  return checklist
    .filter(({ name, rules: other }) => [name, ...other].some((rule) => rules.has(rule)))
    .map(({ name }) => name);
}

test('The checklist has the lines of the document, in its order and words', () => {
  expect(checklist.map(({ line }) => line)).toEqual(lines);
});

test('The checklist has a counter-example of each line', () => {
  expect(Object.keys(broken)).toEqual(checklist.map(({ name }) => name));
});

test('A rule answers for one line', () => {
  const rules = checklist.flatMap(({ name, rules: other }) => [name, ...other]);
  expect(rules).toEqual([...new Set(rules)]);
});

test('The documentation says which line is which check', () => {
  const page = readFileSync(join(root, 'docs/add-a-system.md'), 'utf8').replace(/ +/g, ' ');
  for (const { name, line } of checklist) expect(page).toContain(`| ${line} | \`${name}\` |`);
});

describe.each(systemIds)('%s', (id) => {
  test('keeps every line', () => {
    expect(notKept(id)).toEqual([]);
  });

  test.each(checklist)('is judged by: $line', ({ name }) => {
    for (const change of broken[name] ?? []) expect(notKept(id, change(id))).toContain(name);
  });
});

test('A rule of the checklist is one of the model', () => {
  const folder = join(root, 'lib/model/checks');
  const model = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const said = new Set([...model.matchAll(/(?:error|known|warning)\(\s*'([a-z-]+)'/g)].map(([, rule]) => rule));
  // Said of every kind of thing by one line.
  for (const unused of ['unused-store', 'unused-volume']) said.add(unused);
  expect(checklist.flatMap(({ rules }) => rules).filter((rule) => !said.has(rule))).toEqual([]);
});
