/** The client at the version of the manifests' image, and an object storage, on loopback. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helperImages } from '../../lib/model/defaults';
import { cacheFolder, fillCache, isCached } from '../kit/cache';
import { must, run } from '../kit/command';
import { ensureGoProgram, type GoProgram, goProgramVersion } from '../kit/go';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';

const wanted = helperImages.restic.split(':')[1] ?? '';

/** Debian testing has the image's version; stable has none that knows `--stdin-from-command`. */
const suite = 'forky';

const storage: GoProgram = {
  name: 'gofakes3',
  project: 'gofakes3',
  module: 'github.com/johannesboyne/gofakes3',
  package: 'github.com/johannesboyne/gofakes3/cmd/gofakes3',
};

/** Downloads with apt itself, on lists of its own, so that the machine's are left alone. */
async function download(folder: string): Promise<void> {
  const apt = join(folder, 'apt');
  for (const part of ['lists/partial', 'archives/partial', 'debs']) mkdirSync(join(apt, part), { recursive: true });
  const list = join(apt, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${apt}`,
  ].flatMap((option) => ['-o', option]);
  await must('apt-get', [...options, 'update', '--quiet'], { timeoutSeconds: 300 });
  await must('apt-get', [...options, 'download', 'restic'], { cwd: join(apt, 'debs'), timeoutSeconds: 300 });
  for (const deb of readdirSync(join(apt, 'debs'))) await must('dpkg', ['-x', join(apt, 'debs', deb), folder]);
  await must('rm', ['-r', apt]);
}

/** A folder with restic, as `/tools` is in a pod, which everybody may enter: the cache lies in a home. */
export async function tools(): Promise<string> {
  if (!isCached('restic', wanted)) await fillCache('restic', wanted, download);
  const folder = mkdtempSync(join(tmpdir(), 'keelson-restic-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  copyFileSync(join(cacheFolder('restic', wanted), 'usr/bin/restic'), join(folder, 'restic'));
  const { stdout } = await run(join(folder, 'restic'), ['version']);
  if (!stdout.startsWith(`restic ${wanted} `))
    throw new Error(`Wanted restic ${wanted}, ${suite} has ${stdout.trim()}`);
  return folder;
}

export interface ObjectStorage extends Server {
  readonly url: string;
}

/** An S3 server that keeps everything in memory. */
export async function startObjectStorage(folder: string, bucket: string): Promise<ObjectStorage> {
  await ensureGoProgram(storage);
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  const server = await startServer({
    name: 'S3',
    program: join(cacheFolder(storage.name, goProgramVersion(storage)), storage.name),
    args: ['-backend', 'memory', '-initialbucket', bucket, '-host', host, '-quiet'],
    log: join(folder, 's3.log'),
    isReady: async () => (await fetch(`http://${host}/`)).ok,
  });
  return { ...server, url: `s3:http://${host}/${bucket}` };
}
