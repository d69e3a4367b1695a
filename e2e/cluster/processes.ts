/** Programs of the cluster, each in a node's network namespace, known by recorded pids: a later run can end them too. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folders, type NodeLayout } from './layout';

/** The time a process began, in ticks since boot: with the pid, its identity. */
export function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Starts a program that outlives this process unless it is stopped. `nsenter` becomes it, so the pid is its own. */
export function start(name: string, node: NodeLayout, command: readonly string[], env: Record<string, string> = {}) {
  mkdirSync(folders.pids, { recursive: true });
  mkdirSync(folders.logs, { recursive: true });
  const log = openSync(join(folders.logs, `${name}.log`), 'w');
  const child = spawn('nsenter', [`--net=/run/netns/${node.netns}`, ...command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  child.on('error', () => undefined); // no program of that name: there is no pid either
  child.unref();
  if (child.pid === undefined) throw new Error(`Cannot start ${name}`);
  writeFileSync(join(folders.pids, name), `${child.pid} ${beganAt(child.pid)}`);
}

function livingPid(name: string): number | undefined {
  const file = join(folders.pids, name);
  if (!existsSync(file)) return undefined;
  const [pid, began] = readFileSync(file, 'utf8').split(' ');
  return began !== undefined && beganAt(Number(pid)) === began ? Number(pid) : undefined;
}

export function isRunning(name: string): boolean {
  return livingPid(name) !== undefined;
}

/** The last lines that a program wrote, for messages. */
export function lastLines(name: string, count = 5): string {
  const file = join(folders.logs, `${name}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-count).join('\n') : '';
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Ends programs by pid, politely first. */
export async function stop(names: readonly string[], politeSeconds = 5): Promise<void> {
  for (const name of names) {
    const pid = livingPid(name);
    if (pid !== undefined) signal(pid, 'SIGTERM');
  }
  const deadline = Date.now() + politeSeconds * 1000;
  while (names.some(isRunning) && Date.now() < deadline) await sleep(50);
  for (const name of names) {
    const pid = livingPid(name);
    if (pid !== undefined) signal(pid, 'SIGKILL');
    rmSync(join(folders.pids, name), { force: true });
  }
}

/** Names of everything that was started and not stopped. */
export function started(): string[] {
  return existsSync(folders.pids) ? readdirSync(folders.pids).sort() : [];
}
