/** The half that runs in the first node's network: brings the cluster up, applies the system, and checks. */
import { join } from 'node:path';
import { checkDrain } from './checks/drain';
import { checkKills } from './checks/kill';
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
import { digestsOf, imagesOf } from './images/references';
import { synthesize } from './manifests';
import { writePage } from './page';
import { expect, kubectl, mustKubectl, type Stage } from './stage';
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
  for (const name of ['coredns', 'metrics-server']) {
    await mustKubectl(['-n', 'kube-system', 'rollout', 'status', `deployment/${name}`, '--timeout=120s'], 130);
  }
  await mustKubectl(['-n', 'ingress', 'rollout', 'status', 'deployment/ingress', '--timeout=60s'], 70);
  await until('metrics arrive', 60, async () => (await kubectl(['top', 'nodes'])).status === 0);
  say('DNS, metrics and the edge answer');
  const { namespace } = manifests.plan;
  return { api, nodes, enforcer, system, namespace, manifests, user, incidents: [], facts: new Map(), say };
}

const checks: readonly (readonly [string, (stage: Stage) => Promise<void>])[] = [
  ['start', checkStart],
  ['session', checkSession],
  ['secrets', checkSecrets],
  ['policies', checkPolicies],
  ['release', checkRelease],
  ['control', checkNegativeControl],
  ['drain', checkDrain],
  // Before the kills, which take up the five minutes until it goes down again.
  ['scale-up', checkScaleUp],
  ['kill', checkKills],
  ['scale-down', checkScaleDown],
  ['tiers', checkTiers],
];

async function main([system = '', nodeCount = '', ...flags]: readonly string[]): Promise<void> {
  const stage = await prepare(system, Number(nodeCount));
  const only = flags
    .find((flag) => flag.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const usage = new UsageRecorder(stage);
  const failures: string[] = [];
  for (const [name, check] of checks.filter(([title]) => title === 'start' || !only || only.includes(title))) {
    say(name);
    try {
      await check(stage);
      expect(stage.enforcer.errors.length === 0, `nft refused rules: ${stage.enforcer.errors[0]}`);
    } catch (error) {
      failures.push(name);
      say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
      await explain(stage);
      if (name === 'start') break; // nothing else would mean anything
    }
  }
  usage.stop();
  if (failures.length > 0) stage.facts.set('**Not passed**', failures.join(', '));
  const left = checks.map(([name]) => name).filter((name) => name !== 'start' && only && !only.includes(name));
  if (left.length > 0) stage.facts.set('Not part of this run', left.join(', '));
  if (!only || flags.includes('--page')) writePage(stage, usage.uses);
  say(failures.length === 0 ? 'all passed' : `FAILED: ${failures.join(', ')}`);
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

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
