import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contributionsOf } from '../../charts/contributions';
import type { Alert } from '../../lib/monitoring/contribution';
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
const reserve = ['postgres.md#postgrespoolerdown', 'redis.md#redismemberdown', 'redis.md#redisreplicationbroken'];

test('no entry is left over', () => {
  expect(entries.filter((entry) => !linked.has(entry) && !reserve.includes(entry))).toEqual([]);
});

/** The labels that an alert has when it reaches a person, in capitals: its own, and those that its expression keeps. */
function labelsOf({ expr, labels = {} }: Alert): Set<string> {
  const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
  const aggregated = /\b(sum|max|min|count|absent|vector) ?(by \([^)]*\) ?)?\(/.test(expr);
  const own = ['namespace', 'severity', 'component', 'service', ...Object.keys(labels)];
  return new Set([...own, ...kept, ...(aggregated ? [] : ['job', 'instance', 'pod'])].map((one) => one.toUpperCase()));
}

/** Names in capitals of the commands of an entry; what a container has in its own environment is in single quotes. */
function namesOf(file: string, alert: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  const entry = text.split(/^## /m).find((one) => one.startsWith(`${alert}\n`)) ?? '';
  const commands = [...entry.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, lines = '']) => lines).join('');
  return [...commands.replaceAll(/'[^']*'/g, '').matchAll(/\$\{?([A-Z_]+)/g)].map(([, name = '']) => name);
}

test('a name in capitals in a command is a label of its alert', () => {
  const wrong = new Set<string>();
  for (const combination of combinations)
    for (const { component, alerts = [] } of contributionsOf(planFor(combination)))
      for (const alert of alerts)
        for (const name of namesOf(`${component}.md`, alert.name))
          if (!labelsOf(alert).has(name)) wrong.add(`${alert.name}: $${name}`);
  expect([...wrong].sort()).toEqual([]);
});
