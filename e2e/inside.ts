/** The half that runs in the first node's network: brings the cluster up, applies the system, and checks. */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { acts, type Check, countLine, namesOf, type Outcome, perform } from './acts';
import { startCluster } from './cluster/cluster';
import { Enforcer } from './cluster/enforcer';
import { nodeLayouts } from './cluster/layout';
import { NO_CLUSTER } from './cluster/machine';
import { serveImages } from './cluster/registry';
import { createDisks } from './disks';
import { startEdge } from './edge';
import { makeGivenSecrets } from './given';
import { digestsOf, imagesOf, otherVersions, versionsOf } from './images/references';
import { synthesize } from './manifests';
import { startObjectStorage } from './outside/object-storage';
import { Webhooks } from './outside/webhooks';
import { writePage } from './page';
import { DoesNotApply, expect, kubectl, mustKubectl, type Stage } from './stage';
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

async function prepare(system: string, user: User, nodeCount: number): Promise<Stage> {
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
  await mustKubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=120s'], 130);
  await mustKubectl(['-n', 'ingress', 'rollout', 'status', 'deployment/ingress', '--timeout=60s'], 70);
  say('DNS and the edge answer');
  const { namespace } = manifests.plan;
  const others = otherVersions(versionsOf(images)).join(', ') || 'none';
  const facts = new Map([['Programs of another version than the Plan names', others]]);
  const kept = { incidents: [], promises: [], facts };
  return { api, nodes, enforcer, system, namespace, manifests, user, webhooks, say, ...kept };
}

/** What a run needs besides what it was asked for. */
const always = new Set(['start', 'promises']);

/** What comes of one check; the rules of the nodes must have been in force meanwhile. */
async function resultOf(stage: Stage, check: Check): Promise<Pick<Outcome, 'result' | 'why'>> {
  try {
    await check(stage);
    expect(stage.enforcer.errors.length === 0, `nft refused rules: ${stage.enforcer.errors[0]}`);
    return { result: 'passed' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { result: error instanceof DoesNotApply ? 'does not apply' : 'failed', why };
  }
}

async function judged(stage: Stage, name: string, check: Check): Promise<Outcome> {
  stage.say(name);
  const start = Date.now();
  const found = await resultOf(stage, check);
  const seconds = (Date.now() - start) / 1000;
  if (found.result === 'does not apply') stage.say(`  ${name} does not apply: ${found.why}`);
  if (found.result === 'failed') {
    stage.say(`FAILED: ${name}: ${found.why}`);
    await explain(stage);
  }
  return { name, seconds, ...found };
}

function optionOf(flags: readonly string[]): (name: string) => boolean {
  const only = flags.find((flag) => flag.startsWith('--only='));
  if (only === undefined) return () => true;
  const names = only.slice('--only='.length).split(',');
  const unknown = names.filter((name) => !namesOf(acts).includes(name));
  if (unknown.length > 0) throw new Error(`No check ${unknown.join(', ')}; there are ${namesOf(acts).join(', ')}`);
  return (name) => always.has(name) || names.includes(name);
}

function sayOutcomes(outcomes: readonly Outcome[]): string[] {
  const failures = outcomes.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const times = outcomes.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
  say(`took ${times.join(', ')}`);
  say(failures.length === 0 ? 'nothing failed' : `FAILED: ${failures.join(', ')}`);
  console.log(countLine(outcomes));
  return failures;
}

async function main([system = '', nodeCount = '', ...flags]: readonly string[]): Promise<void> {
  const wanted = optionOf(flags);
  const user = users[system];
  if (user === undefined) throw new Error(`No user of ${system} is written yet: e2e/users/`);
  const stage = await prepare(system, user, Number(nodeCount)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(NO_CLUSTER);
  });
  const usage = new UsageRecorder(stage);
  const outcomes = await perform(acts, async (name, check) => (wanted(name) ? [await judged(stage, name, check)] : []));
  usage.stop();
  const left = namesOf(acts).filter((name) => !wanted(name));
  const isWhole = left.length === 0 || flags.includes('--page');
  // Beside the page's table: a part of a run has too few samples.
  if (isWhole) outcomes.push(await judged(stage, 'usage', async () => usage.check()));
  const failures = sayOutcomes(outcomes);
  if (failures.length > 0) stage.facts.set('**Not passed**', failures.join(', '));
  const idle = outcomes.filter(({ result }) => result === 'does not apply');
  const reasons = idle.map(({ name, why }) => `${name}: ${why}`).join('; ');
  if (idle.length > 0) stage.facts.set('Does not apply to this system', reasons);
  if (left.length > 0) stage.facts.set('Not part of this run', left.join(', '));
  const minutes = ((Date.now() - begin) / 60_000).toFixed(1);
  const load = loadavg()[2]?.toFixed(0);
  stage.facts.set(
    'This run',
    `${outcomes.length - idle.length} checks in ${minutes} min; average load of the machine ${load}`,
  );
  if (isWhole) writePage(stage, usage.uses);
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

// There is no way out from here, and a proxy that was right for the building would be asked for the nodes.
for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];

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
