/**
 * `make e2e`: a system on real nodes. This half prepares the machine, starts the other one (`inside.ts`) in the first
 * node's network, and cleans up whatever happens.
 *
 *     node --import tsx e2e/run.ts [SYSTEM] [--only=CHECK,…] [--page] [--keep] [--down] [--where-possible]
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { acts, countLine, namesOf, type Outcome } from './acts';
import { folders, type NodeLayout, nodeLayouts } from './cluster/layout';
import { rememberMachine, whatIsMissing } from './cluster/machine';
import { createNetwork } from './cluster/network';
import { removeUnnamedNodes, tearDown } from './cluster/teardown';
import { cleanUpTrial, whatIsRefused } from './cluster/trial';
import { ensureImage } from './images/build';
import { removeOldImages } from './images/old';
import { type Image, imagesOf } from './images/references';
import { Interruption } from './interruption';
import { holdMachine } from './lock';
import { synthesize } from './manifests';
import { nodesFor } from './nodes';
import { type Options, optionsOf } from './options';
import { forgetOutcomes, readOutcomes } from './outcomes';
import { ensureAuthority } from './outside/authority';
import { ensurePackages, ensurePrograms, whatIsNotDebian } from './tools';
import { userOf } from './users';

const INSIDE = join(__dirname, 'inside.ts');
/** What issue and page promise, of a run whose images are there. */
const BUDGET_SECONDS = 600;

function say(line: string): void {
  console.log(line);
}

function since(moment: number): string {
  return ((Date.now() - moment) / 1000).toFixed(0);
}

/** Runs the inner half to its end; a signal to us ends it. */
function runInside(netns: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const command = [`--net=/run/netns/${netns}`, process.execPath, '--import', 'tsx', INSIDE, ...args];
  const child = spawn('nsenter', command, { stdio: ['pipe', 'inherit', 'inherit'], signal });
  child.on('error', () => undefined); // what it means is in the status
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)));
}

/**
 * What a machine lacks is said before anything is built for it. Only this says that there can be no cluster: whatever fails
 * afterwards, on a machine that holds one, is a fault.
 */
async function obstacle(interruption: Interruption): Promise<string | undefined> {
  const missing = whatIsMissing() ?? (await whatIsNotDebian());
  interruption.check(); // a command that was ended has found nothing missing
  if (missing !== undefined) return missing;
  await ensurePackages(say);
  const refused = await whatIsRefused();
  interruption.check(); // a command that was ended has refused nothing
  return refused;
}

/** Where there can be no cluster, the system is neither right nor wrong. */
function withoutCluster(why: string, { wherePossible }: Options): number {
  say(`e2e: this machine cannot hold a cluster: ${why}`);
  say(countLine([]));
  return wherePossible ? 0 : 1;
}

/** The programs of the nodes, and the images under the names that the manifests ask for. */
async function build(images: readonly Image[]): Promise<void> {
  await ensurePrograms(say);
  await ensureAuthority();
  for (const { recipe } of images) if (await ensureImage(recipe)) say(`packed image ${recipe.name}`);
  for (const name of removeOldImages()) say(`removed ${name}, which nothing has used for a while`);
}

/** @throws Error when the inner half did not come to its end: then nobody knows what it found */
async function use(nodes: readonly NodeLayout[], args: readonly string[], signal: AbortSignal): Promise<Outcome[]> {
  await tearDown();
  removeUnnamedNodes(nodes);
  rmSync(folders.logs, { recursive: true, force: true });
  rememberMachine();
  await createNetwork(nodes);
  forgetOutcomes();
  const status = await runInside(nodes[0]?.netns ?? '', [String(nodes.length), ...args], signal);
  if (status !== 0) throw new Error(`the cluster or its checks broke off: inside.ts ended with ${status}`);
  return readOutcomes();
}

async function removeAll(begin: number): Promise<void> {
  const start = Date.now();
  await tearDown();
  const budget = `the budget on two cores is ${BUDGET_SECONDS}`;
  say(`e2e: everything is stopped and removed (${since(start)} s); ${since(begin)} s in all; ${budget}`);
}

/** Says what came of the run, and hands over its status. */
async function counted(options: Options, args: readonly string[], interruption: Interruption): Promise<number> {
  const begin = Date.now();
  const outcomes: Outcome[] = [];
  try {
    // What the repository itself lacks shows everywhere, and before anything is built.
    userOf(options.system);
    rmSync(folders.manifests, { recursive: true, force: true });
    const manifests = synthesize({ system: options.system, tier: 'medium' });
    const images = imagesOf(manifests.objects);
    const missing = await interruption.during(() => obstacle(interruption), cleanUpTrial);
    if (missing !== undefined) return withoutCluster(missing, options);
    const work = async (): Promise<void> => {
      await build(images);
      outcomes.push(...(await use(nodeLayouts(nodesFor(manifests.plan)), args, interruption.signal)));
    };
    await interruption.during(work, () => removeAll(begin));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`e2e: FAILED: ${why}`);
    outcomes.push({ name: 'the run itself', seconds: 0, result: 'failed', why });
  }
  say(countLine(outcomes));
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  const interruption = new Interruption();
  const options = optionsOf(args, namesOf(acts));
  holdMachine();
  if (options.down) return interruption.during(async () => 0, tearDown);
  return counted(options, args, interruption);
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
