import { spawn } from 'node:child_process';

const INSIDE = 'KEELSON_LIVE_INSIDE';

/**
 * Runs this very program again in namespaces of its own: network, mounts, names and processes. Inside, every address and
 * path of a cluster is free to be used as it stands in the manifests; outside, nothing of it is seen, and nothing is left
 * when it ends. Says whether we are inside; the outer run ends with the inner one's status.
 */
export async function inOwnNamespace(): Promise<boolean> {
  if (process.env[INSIDE] === 'yes') return true;
  const own = ['--mount', '--net', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // It ends with this process, and with it everything inside. /tmp is a volume of many pods, and would hide what lies in ours.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'unshare', ...own, '--', ...program], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: 'yes', TMPDIR: '/var/tmp' },
  });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
  return false;
}
