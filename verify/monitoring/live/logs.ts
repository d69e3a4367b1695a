/** What the containers wrote, taken apart as docs/logs.md tells a collector to. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../manifests/root';
import { WORK } from './container';
import type { Stage } from './stage';

/** Of lines that are no JSON. */
interface Rule {
  readonly container: string | undefined;
  readonly component: string | undefined;
  readonly firstline: RegExp | undefined;
  readonly expression: RegExp;
}

/** RE2 as JavaScript writes it. */
function regularExpression(written: string | undefined): RegExp | undefined {
  if (written === undefined) return undefined;
  const pattern = written.replace(/^\(\?s\)/, '').replaceAll('(?P<', '(?<');
  return new RegExp(pattern, written.startsWith('(?s)') ? 's' : '');
}

/** Those of the page. */
export function rulesOf(page: string): Rule[] {
  return page
    .split('stage.match {')
    .slice(1)
    .map((block) => {
      const after = (pattern: RegExp): string | undefined => pattern.exec(block)?.[1];
      const expression = regularExpression(after(/expression = `(.*)`/));
      if (expression === undefined) throw new Error(`no expression: ${block.slice(0, 200)}`);
      return {
        container: after(/container=\\"([\w-]+)\\"/),
        component: after(/component=\\"([\w-]+)\\"/),
        firstline: regularExpression(after(/firstline = `(.*)`/)),
        expression,
      };
    });
}

/** Lines as a rule joins them. */
function entries(lines: readonly string[], { firstline }: Rule): string[] {
  if (firstline === undefined) return [...lines];
  const joined: string[] = [];
  for (const line of lines) {
    if (firstline.test(line) || joined.length === 0) joined.push(line);
    else joined.push(`${joined.pop()}\n${line}`);
  }
  return joined;
}

function isObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  JSON.parse(line);
  return true;
}

/** What no rule of the page takes: with one, all text must follow it; without one, nothing may be text. */
export function untaken(text: string, rule: Rule | undefined): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !isObject(line));
  return rule === undefined ? lines : entries(lines, rule).filter((entry) => !rule.expression.test(entry));
}

/** The exporter of Redis says who it is before it looks at its arguments. */
const greeting = /^time=.* msg="Redis Metrics Exporter .*\n/;

/** Applications have a stand-in here; RabbitMQ draws a banner first, which has a test of its own. */
export function logsAreAsDocumented({ pods }: Stage): number {
  const rules = rulesOf(readFileSync(join(ROOT, 'docs/logs.md'), 'utf8'));
  let count = 0;
  for (const { pod } of pods.values()) {
    const component = pod.metadata.labels['app.kubernetes.io/component'];
    for (const { name } of pod.spec.containers) {
      if (name !== 'exporter' && (component === 'web' || component === 'worker' || component === 'queue')) continue;
      const text = readFileSync(join(WORK, 'logs', `${pod.metadata.name}-${name}.log`), 'utf8').replace(greeting, '');
      const rule = rules.find((one) => one.container === name || (name !== 'exporter' && one.component === component));
      assert.deepEqual([pod.metadata.name, name, untaken(text, rule).slice(0, 3)], [pod.metadata.name, name, []]);
      count += text === '' ? 0 : 1;
    }
  }
  assert.ok(count >= rules.length, `${count} logs`);
  return count;
}
