/** The half that runs in the first node's network: brings the cluster up, applies the system, and checks. */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { endCommands } from '../verify/kit/command';
import { acts, always, type Check, namesOf, type Outcome, perform } from './acts';
import { startCluster } from './cluster/cluster';
import { Enforcer } from './cluster/enforcer';
import { nodeLayouts } from './cluster/layout';
import { serveImages } from './cluster/registry';
import { createDisks } from './disks';
import { startEdge } from './edge';
import { explain } from './explain';
import { makeGivenSecrets } from './given';
import { digestsOf, imagesOf, otherVersions, versionsOf } from './images/references';
import { synthesize } from './manifests';
import { type Options, optionsOf } from './options';
import { writeOutcomes } from './outcomes';
import { startObjectStorage } from './outside/object-storage';
import { Webhooks } from './outside/webhooks';
import { writePage } from './page';
import { DoesNotApply, expect, mustKubectl, type Stage } from './stage';
import { UsageRecorder } from './usage';
import { userOf } from './users';

const DISKS = 24;
const ADDONS = join(__dirname, 'addons');
const begin = Date.now();
/** Whether everything is judged and written down. */
let finished = false;

function say(line: string): void {
  console.log(`${((Date.now() - begin) / 1000).toFixed(0).padStart(4)} s ${line}`);
}

async function prepare(system: string, nodeCount: number): Promise<Stage> {
  const user = userOf(system);
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
  await mustKubectl(['-n', 'ingress', 'rollout', 'status', 'deployment/ingress', '--timeout=120s'], 130);
  say('DNS and the edge answer');
  const { namespace } = manifests.plan;
  const others = otherVersions(versionsOf(images)).join(', ') || 'none';
  const facts = new Map([['Programs of another version than the Plan names', others]]);
  const kept = { incidents: [], promises: [], facts };
  return { api, nodes, enforcer, system, namespace, manifests, user, webhooks, say, ...kept };
}

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
    await explain(name);
  }
  return { name, seconds, ...found };
}

/** Whether a check is part of this run: `start`, and what was acknowledged, are part of every one. */
function selection({ only }: Options): (name: string) => boolean {
  return (name) => only === undefined || always.has(name) || only.includes(name);
}

function sayOutcomes(outcomes: readonly Outcome[]): string[] {
  const failures = outcomes.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const times = outcomes.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
  say(`took ${times.join(', ')}`);
  say(failures.length === 0 ? 'nothing failed' : `FAILED: ${failures.join(', ')}`);
  return failures;
}

async function main([nodeCount = '', ...args]: readonly string[]): Promise<void> {
  const options = optionsOf(args, namesOf(acts));
  const wanted = selection(options);
  const stage = await prepare(options.system, Number(nodeCount)).catch(async (error: unknown) => {
    await explain('cluster');
    throw error;
  });
  const usage = new UsageRecorder(stage);
  const outcomes = await perform(acts, async (name, check) => (wanted(name) ? [await judged(stage, name, check)] : []));
  usage.stop();
  const left = namesOf(acts).filter((name) => !wanted(name));
  const isWhole = left.length === 0 || options.page;
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
  writeOutcomes(outcomes);
  finished = true;
  if (options.keep) {
    say('kept: end with Ctrl-C');
    await new Promise(() => setInterval(() => undefined, 1000));
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    endCommands();
    process.exit(finished ? 0 : 1);
  });
}

// There is no way out from here, and a proxy that was right for the building would be asked for the nodes.
for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];

// Whoever started us holds the other end: when that is killed, nobody else would clean up.
process.stdin.resume().on('end', () => {
  const down = ['--import', 'tsx', join(__dirname, 'run.ts'), '--down'];
  spawn(process.execPath, down, { detached: true, stdio: 'ignore' }).unref();
  endCommands();
  process.exit(1);
});

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
