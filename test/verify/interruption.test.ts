import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Run {
  child: ChildProcess;
  folder: string;
  /** The server, a child of its own, and the suite. */
  programs: number[];
}

async function started(): Promise<Run> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'interrupted.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [folder = '', ...programs] = line.toString().trim().split(' ');
  return { child, folder, programs: programs.map(Number) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pids: readonly number[]): Promise<number[]> {
  for (let tries = 0; tries < 50 && pids.some(isAlive); tries++) await sleep(100);
  return pids.filter(isAlive);
}

describe('a verification that is interrupted', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s leaves no program and no file behind', async (signal) => {
    const { child, folder, programs } = await started();
    expect(programs.filter(isAlive)).toHaveLength(3);
    child.kill(signal);
    await once(child, 'exit');
    expect(await gone(programs)).toEqual([]);
    expect(existsSync(dirname(folder))).toBe(false);
    expect(child.exitCode).toBe(130);
  });

  test('by SIGKILL leaves no server and no suite behind: the kernel ends them', async () => {
    const { child, folder, programs } = await started();
    const [server = 0, orphan = 0, suite = 0] = programs;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await gone([server, suite])).toEqual([]);
    if (isAlive(orphan)) process.kill(orphan, 'SIGKILL'); // only the server itself is tied to the run
    rmSync(dirname(folder), { recursive: true, force: true });
  });
});
