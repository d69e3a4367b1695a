/**
 * Mode `operator` before the real Prometheus Operator: what it makes of our objects is what our own servers are given.
 * `node --import tsx verify/monitoring/operator/run.ts [SYSTEM]`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { contributionsOf } from '../../../charts/contributions';
import type { Plan } from '../../../lib/model/plan';
import { inhibitions } from '../../../lib/monitoring/alertmanager-configuration';
import { type Rule, type RuleGroup, ruleObjects } from '../../../lib/monitoring/rules';
import { must } from '../../kit/command';
import { ensureGoProgram } from '../../kit/go';
import { GO_PROGRAMS, goProgram } from '../../kit/tools';
import { checklist } from '../checklist';
import { receiversOf, routes } from '../routes';
import { planOf } from '../subjects';
import { generated, operatedCluster, settled } from './cluster';
import { sameTargets } from './targets';

const { check, failures, seconds } = checklist('operator');

/** A Redis outside the cluster, so that an exporter has a pod of its own, which a ServiceMonitor finds. */
function operatedPlan(system: string): Plan {
  const endpoint = { host: 'redis.example.com', cidrs: ['203.0.113.0/24'], tls: true };
  const first = planOf(system, { mode: 'operator' });
  const redis = first.stores.find(({ kind }) => kind === 'redis');
  if (redis === undefined) return first;
  const stores = { [redis.name]: { engine: 'external', endpoint } };
  return planOf(system, { mode: 'operator', environment: { systems: { [system]: { stores } } } });
}

/** No labels and none that are said are the same. */
function written({ labels, ...rule }: Rule): object {
  return { ...rule, ...(Object.keys(labels ?? {}).length > 0 ? { labels } : {}) };
}

async function rulesAreOurs(plan: Plan, files: Readonly<Record<string, string>>, folder: string): Promise<number> {
  mkdirSync(join(folder, 'rules'));
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, 'rules', name);
    writeFileSync(path, text);
    return path;
  });
  await must(goProgram('promtool').path, ['check', 'rules', ...paths]);
  const theirs = Object.values(files).flatMap((text) => (parse(text) as { groups: RuleGroup[] }).groups);
  const ours = [...ruleObjects(plan, contributionsOf(plan)).values()].flat();
  const byName = (groups: readonly RuleGroup[]): object =>
    Object.fromEntries(groups.map(({ name, rules }) => [name, rules.map(written)]));
  assert.deepEqual(byName(theirs), byName(ours));
  return ours.flatMap(({ rules }) => rules).length;
}

/** In the name of its namespace, and for its alerts alone. */
async function receiversAreOurs(plan: Plan, text: string, folder: string): Promise<number> {
  const path = join(folder, 'alertmanager.yml');
  writeFileSync(path, text);
  await must(goProgram('amtool').path, ['check-config', path]);
  for (const [labels, receivers] of routes) {
    const own = receivers.map((name) => `${plan.namespace}/alerts/${name}`);
    const wanted = own.length > 0 ? own : [`${plan.namespace}/alerts/nobody`];
    const found = (await receiversOf(path, `namespace=${plan.namespace} ${labels}`)).split(',');
    assert.deepEqual([labels, found.sort()], [labels, wanted.sort()]);
    assert.equal(await receiversOf(path, `namespace=somebody-elses ${labels}`), 'null');
  }
  const { inhibit_rules: rules = [] } = parse(text) as { inhibit_rules?: { source_matchers?: string[] }[] };
  assert.equal(rules.length, inhibitions(contributionsOf(plan)).length);
  for (const { source_matchers: source = [] } of rules) assert.ok(source.includes(`namespace="${plan.namespace}"`));
  return routes.length;
}

async function main(): Promise<void> {
  const [system = 'lms'] = process.argv.slice(2);
  const wanted = ['prometheus', 'alertmanager', 'prometheus-operator', 'etcd', 'kubernetes-1.36', 'kwok'];
  for (const program of GO_PROGRAMS.filter(({ project }) => wanted.includes(project))) await ensureGoProgram(program);
  const plan = operatedPlan(system);
  const cluster = await operatedCluster(plan);
  const found = await settled(async () => {
    const all = await generated(cluster);
    return all.prometheus !== '' && all.alertmanager !== '' && Object.keys(all.rules).length > 0 ? all : undefined;
  }, 180);
  await check('its Prometheus has the rules that ours has', () => rulesAreOurs(plan, found.rules, cluster.folder));
  await check('its Prometheus finds the targets that ours finds, with the same labels', () =>
    sameTargets(plan, cluster, found.prometheus),
  );
  await check("its Alertmanager tells whom ours tells, and nobody of other people's alerts", () =>
    receiversAreOurs(plan, found.alertmanager, cluster.folder),
  );
  console.log(`operator: ${seconds()} s`);
  await cluster.stop();
  process.exit(failures.length > 0 ? 1 : 0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
