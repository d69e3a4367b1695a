/**
 * An nginx as new as the images': `resolve` in an upstream needs 1.27.3, and Debian stable has an older one. Debian testing's packages are unpacked beside the system, never installed, and run with their own libc.
 */
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, fillCache, isCached } from '../kit/cache';
import { run } from '../kit/command';
import { unpackFromSuite } from '../kit/debian-suite';

export interface Nginx {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  readonly version: string;
  readonly mimeTypes: string;
  /** The folder of the Brotli module, where there is one. */
  readonly modules: string | undefined;
}

const packages = [
  'nginx',
  'nginx-common',
  'libnginx-mod-http-brotli-static',
  'libbrotli1',
  'libc6',
  'libcrypt1',
  'libpcre2-8-0',
  'libssl3t64',
  'libzstd1',
  'zlib1g',
];

const suite = 'forky';

function newEnough(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major > 1 || minor > 27 || (minor === 27 && patch >= 3);
}

async function versionOf(command: readonly string[]): Promise<string | undefined> {
  const [program = '', ...args] = command;
  const outcome = await run(program, [...args, '-v']).catch(() => undefined);
  return outcome?.stderr.match(/nginx\/([\d.]+)/)?.[1];
}

/** The cache lies in a home that the pod's user may not enter: a copy for this run, where everybody may. */
function forEverybody(cached: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-nginx-program-'));
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const parts = ['usr/sbin', 'usr/lib/nginx', 'usr/lib/x86_64-linux-gnu', 'etc/nginx'];
  const filter = (path: string): boolean => !path.endsWith('/gconv');
  for (const part of parts) {
    cpSync(join(cached, part), join(folder, part), { recursive: true, verbatimSymlinks: true, filter });
  }
  return folder;
}

async function readLimit(): Promise<number> {
  const { stdout } = await run('sh', ['-c', 'ulimit -n']);
  return stdout.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stdout);
}

/**
 * Lets this process, and those that it starts, open so many files. The soft limit is Node's hard one already.
 * @throws Error where the hard limit is lower, and who runs this may not raise it
 */
export async function allowFiles(count: number): Promise<void> {
  if ((await readLimit()) >= count) return;
  await run('prlimit', ['--pid', String(process.pid), `--nofile=${count}:${count}`]);
  const limit = await readLimit();
  if (limit < count) throw new Error(`Cannot open ${count} files, only ${limit}: raise the hard limit (ulimit -Hn)`);
}

/** The nginx of this machine where it is new enough, otherwise Debian testing's, kept in the cache. */
export async function findNginx(): Promise<Nginx> {
  const own = await versionOf(['nginx']);
  if (own !== undefined && newEnough(own)) {
    return { command: ['nginx'], version: own, mimeTypes: '/etc/nginx/mime.types', modules: undefined };
  }
  if (!isCached('nginx', suite)) await fillCache('nginx', suite, (folder) => unpackFromSuite(suite, packages, folder));
  const root = forEverybody(cacheFolder('nginx', suite));
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  const command = [loader, '--library-path', libraries, join(root, 'usr/sbin/nginx')];
  const version = await versionOf(command);
  if (version === undefined) throw new Error(`Cannot run ${command.join(' ')}`);
  const modules = join(root, 'usr/lib/nginx/modules');
  return {
    command,
    version,
    mimeTypes: join(root, 'etc/nginx/mime.types'),
    modules: existsSync(join(modules, 'ngx_http_brotli_static_module.so')) ? modules : undefined,
  };
}
