import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, run } from './command';

/** apt does not wait for another apt, and two suites may want a package at once. */
const LOCK = join(tmpdir(), 'keelson-apt.lock');

/** Installs a Debian package unless its program, or the library that it is wanted for, is there. */
export async function ensureDebianPackage(wanted: { package: string; program: string }): Promise<boolean> {
  if (await isInstalled(wanted.program)) return false;
  // RUNLEVEL=1 keeps a package's own service from starting: only the program is wanted.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', wanted.package];
  const options = { env, timeoutSeconds: 600 };
  const first = await run('flock', [LOCK, 'apt-get', ...install], options);
  if (first.status !== 0) {
    await must('flock', [LOCK, 'apt-get', 'update', '--quiet'], options);
    await must('flock', [LOCK, 'apt-get', ...install], options);
  }
  if (!(await isInstalled(wanted.program))) throw new Error(`${wanted.package} has no program ${wanted.program}`);
  return true;
}

/** Whether a program is on the path, or a file is there. */
export async function isInstalled(program: string): Promise<boolean> {
  return (await run('sh', ['-c', '[ -e "$1" ] || command -v "$1"', 'sh', program])).status === 0;
}
