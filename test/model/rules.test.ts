import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../synthesis/combinations';

/** The texts of all files below a folder. */
function texts(folder: string, files: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => files.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

/** Where a rule is named: as an argument of a problem, or as its field. */
const named = /(?:problems\.(?:error|warning|known)\(|\brule:)\s*'([a-z]+(?:-[a-z]+)+)'/g;

test('every rule of the model is asserted in some test', () => {
  const rules = texts('lib/model', /\.ts$/).flatMap((text) => [...text.matchAll(named)].map(([, rule = '']) => rule));
  const asserted = texts('test', /\.(ts|yaml)$/).join('\n');
  expect(rules.length).toBeGreaterThan(150);
  expect([...new Set(rules)].filter((rule) => !asserted.includes(rule))).toEqual([]);
});
