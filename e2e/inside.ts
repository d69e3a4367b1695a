/** The half that runs in the first node's network: brings the cluster up, applies the system, and checks. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkBackup, checkLostNamespace } from './checks/backup';
import { checkDrain } from './checks/drain';
import { checkKills, checkMonitoringKills, checkWorkerKills } from './checks/kill';
import { checkLostDatabase } from './checks/lost-database';
import { checkDashboards, checkMonitoring } from './checks/monitoring';
import { checkPolicies } from './checks/policies';
import { checkNegativeControl, checkRelease } from './checks/rolling';
import { checkScaleDown, checkScaleUp } from './checks/scaling';
import { checkSecrets } from './checks/secrets';
import { checkSession, checkStart } from './checks/start';
import { checkTiers } from './checks/tiers';
import { startCluster } from './cluster/cluster';
import { Enforcer } from './cluster/enforcer';
import { nodeLayouts } from './cluster/layout';
import { serveImages } from './cluster/registry';
import { until } from './cluster/until';
import { createDisks } from './disks';
import { startEdge } from './edge';
import { makeGivenSecrets } from './given';
import { digestsOf, imagesOf } from './images/references';
import { synthesize } from './manifests';
import { startObjectStorage } from './outside/object-storage';
import { Webhooks } from './outside/webhooks';
import { writePage } from './page';
import { expect, keepPromises, kubectl, mustKubectl, type Stage } from './stage';
import { UsageRecorder } from './usage';
import { user as djangoReact } from './users/django-react';
import type { User } from './users/user';

const users: Readonly<Record<string, User>> = { 'django-react': djangoReact };
const DISKS = 24;
const ADDONS = join(__dirname, 'addons');
const begin = Date.now();

function say(line: string): void {
  console.log(`${((Date.now() - begin) / 1000).toFixed(0).padStart(4)} s ${line}`);
}

async function prepare(system: string, nodeCount: number): Promise<Stage> {
  const user = users[system];
  if (user === undefined) throw new Error(`No user of ${system} is written yet: e2e/users/`);
  const manifests = synthesize({ system, tier: 'medium' });
  const images = imagesOf(manifests.objects);
  await serveImages(Object.fromEntries(images.map(({ repository, folder }) => [repository, folder])));
  const nodes = nodeLayouts(nodeCount);
  const api = await startCluster(nodes, digestsOf(images));
  say(`${nodes.length} nodes are Ready`);
  const enforcer = new Enforcer(api, nodes);
  await createDisks(DISKS);
  await mustKubectl(['apply', '-f', ADDONS]);
  await startEdge(manifests);
  await makeGivenSecrets(manifests);
  await startObjectStorage();
  const webhooks = new Webhooks();
  await webhooks.listen();
  for (const name of ['coredns', 'metrics-server']) {
    await mustKubectl(['-n', 'kube-system', 'rollout', 'status', `deployment/${name}`, '--timeout=120s'], 130);
  }
  await mustKubectl(['-n', 'ingress', 'rollout', 'status', 'deployment/ingress', '--timeout=60s'], 70);
  await until('metrics arrive', 60, async () => (await kubectl(['top', 'nodes'])).status === 0);
  say('DNS, metrics and the edge answer');
  const { namespace } = manifests.plan;
  const kept = { incidents: [], promises: [], facts: new Map<string, string>() };
  return { api, nodes, enforcer, system, namespace, manifests, user, webhooks, say, ...kept };
}

type Check = (stage: Stage) => Promise<void>;

/** One act after the other; what stands in one act goes on at the same time, because neither disturbs the other. */
const acts: readonly Readonly<Record<string, Check>>[] = [
  { start: checkStart },
  {
    session: checkSession,
    secrets: checkSecrets,
    monitoring: checkMonitoring,
    policies: checkPolicies,
    backup: checkBackup,
  },
  { release: checkRelease },
  // Five minutes pass until it goes down again: the acts up to then take up that time.
  { 'scale-up': checkScaleUp, dashboards: checkDashboards },
  { drain: checkDrain },
  { kill: checkKills, 'kill-workers': checkWorkerKills, 'kill-monitoring': checkMonitoringKills },
  // Before the database goes, which answers for them.
  { promises: keepPromises },
  { 'lost-database': checkLostDatabase, 'scale-down': checkScaleDown },
  { 'lost-namespace': checkLostNamespace },
  { tiers: checkTiers },
  { control: checkNegativeControl, 'last promises': keepPromises },
];

/** What an act needs besides itself: with `--only` too. */
const always = new Set(['start', 'promises', 'last promises']);

async function perform(stage: Stage, name: string, check: Check): Promise<string[]> {
  stage.say(name);
  try {
    await check(stage);
    expect(stage.enforcer.errors.length === 0, `nft refused rules: ${stage.enforcer.errors[0]}`);
    return [];
  } catch (error) {
    stage.say(`FAILED: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    await explain(stage);
    return [name];
  }
}

async function main([system = '', nodeCount = '', ...flags]: readonly string[]): Promise<void> {
  const stage = await prepare(system, Number(nodeCount));
  const only = flags
    .find((flag) => flag.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const wanted = (name: string): boolean => only === undefined || always.has(name) || only.includes(name);
  const usage = new UsageRecorder(stage);
  const failures: string[] = [];
  let count = 0;
  for (const act of acts) {
    const chosen = Object.entries(act).filter(([name]) => wanted(name));
    count += chosen.length;
    failures.push(...(await Promise.all(chosen.map(([name, check]) => perform(stage, name, check)))).flat());
    if (failures.includes('start')) break; // nothing else would mean anything
  }
  usage.stop();
  if (failures.length > 0) stage.facts.set('**Not passed**', failures.join(', '));
  const left = acts.flatMap((act) => Object.keys(act)).filter((name) => !wanted(name));
  if (left.length > 0) stage.facts.set('Not part of this run', left.join(', '));
  if (only === undefined || flags.includes('--page')) writePage(stage, usage.uses);
  say(failures.length === 0 ? 'all passed' : `FAILED: ${failures.join(', ')}`);
  console.log(`tests: ${count - failures.length} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (flags.includes('--keep')) {
    say('kept: end with Ctrl-C');
    await new Promise(() => setInterval(() => undefined, 1000));
  }
}

/** What a person would look at first. */
async function explain({ namespace }: Stage): Promise<void> {
  console.log((await kubectl(['get', 'pods', '-A', '-o', 'wide'])).stdout);
  const events = await kubectl(['get', 'events', '-n', namespace, '--sort-by=.lastTimestamp']);
  console.log(
    events.stdout
      .split('\n')
      .filter((line) => !line.includes(' Normal '))
      .slice(-20)
      .join('\n'),
  );
}

// Whoever started us holds the other end: when that is killed, nobody else would clean up.
process.stdin.resume().on('end', () => {
  const down = ['--import', 'tsx', join(__dirname, 'run.ts'), '--down'];
  spawn(process.execPath, down, { detached: true, stdio: 'ignore' }).unref();
  process.exit(1);
});

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
