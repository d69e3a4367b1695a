/** What Prometheus' and Alertmanager's own tools say of every combination and every variant, each text once. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contributionsOf } from '../../charts/contributions';
import { planOf } from '../../lib/choice';
import type { Plan } from '../../lib/model/plan';
import { alertmanagerConfiguration, type Contribution, prometheusConfiguration } from '../../lib/monitoring';
import { seriesOf } from '../../lib/monitoring/promql';
import { ruleFile, ruleObjects } from '../../lib/monitoring/rules';
import { must, run } from '../kit/command';
import { goProgram } from '../kit/tools';
import { ROOT } from '../manifests/root';
import { combinations, workspace } from '../manifests/sets';
import { VARIANTS } from '../manifests/variants';
import { ENVIRONMENT, VARIED_TIER, varied } from '../manifests/vary';
import type { Checklist } from './checklist';
import { unknownNames } from './names';

interface Watched {
  readonly title: string;
  readonly plan: Plan;
  readonly contributions: readonly Contribution[];
}

function watched(title: string, plan: Plan | undefined): Watched[] {
  return plan?.monitors === undefined ? [] : [{ title, plan, contributions: contributionsOf(plan) }];
}

/** Every Plan that is monitored. What a variant refuses is another suite's to judge. */
export function everywhere(): Watched[] {
  const files = combinations().flatMap((combination) =>
    watched(Object.values(combination).join(' '), planOf(workspace, combination).plan),
  );
  const changed = workspace.systems().flatMap((system) => {
    const { plan } = planOf(workspace, { system, environment: ENVIRONMENT, tier: VARIED_TIER });
    return VARIANTS.flatMap((variant) => watched(`${system}, ${variant.title}`, plan && varied(plan, variant)?.plan));
  });
  return [...files, ...changed];
}

/** What must be among them: without one of these, its texts were never seen. */
const kinds: Readonly<Record<string, (plan: Plan) => boolean>> = {
  'nobody who is told': ({ monitors }) => monitors?.servers !== undefined && monitors.receivers.length === 0,
  'an operator': ({ monitors }) => monitors?.mode === 'operator',
  'the lowest tier': ({ tier }) => tier === 'low',
  'managed stores': ({ stores }) => stores.some(({ external }) => external !== undefined),
  "the platform's Prometheus": ({ monitors }) => monitors?.platform !== undefined,
  'no metrics of kubelets': ({ resourceMetrics }) => resourceMetrics === 'none',
  'a Redis Cluster': ({ stores }) => stores.some((store) => store.kind === 'redis' && store.cluster !== undefined),
  CloudNativePG: ({ stores }) => stores.some(({ engine }) => engine === 'cloudnative-pg'),
  'the RabbitMQ operator': ({ stores }) => stores.some(({ engine }) => engine === 'rabbitmq-cluster-operator'),
  'a pooler': ({ stores }) => stores.some((store) => store.kind === 'postgres' && store.pooler !== undefined),
};

/** Each text once, under the name of its content. */
function place(folder: string, texts: readonly string[]): string[] {
  mkdirSync(folder, { recursive: true });
  const files = new Map(texts.map((text) => [createHash('sha256').update(text).digest('hex').slice(0, 16), text]));
  for (const [name, text] of files) writeFileSync(join(folder, `${name}.yml`), text);
  return [...files.keys()].map((name) => join(folder, `${name}.yml`));
}

/** A text with one fault, which a tool must refuse. */
async function refuses(program: string, args: readonly string[], folder: string, wrong: string): Promise<void> {
  const file = join(folder, 'wrong.yml');
  writeFileSync(file, wrong);
  const { status } = await run(program, [...args, file]);
  assert.notEqual(status, 0, `${program} takes ${wrong.slice(0, 200)}`);
}

