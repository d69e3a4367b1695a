/** The client at the version of the manifests' image, and an object storage, on loopback. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helperImages } from '../../lib/model/defaults';
import { cacheFolder, fillCache, isCached } from '../kit/cache';
import { run } from '../kit/command';
import { unpackFromSuite } from '../kit/debian-suite';
import { ensureGoProgram, type GoProgram, goProgramVersion } from '../kit/go';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';

const wanted = helperImages.restic.split(':')[1] ?? '';

/** Debian testing has the image's version; stable has none that knows `--stdin-from-command`. */
const suite = 'forky';

/** Speaks S3. */
export const objectStorage: GoProgram = {
  name: 'gofakes3',
  project: 'gofakes3',
  module: 'github.com/johannesboyne/gofakes3',
  package: 'github.com/johannesboyne/gofakes3/cmd/gofakes3',
};

/** A folder with restic, as `/tools` is in a pod, which everybody may enter: the cache lies in a home. */
export async function tools(): Promise<string> {
  if (!isCached('restic', wanted))
    await fillCache('restic', wanted, (folder) => unpackFromSuite(suite, ['restic'], folder));
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
  await ensureGoProgram(objectStorage);
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  const server = await startServer({
    name: 'S3',
    program: join(cacheFolder(objectStorage.name, goProgramVersion(objectStorage)), objectStorage.name),
    args: ['-backend', 'memory', '-initialbucket', bucket, '-host', host, '-quiet'],
    log: join(folder, 's3.log'),
    isReady: async () => (await fetch(`http://${host}/`)).ok,
  });
  return { ...server, url: `s3:http://${host}/${bucket}` };
}
