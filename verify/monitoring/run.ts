/**
 * Monitoring as it goes into the manifests, before Prometheus' and Alertmanager's own tools.
 * `node --import tsx verify/monitoring/run.ts`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { must, run } from '../kit/command';
import { ensureGoProgram } from '../kit/go';
import { scratchFolder } from '../kit/scratch';
import { GO_PROGRAMS, goProgram } from '../kit/tools';
import { checklist } from './checklist';
import { judgeEverywhere } from './everywhere';
import { unknownNames } from './names';
import { proofs } from './proofs';
import { receiversOf, routes } from './routes';
import { filesOf, subjects as names, type Subject, subjectOf } from './subjects';
import { unitTests } from './unit-tests';

const promtool = goProgram('promtool').path;
const amtool = goProgram('amtool').path;
const list = checklist();
const { check, failures } = list;

/** Each group of a file of rules in one of its own. */
function placeGroups(text: string, folder: string): void {
  const { groups } = parse(text) as { groups: readonly { readonly name: string }[] };
  for (const group of groups)
    writeFileSync(join(folder, `${group.name}.yml`), stringify({ groups: [group] }, { lineWidth: 0 }));
}

/** Writes the files of the ConfigMaps as they would be mounted. */
function place(subject: Subject, folder: string): { readonly rules: readonly string[] } {
  for (const name of ['rules', 'groups', 'tests']) mkdirSync(join(folder, name), { recursive: true });
  const rules = filesOf(subject, 'prometheus-rules-');
  for (const [name, text] of Object.entries(rules)) {
    writeFileSync(join(folder, 'rules', name), text);
    placeGroups(text, join(folder, 'groups'));
  }
  const mounted = { ...filesOf(subject, 'prometheus-config'), ...filesOf(subject, 'alertmanager-config') };
  for (const [name, text] of Object.entries(mounted)) {
    writeFileSync(join(folder, name), text.replaceAll('/etc/prometheus/rules', join(folder, 'rules')));
  }
  return { rules: Object.keys(rules).map((name) => join(folder, 'rules', name)) };
}

async function judge(subject: Subject, folder: string): Promise<void> {
  const { name, plan, contributions } = subject;
  const { rules } = place(subject, folder);
  await check(`${name}: promtool takes the configuration`, async () => {
    await must(promtool, ['check', 'config', '--syntax-only', join(folder, 'prometheus.yml')]);
  });
  await check(`${name}: promtool takes ${rules.length} files of rules`, async () => {
    await must(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...rules]);
  });
  await check(`${name}: every expression parses, and every metric in it is given by its exporter`, () => {
    assert.deepEqual(unknownNames(plan, contributions), []);
  });
  for (const [parts, text] of unitTests(subject, (part) => join(folder, 'groups', `${part}.yml`))) {
    await check(`${name}: alerts of ${parts} fire, and stay silent in a near miss`, async () => {
      const file = join(folder, 'tests', `${parts}.yml`);
      writeFileSync(file, text);
      const outcome = await run(promtool, ['test', 'rules', file], { timeoutSeconds: 240 });
      assert.equal(outcome.status, 0, outcome.stdout.slice(-3000) + outcome.stderr.slice(-2000));
    });
  }
  await check(`${name}: amtool takes the configuration`, async () => {
    await must(amtool, ['check-config', join(folder, 'alertmanager.yml')]);
  });
  await check(`${name}: no credential stands in any ConfigMap`, () => {
    const secrets = plan.monitors?.receivers.flatMap(({ secret }) => secret?.key ?? []) ?? [];
    const texts = Object.values(filesOf(subject, 'alertmanager-config')).join('\n');
    assert.ok(secrets.length > 0);
    assert.doesNotMatch(texts, /^\s*(api_url|url|routing_key|auth_password|password|token):/m);
  });
}

async function judgeRoutes(folder: string): Promise<void> {
  for (const [labels, receivers] of routes) {
    const wanted = receivers.join(',') || 'chat';
    await check(`amtool: ${labels} reaches ${wanted}`, async () => {
      assert.equal(await receiversOf(join(folder, 'alertmanager.yml'), labels), wanted);
    });
  }
}

/** One letter is wrong in each: a schema that lets them through judges nothing. */
const faults: readonly (readonly [from: string, to: string])[] = [
  ['"gridPos"', '"gritPos"'],
  ['"thresholds"', '"tresholds"'],
  ['"w": 6', '"w": "6"'],
];

async function judgeDashboards(subjects: readonly Subject[], folder: string): Promise<void> {
  const program = goProgram('dashboard-schema').path;
  const place = join(folder, 'dashboards');
  mkdirSync(place);
  const files = subjects.flatMap((subject) => Object.entries(filesOf(subject, 'grafana-dashboards')));
  for (const [name, text] of files) writeFileSync(join(place, name), text);
  await check(`Grafana's schema takes ${files.length} dashboards`, async () => {
    await must(
      program,
      files.map(([name]) => join(place, name)),
    );
  });
  for (const [from, to] of faults) {
    await check(`Grafana's schema refuses ${to}`, async () => {
      const wrong = files.find(([, text]) => text.includes(from))?.[1].replaceAll(from, to) ?? '';
      writeFileSync(join(place, 'wrong.json'), wrong);
      const { status, stdout } = await run(program, [join(place, 'wrong.json')]);
      assert.equal(status, 1, stdout);
      assert.match(stdout, /unexpected field|cannot unmarshal/);
    });
  }
}

/** A run of its own: what it starts ends with it. Its lines are checks like the others. */
async function judgeAlone(folder: string): Promise<void> {
  const args = ['--import', 'tsx', join(__dirname, folder, 'run.ts')];
  const { status, stdout, stderr } = await run(process.execPath, args, { timeoutSeconds: 600, endsWithThisRun: true });
  process.stdout.write(stdout);
  if (status === 0) return;
  failures.push(folder);
  console.log(`FAIL ${folder}: ended with ${status}: ${stderr.slice(-2000)}`);
}

async function main(): Promise<void> {
  const own = ['prometheus', 'alertmanager', 'dashboard-schema'];
  for (const program of GO_PROGRAMS.filter(({ project }) => own.includes(project))) await ensureGoProgram(program);
  const folder = scratchFolder('monitoring');
  const subjects = names.map(subjectOf);
  for (const subject of subjects) await judge(subject, join(folder, subject.name));
  const everywhere = await judgeEverywhere(list, join(folder, 'everywhere'));
  await check('every alert has a proof, and no proof is without its alert', () => {
    const alerts = [...subjects, ...everywhere].flatMap(({ contributions }) =>
      contributions.flatMap((one) => (one.alerts ?? []).map(({ name }) => name)),
    );
    assert.deepEqual(Object.keys(proofs).sort(), [...new Set(alerts)].sort());
    const judged = new Set(subjects.map(({ name }) => name));
    for (const { of = 'lms' } of Object.values(proofs).flat()) assert.ok(judged.has(of), `A proof is of ${of}`);
  });
  await judgeRoutes(join(folder, 'lms'));
  await judgeDashboards(subjects, folder);
  await judgeAlone('operator');
  await judgeAlone('live');
  if (failures.length) process.exitCode = 1;
}

void main();
