import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contributionsOf } from '../../charts/contributions';
import { runbookUrl } from '../../lib/monitoring/rules';
import { combinations, planFor } from '../synthesis/combinations';

const folder = join(__dirname, '..', '..', 'docs', 'runbooks');

/** `postgres.md#postgresdown` for each entry that there is. */
const entries = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^## (\w+)$/gm)].map(
      ([, name = '']) => `${file}#${name.toLowerCase()}`,
    ),
  );

/** What the alerts of every system, environment and tier link to. */
const linked = new Set(
  combinations.flatMap((combination) =>
    contributionsOf(planFor(combination)).flatMap(({ component, alerts = [] }) =>
      alerts.map(({ name }) => runbookUrl('', component, name).slice(1)),
    ),
  ),
);

test('every alert has an entry in the runbooks', () => {
  expect([...linked].filter((link) => !entries.includes(link))).toEqual([]);
});

/** Entries of alerts that no system of ours has yet. */
const reserve = ['redis.md#redismemberdown', 'redis.md#redisreplicationbroken'];

test('no entry is left over', () => {
  expect(entries.filter((entry) => !linked.has(entry) && !reserve.includes(entry))).toEqual([]);
});
