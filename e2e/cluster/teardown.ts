/** Ends whatever a run of this test started, by recorded pid, and removes what it left. Image stores stay. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../verify/kit/command';
import { removeCgroup } from './cgroups';
import { folders, type NodeLayout, nodeLayout, STATE } from './layout';
import { restoreMachine } from './machine';
import { removeNetwork } from './network';
import { ctr, nodeFolders } from './node';
import { isRunning, signal, started, stop } from './processes';
import { cleanUpTrial } from './trial';

const NETWORK_ANSWERS = '/var/lib/cni/results';

async function words(node: NodeLayout, args: readonly string[]): Promise<string[]> {
  const { status, stdout } = await ctr(node, args);
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}

/** Every container, sandbox and writable layer of a node. */
async function emptyRuntime(node: NodeLayout): Promise<void> {
  if (!isRunning(`containerd-${node.index}`)) return;
  const every = async (what: string, names: readonly string[], ...remove: string[]): Promise<void> => {
    if (names.length > 0) await ctr(node, [what, ...remove, ...names]);
  };
  await every('tasks', await words(node, ['tasks', 'list', '--quiet']), 'delete', '--force');
  await every('containers', await words(node, ['containers', 'list', '--quiet']), 'delete');
  const snapshots = (await words(node, ['snapshots', 'list'])).map((line) => line.split(/\s+/));
  const active = snapshots.flatMap(([key, , kind]) => (kind === 'Active' && key) || []);
  // Those of containers went with them. One by one: it gives up at the first that it cannot remove.
  for (const name of active) await ctr(node, ['snapshots', 'remove', name]);
}

/** Shims live on without their containerd; ours are told by our socket. */
function shims(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0]?.includes('containerd-shim-runc-v2') && words.some((word) => word.startsWith(folders.run));
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function endShims(): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of shims()) signal(pid, name);
    for (let tries = 0; tries < 20 && shims().length > 0; tries++) await sleep(100);
  }
}

async function unmountAll(): Promise<void> {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(`${STATE}/`));
  for (const path of mounts.sort().reverse()) await run('umount', ['--lazy', path]);
}

function nodes(): NodeLayout[] {
  return nodeFolders().map((name) => nodeLayout(Number(name)));
}

function named(...prefixes: readonly string[]): string[] {
  return started().filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

async function stopNamed(...prefixes: readonly string[]): Promise<void> {
  await stop(named(...prefixes));
}

async function removeCgroups(): Promise<void> {
  for (const { cgroup } of nodes()) await removeCgroup(cgroup);
}

function removeFolders(): void {
  const ofNodes = nodes().flatMap(({ folder }) =>
    ['kubelet', 'pod-logs', 'volume-plugins', 'kubelet-pki'].map((part) => join(folder, part)),
  );
  const ofCluster = [folders.etcd, folders.run, folders.disks, folders.pki, folders.configuration];
  for (const folder of [...ofNodes, ...ofCluster]) rmSync(folder, { recursive: true, force: true });
}

/** The plugin of the loopback keeps its answers where it likes, and forgets no pod whose end it was not told. */
function removeNetworkAnswers(): void {
  if (!existsSync(NETWORK_ANSWERS)) return;
  for (const name of readdirSync(NETWORK_ANSWERS)) {
    const path = join(NETWORK_ANSWERS, name);
    if (readFileSync(path, 'utf8').includes(`"${folders.run}/`)) rmSync(path);
  }
}

/** In this order; one that fails keeps none of the others from being made. */
const steps: readonly (() => void | Promise<void>)[] = [
  cleanUpTrial,
  () => stopNamed('kubelet-', 'proxy-', 'controller-manager', 'scheduler'),
  async () => void (await Promise.all(nodes().map(emptyRuntime))),
  () => stopNamed('containerd-'),
  endShims,
  // The first waits for whoever still watches it, and the second for the first; what they keep is removed anyway.
  () => stop(named('apiserver', 'etcd'), 0),
  () => stopNamed(''),
  unmountAll,
  removeNetwork,
  removeCgroups,
  removeNetworkAnswers,
  removeFolders,
  restoreMachine,
];

/** Image stores of nodes that a larger system had. */
export function removeUnnamedNodes(named: readonly NodeLayout[]): void {
  for (const { index, folder } of nodes())
    if (!named.some((node) => node.index === index)) rmSync(folder, { recursive: true, force: true });
}

/** Safe at any time, also when nothing runs. @throws Error with everything that could not be undone */
export async function tearDown(): Promise<void> {
  const failures: string[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failures.length > 0) throw new Error(`Not everything is undone:\n${failures.join('\n')}`);
}
