import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../synthesis/combinations';

/** The texts of all files below a folder. */
function texts(folder: string, files: RegExp): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => files.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

/** The rules that the model names in a way, each once. */
function rulesOf(way: string): string[] {
  const named = new RegExp(`${way}\\s*'([a-z]+(?:-[a-z]+)+)'`, 'g');
  return [...new Set([...texts('lib/model', /\.ts$/).matchAll(named)].map(([, rule = '']) => rule))];
}

/** Whether a text has a rule as the user reads it, at the end of its problem; in a pattern the brackets are escaped. */
function says(text: string, rule: string): boolean {
  return text.includes(`[${rule}]`) || text.includes(`\\[${rule}\\]`);
}

const tests = texts('test', /\.ts$/);
/** Lines of tests that show problems of a severity, and the tables of those. */
const shown = (severity: string, tables: RegExp): string =>
  [texts('test/model', tables), ...tests.split('\n').filter((line) => line.includes(`${severity}: `))].join('\n');

test.each([
  ['refused', String.raw`problems\.(?:error|known)\(`, shown('error', /^wrong-.*\.yaml$/), 130],
  ['warned of', String.raw`problems\.warning\(`, shown('warning', /^warnings\.yaml$/), 23],
  ['said by a problem of its own', String.raw`\brule:`, texts('test', /\.(ts|yaml)$/), 10],
])('every rule by which something is %s is shown as the user reads it', (_, way, examples, atLeast) => {
  const rules = rulesOf(way);
  expect(rules.length).toBeGreaterThanOrEqual(atLeast);
  expect(rules.filter((rule) => !says(examples, rule))).toEqual([]);
});

test('a rule whose name is a part of another word counts as shown by that word nowhere', () => {
  expect(says('a claim called "backup-target"', 'backup-target')).toBe(false);
  expect(says('wanted … [redis-cluster-engine]', 'redis-cluster')).toBe(false);
  expect(says('wanted … [redis-cluster]', 'redis-cluster')).toBe(true);
});