/** A tool before every text of its kind, and before one that is wrong. */
async function judge(
  { check }: Checklist,
  folder: string,
  {
    what,
    program,
    args,
    texts,
    fault,
  }: { what: string; program: string; args: string[]; texts: string[]; fault: [string, string] },
): Promise<void> {
  await check(`everywhere: ${program} takes ${what}, and refuses what is wrong`, async () => {
    const tool = goProgram(program).path;
    const files = place(folder, texts);
    await must(tool, [...args, ...files]);
    const [first = ''] = files.map((file) => readFileSync(file, 'utf8')).filter((text) => text.includes(fault[0]));
    assert.notEqual(first, '', `${fault[0]} stands in no text`);
    await refuses(tool, args, folder, first.replace(...fault));
    return files.length;
  });
}

function entries(): Set<string> {
  const folder = join(ROOT, 'docs/runbooks');
  return new Set(
    readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => `${file} ${name}`),
    ),
  );
}

async function judgeTexts(list: Checklist, folder: string, all: readonly Watched[]): Promise<void> {
  const own = all.filter(({ plan }) => plan.monitors?.servers !== undefined);
  await judge(list, join(folder, 'configurations'), {
    what: 'the configuration',
    program: 'promtool',
    args: ['check', 'config', '--syntax-only'],
    texts: own.map(({ plan, contributions }) => prometheusConfiguration(plan, contributions)),
    fault: ['relabel_configs', 'relabel_config'],
  });
  await judge(list, join(folder, 'rules'), {
    what: 'the rules',
    program: 'promtool',
    args: ['check', 'rules', '--lint=all', '--lint-fatal'],
    texts: all.flatMap(({ plan, contributions }) => [...ruleObjects(plan, contributions).values()].map(ruleFile)),
    fault: ['expr: ', 'expr: sum('],
  });
  await judge(list, join(folder, 'receivers'), {
    what: 'the configuration',
    program: 'amtool',
    args: ['check-config'],
    texts: own.map(({ plan, contributions }) => alertmanagerConfiguration(plan, contributions)),
    fault: ['receiver: nobody', 'receiver: nobody-else'],
  });
}

async function judgeNames({ check }: Checklist, all: readonly Watched[]): Promise<void> {
  await check('everywhere: every metric is given by whom it is asked of', () => {
    const unknown = all.flatMap(({ title, plan, contributions }) =>
      unknownNames(plan, contributions).map((problem) => `${title}: ${problem}`),
    );
    assert.deepEqual(unknown, []);
  });
  await check("everywhere: a metric that another's exporter gives is nobody's", () => {
    const [{ plan, contributions } = { plan: undefined, contributions: [] }] = all.filter(({ plan }) =>
      ['db', 'redis'].every((name) => plan.stores.some((store) => store.name === name)),
    );
    assert.ok(plan);
    const query = { legend: '', expr: `${seriesOf(plan, 'db')('redis_up')} + ${seriesOf(plan, 'redis')('redis_up')}` };
    const panel = { title: 'wrong', description: '', unit: 'short', shape: 'stat', queries: [query] } as const;
    const wrong: Contribution = { component: 'redis', part: 'wrong', row: { title: 'wrong', panels: [panel] } };
    assert.deepEqual(unknownNames(plan, [...contributions, wrong]), ['wrong: wrong: db gives no redis_up']);
  });
}

/** @returns what was looked at */
export async function judgeEverywhere(list: Checklist, folder: string): Promise<Watched[]> {
  const all = everywhere();
  const { check } = list;
  await check('everywhere: every engine, tier and way of being monitored is there', () => {
    const missing = Object.entries(kinds).filter(([, is]) => !all.some(({ plan }) => is(plan)));
    assert.deepEqual(
      missing.map(([name]) => name),
      [],
    );
    return all.length;
  });
  await judgeTexts(list, folder, all);
  await judgeNames(list, all);
  await check('everywhere: every alert has its entry in the runbooks', () => {
    const known = entries();
    const linked = all.flatMap(({ contributions }) =>
      contributions.flatMap(({ component, alerts = [] }) => alerts.map(({ name }) => `${component}.md ${name}`)),
    );
    assert.deepEqual(
      [...new Set(linked)].filter((one) => !known.has(one)),
      [],
    );
  });
  return all;
}
