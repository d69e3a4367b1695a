/** Ends whatever a run of this test started, by recorded pid, and removes what it left. Image stores stay. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../verify/kit/command';
import { folders, type NodeLayout, nodeLayout, STATE } from './layout';
import { restoreMachine } from './machine';
import { removeNetwork } from './network';
import { ctr, nodeFolders } from './node';
import { isRunning, started, stop } from './processes';

async function words(node: NodeLayout, args: readonly string[]): Promise<string[]> {
  const { status, stdout } = await ctr(node, args);
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}

/** Every container, sandbox and writable layer of a node. */
async function emptyRuntime(node: NodeLayout): Promise<void> {
  if (!isRunning(`containerd-${node.index}`)) return;
  const tasks = await words(node, ['tasks', 'list', '--quiet']);
  await Promise.all(tasks.map((task) => ctr(node, ['tasks', 'kill', '--signal', 'SIGKILL', task])));
  await sleep(300);
  await Promise.all(tasks.map((task) => ctr(node, ['tasks', 'delete', '--force', task])));
  const containers = await words(node, ['containers', 'list', '--quiet']);
  if (containers.length > 0) await ctr(node, ['containers', 'delete', ...containers]);
  const snapshots = await words(node, ['snapshots', 'list']);
  const active = snapshots.map((line) => line.split(/\s+/)).filter(([, , kind]) => kind === 'Active');
  for (const name of active.flatMap(([key, parent, kind]) => (kind && parent && key) || [])) {
    await ctr(node, ['snapshots', 'remove', name]);
  }
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
    for (const pid of shims()) {
      try {
        process.kill(pid, name);
      } catch {
        // Gone by itself.
      }
    }
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

function removeCgroups(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) removeCgroups(path);
  }
  try {
    rmdirSync(folder);
  } catch {
    // A process is still on its way out: the next run removes it.
  }
}

function nodes(): NodeLayout[] {
  return nodeFolders().map((name) => nodeLayout(Number(name)));
}

/** Safe at any time, also when nothing runs. */
export async function tearDown(): Promise<void> {
  const names = started();
  const named = (prefix: string): string[] => names.filter((name) => name.startsWith(prefix));
  await stop([...named('kubelet-'), ...named('proxy-'), ...named('controller-manager'), ...named('scheduler')]);
  await Promise.all(nodes().map(emptyRuntime));
  await stop(named('containerd-'));
  await endShims();
  await stop([...named('apiserver'), ...named('etcd')]);
  await stop(started());
  await unmountAll();
  await removeNetwork();
  for (const node of nodes()) {
    for (const hierarchy of readdirSync('/sys/fs/cgroup'))
      removeCgroups(join('/sys/fs/cgroup', hierarchy, node.cgroup));
    for (const part of ['kubelet', 'pod-logs', 'volume-plugins', 'kubelet-pki']) {
      rmSync(join(node.folder, part), { recursive: true, force: true });
    }
  }
  for (const folder of [folders.etcd, folders.run, folders.disks, folders.pki, folders.configuration]) {
    rmSync(folder, { recursive: true, force: true });
  }
  restoreMachine();
}
