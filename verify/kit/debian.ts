import { must, run } from './command';

/** Installs a Debian package unless its program, or the library that it is wanted for, is there. */
export async function ensureDebianPackage(wanted: { package: string; program: string }): Promise<boolean> {
  if (await isInstalled(wanted.program)) return false;
  // RUNLEVEL=1 keeps a package's own service from starting: only the program is wanted.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', wanted.package];
  const first = await run('apt-get', install, { env, timeoutSeconds: 300 });
  if (first.status !== 0) {
    await must('apt-get', ['update', '--quiet'], { env, timeoutSeconds: 300 });
    await must('apt-get', install, { env, timeoutSeconds: 300 });
  }
  if (!(await isInstalled(wanted.program))) throw new Error(`${wanted.package} has no program ${wanted.program}`);
  return true;
}

async function isInstalled(program: string): Promise<boolean> {
  return (await run('sh', ['-c', '[ -e "$1" ] || command -v "$1"', 'sh', program])).status === 0;
}
