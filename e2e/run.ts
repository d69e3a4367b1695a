/**
 * `make e2e`: a system on real nodes. This half prepares the machine, starts the other one (`inside.ts`) in the first
 * node's network, and cleans up whatever happens.
 *
 *     node --import tsx e2e/run.ts [SYSTEM] [--only=CHECK,…] [--page] [--keep] [--down] [--where-possible]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeLayouts } from './cluster/layout';
import { NO_CLUSTER, rememberMachine, whatIsMissing } from './cluster/machine';
import { createNetwork } from './cluster/network';
import { tearDown } from './cluster/teardown';
import { whatIsRefused } from './cluster/trial';
import { ensureImage } from './images/build';
import { imagesOf } from './images/references';
import { synthesize } from './manifests';
import { nodesFor } from './nodes';
import { ensureAuthority } from './outside/authority';
import { ensurePackages, ensurePrograms } from './tools';

const INSIDE = join(__dirname, 'inside.ts');

function say(line: string): void {
  console.log(line);
}

/** Runs the inner half to its end; a signal to us ends it. */
function runInside(netns: string, args: readonly string[]): Promise<number> {
  const command = [`--net=/run/netns/${netns}`, process.execPath, '--import', 'tsx', INSIDE, ...args];
  const child = spawn('nsenter', command, { stdio: ['pipe', 'inherit', 'inherit'] });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)));
}

/** What a machine lacks is said before anything is built for it. */
async function obstacle(): Promise<string | undefined> {
  const missing = whatIsMissing();
  if (missing !== undefined) return missing;
  await ensurePackages(say);
  return whatIsRefused();
}

/** Where there can be no cluster, the system is neither right nor wrong. */
function withoutCluster(why: string, args: readonly string[]): number {
  say(`e2e: this machine cannot hold a cluster: ${why}`);
  say('tests: 0 passed, 0 failed');
  return args.includes('--where-possible') ? 0 : 1;
}

/** The programs of the nodes, and the images under the names that the manifests ask for. Returns what cannot be had. */
async function build(manifests: ReturnType<typeof synthesize>): Promise<string | undefined> {
  try {
    await ensurePrograms(say);
    await ensureAuthority();
    for (const { recipe } of imagesOf(manifests.objects))
      if (await ensureImage(recipe)) say(`packed image ${recipe.name}`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--down')) {
    await tearDown();
    return 0;
  }
  const found = await obstacle();
  if (found !== undefined) return withoutCluster(found, args);
  const system = args.find((word) => !word.startsWith('-')) ?? 'django-react';
  const begin = Date.now();
  const manifests = synthesize({ system, tier: 'medium' });
  const nodes = nodeLayouts(nodesFor(manifests.plan));
  const unbuilt = await build(manifests);
  if (unbuilt !== undefined) return withoutCluster(unbuilt, args);
  await tearDown();
  rememberMachine();
  try {
    await createNetwork(nodes);
    const flags = args.filter((word) => word.startsWith('-'));
    const status = await runInside(nodes[0]?.netns ?? '', [system, String(nodes.length), ...flags]);
    return status === NO_CLUSTER ? withoutCluster('its nodes, their DNS or the edge did not come up', args) : status;
  } finally {
    const start = Date.now();
    await tearDown();
    const since = (moment: number): string => ((Date.now() - moment) / 1000).toFixed(0);
    say(`e2e: everything is stopped and removed (${since(start)} s); ${since(begin)} s in all`);
  }
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
