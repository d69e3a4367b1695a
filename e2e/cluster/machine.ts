/** What a kubelet sets for the whole machine, and what a machine must have. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE } from './layout';

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

/** Why this machine cannot hold the cluster; undefined when it can. */
export function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux') return `it runs ${process.platform}, and a node needs Linux`;
  if (process.getuid?.() !== 0) return 'it needs root: network namespaces, mounts and cgroups';
  if (!existsSync('/sys/fs/cgroup/cpuset/cpuset.cpus')) return 'it needs cgroup version 1 hierarchies';
  if (!existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables')) return 'its kernel has no bridge filter';
  return undefined;
}
