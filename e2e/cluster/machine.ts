/** What a kubelet sets for the whole machine, and what a machine must have. */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cgroupObstacle } from './cgroups';
import { folders, STATE } from './layout';

const KEPT = join(STATE, 'machine.json');
const settings = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops'];

/** Remembers the settings, unless an interrupted run has done so already. */
export function rememberMachine(): void {
  if (existsSync(KEPT)) return;
  mkdirSync(STATE, { recursive: true });
  const values = settings.map((name) => [name, readFileSync(join('/proc/sys', name), 'utf8').trim()]);
  writeFileSync(KEPT, JSON.stringify(Object.fromEntries(values)));
}

export function restoreMachine(): void {
  if (!existsSync(KEPT)) return;
  const values = JSON.parse(readFileSync(KEPT, 'utf8')) as Record<string, string>;
  for (const [name, value] of Object.entries(values)) writeFileSync(join('/proc/sys', name), value);
  rmSync(KEPT);
}

const GIBIBYTE = 2 ** 30;
/** Of all nodes and pods, with what runs beside them: measured, and half of it again. */
const MEMORY = 6 * GIBIBYTE;
/** An image store of 2 GiB for each node, and the images; where they are there already, what the run itself writes. */
const DISK = { cold: 18 * GIBIBYTE, warm: 3 * GIBIBYTE } as const;

function availableMemory(): number {
  const found = /^MemAvailable:\s+(?<kibibytes>\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(found?.groups?.['kibibytes'] ?? 0) * 1024;
}

function freeDisk(): number {
  mkdirSync(STATE, { recursive: true });
  const { bavail, bsize } = statfsSync(STATE);
  return bavail * bsize;
}

function gibibytes(bytes: number): string {
  return `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A module on most machines, and the only one that the kernel does not load by itself where it is asked for. */
function hasBridgeFilter(): boolean {
  const settings = '/proc/sys/net/bridge';
  if (existsSync(settings)) return true;
  spawnSync('modprobe', ['br_netfilter'], { stdio: 'ignore' });
  if (!existsSync(settings)) return false;
  // It comes switched on, and other people's bridges here did without it; `network.ts` switches it on for the nodes.
  for (const name of readdirSync(settings).filter((entry) => entry.startsWith('bridge-nf-call-')))
    writeFileSync(join(settings, name), '0');
  return true;
}

/** Why this machine cannot hold the cluster, as far as a look tells; `trial.ts` tries the rest. */
export function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux') return `it runs ${process.platform}, and a node needs Linux`;
  if (process.arch !== 'x64') return `its architecture is ${process.arch}, and the images are made for amd64`;
  if (process.getuid?.() !== 0) return 'it needs root: network namespaces, mounts and cgroups';
  const obstacle = cgroupObstacle();
  if (obstacle !== undefined) return obstacle;
  if (!hasBridgeFilter()) return 'its kernel has no bridge filter, and modprobe br_netfilter brings none';
  for (const name of settings) {
    if (!isWritable(join('/proc/sys', name))) return `a kubelet must set ${name}, which cannot be written`;
  }
  if (cpus().length < 2) return 'it has one core, and pods of this system need two on a node';
  if (availableMemory() < MEMORY)
    return `${gibibytes(availableMemory())} of memory are free, it needs ${gibibytes(MEMORY)}`;
  const needed = existsSync(folders.nodes) ? DISK.warm : DISK.cold;
  if (freeDisk() < needed)
    return `${gibibytes(freeDisk())} of disk are free at ${STATE}, it needs ${gibibytes(needed)}`;
  return undefined;
}
