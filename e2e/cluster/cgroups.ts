/** Groups of processes, in which a node's pods are limited. Only this file tells the two versions apart. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signal } from './processes';
import { until } from './until';

const ROOT = '/sys/fs/cgroup';
/** Of every group that is made here. */
const OURS = 'keelson-e2e-';
/** Until what still runs in one has ended. */
const SECONDS = 15;

/** A node is a machine of its own, not one process among all that run here: it weighs as much as so many others. */
const OTHERS = 4;
const USUAL = { shares: 1024, weight: 100 } as const;

interface Cgroups {
  /** Why no kubelet can work with them, as far as a look tells. */
  obstacle(): string | undefined;
  create(name: string): void;
  remove(name: string): Promise<void>;
}

/** Where the hierarchies of version 1 are mounted, if version 2 is not in their place; some machines have both. */
export function hierarchiesOf(mounts: string): { version: 1; paths: string[] } | { version: 2 } {
  const found = mounts.split('\n').map((line) => line.split(' '));
  if (found.some(([, path, type]) => path === ROOT && type === 'cgroup2')) return { version: 2 };
  return { version: 1, paths: found.filter(([, , type]) => type === 'cgroup').flatMap(([, path]) => path ?? []) };
}

/** The inner ones first. What still runs in one has outlived its runtime, and is ours: the folder is named after a node. */
async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await until(`${folder} is removed`, SECONDS, async () => {
    if (!existsSync(folder)) return true;
    for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').map(Number))
      if (pid > 1) signal(pid, 'SIGKILL');
    rmdirSync(folder);
    return true;
  });
}

/** Version 1: each hierarchy must have the kubelet's root, and a cpuset starts empty. */
function separate(paths: readonly string[]): Cgroups {
  return {
    obstacle: () =>
      existsSync(join(ROOT, 'cpuset', 'cpuset.cpus'))
        ? undefined
        : `${ROOT} is neither cgroup version 2 nor the hierarchies of version 1`,
    create: (name) => {
      for (const path of paths) mkdirSync(join(path, name), { recursive: true });
      writeFileSync(join(ROOT, 'cpu', name, 'cpu.shares'), String(OTHERS * USUAL.shares));
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        writeFileSync(join(ROOT, 'cpuset', name, file), readFileSync(join(ROOT, 'cpuset', file), 'utf8'));
    },
    remove: async (name) => {
      for (const hierarchy of readdirSync(ROOT)) await removeTree(join(ROOT, hierarchy, name));
    },
  };
}

/** What a kubelet does not work without. */
const NEEDED = ['cpu', 'cpuset', 'memory', 'pids'];
/** Which controllers the root handed on before. Like them, this ends with the machine. */
const BEFORE = '/run/keelson-e2e-controllers';
/** Where the root's processes wait: a group with controllers for its children may hold none, unless it is the true root. */
const WAITING = join(ROOT, 'keelson-waiting');

function words(file: string): string[] {
  return readFileSync(join(ROOT, file), 'utf8')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Version 2: one hierarchy, whose groups have the controllers that every group above them hands on. */
const unified: Cgroups = {
  obstacle: () => {
    const missing = NEEDED.filter((name) => !words('cgroup.controllers').includes(name));
    return missing.length > 0 ? `its cgroups have no controller ${missing.join(', ')}` : undefined;
  },
  create: (name) => {
    handOnControllers();
    mkdirSync(join(ROOT, name), { recursive: true });
    writeFileSync(join(ROOT, name, 'cpu.weight'), String(OTHERS * USUAL.weight));
  },
  remove: async (name) => {
    await removeTree(join(ROOT, name));
    if (!readdirSync(ROOT).some((entry) => entry.startsWith(OURS))) putBack();
  },
};

/** All of them: the kubelet wants what the root has, and runc turns on what is not. */
function handOnControllers(): void {
  const before = words('cgroup.subtree_control');
  const added = words('cgroup.controllers').filter((name) => !before.includes(name));
  if (added.length === 0) return;
  // An interrupted run has written it already.
  if (!existsSync(BEFORE)) writeFileSync(BEFORE, before.join(' '));
  try {
    setControllers('+', added);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    // In a container: its root is a group like any other, and holds the container's processes.
    mkdirSync(WAITING, { recursive: true });
    moveProcesses(ROOT, WAITING);
    if (words('cgroup.procs').length > 0) throw new Error(`${ROOT} holds processes that cannot be moved out of it`);
    setControllers('+', added);
  }
}

function setControllers(sign: '+' | '-', names: readonly string[]): void {
  writeFileSync(join(ROOT, 'cgroup.subtree_control'), names.map((name) => `${sign}${name}`).join(' '));
}

/** More than once: a process that is not moved yet starts others. */
function moveProcesses(from: string, to: string): void {
  for (let round = 0; round < 5; round++) {
    // 0 is a process that we do not see, and would mean ourselves.
    const pids = readFileSync(join(from, 'cgroup.procs'), 'utf8').split('\n').filter(Number);
    for (const pid of pids) {
      try {
        writeFileSync(join(to, 'cgroup.procs'), pid);
      } catch {
        // It has ended, or cannot be moved: then the controllers will not be had either.
      }
    }
    if (pids.length === 0) return;
  }
}

/** When the last group of ours is gone. */
function putBack(): void {
  if (!existsSync(BEFORE)) return;
  const before = readFileSync(BEFORE, 'utf8').split(' ');
  for (const name of words('cgroup.subtree_control').filter((it) => !before.includes(it))) {
    try {
      setControllers('-', [name]);
    } catch {
      // Somebody else's group has come to use it.
    }
  }
  if (existsSync(WAITING)) {
    moveProcesses(WAITING, ROOT);
    rmdirSync(WAITING);
  }
  rmSync(BEFORE);
}

function cgroups(): Cgroups {
  const found = hierarchiesOf(readFileSync('/proc/mounts', 'utf8'));
  return found.version === 2 ? unified : separate(found.paths);
}

export const cgroupObstacle = (): string | undefined => cgroups().obstacle();

/** Makes a group for a kubelet's root; its name begins as all of ours do. */
export const createCgroup = (name: `${typeof OURS}${string}`): void => cgroups().create(name);

/** Also what is below it. With the last of ours goes what was changed for them. */
export const removeCgroup = (name: `${typeof OURS}${string}`): Promise<void> => cgroups().remove(name);
