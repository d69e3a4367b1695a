/**
 * Backup, restore, drill, retention and archive, with the very scripts of the manifests, against real servers: PostgreSQL,
 * Redis, an S3 server and restic, all on loopback. `node --import tsx verify/backup/run.ts [redis|volumes|postgres …]`; exits 1 when a check
 * fails.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDebianPackage } from '../kit/debian';
import { CertificateFolder } from '../postgres/certificate';
import { runChecks } from './checks';
import { Database, superuserPassword } from './database';
import { Jobs } from './jobs';
import { postgresChecks } from './postgres';
import { startObjectStorage, tools } from './programs';
import { Recovery, recoveryChecks } from './recovery';
import { Cache, redisChecks, redisPassword } from './redis';
import { Files, volumeChecks } from './volumes';

const keys = { 'encryption-key': 'the key of this test\n', 'access-key-id': 'key', 'secret-access-key': 'key' };

interface Place {
  readonly folder: string;
  readonly toolFolder: string;
  /** Where the object storage is. */
  readonly url: string;
  readonly database: Database;
}

async function postgres({ folder, toolFolder, url, database }: Place): Promise<void> {
  const here = { REPOSITORIES_AT: `${url}/nestjs`, ...database.here };
  const credentials = { ...keys, superuser: superuserPassword };
  const jobs = Jobs.of('nestjs-api', folder, toolFolder, here, credentials);
  const managed = Jobs.of(
    'nestjs-api',
    folder,
    toolFolder,
    { ...here, REPOSITORIES_AT: `${url}/managed` },
    keys,
    'cloud',
  );
  await database.fill(jobs);
  await runChecks('PostgreSQL', database, postgresChecks);
  await runChecks('PostgreSQL', new Recovery(database, managed), recoveryChecks);
}

async function redis({ folder, toolFolder, url }: Place): Promise<void> {
  const cache = await Cache.start(folder, (port) => {
    const here = { REPOSITORIES_AT: `${url}/redis`, HOST: '127.0.0.1', PORT: String(port) };
    return Jobs.of('nestjs-api', join(folder, 'redis'), toolFolder, here, { ...keys, password: redisPassword });
  });
  try {
    await runChecks('Redis', cache, redisChecks);
  } finally {
    await cache.down();
  }
}

async function volumes({ folder, toolFolder, database }: Place): Promise<void> {
  const target = join(folder, 'target');
  mkdirSync(target);
  chmodSync(target, 0o777);
  const here = { REPOSITORIES_AT: target, ...database.here };
  const jobs = Jobs.of('lms', folder, toolFolder, here, { ...keys, superuser: superuserPassword });
  const hourly = Jobs.of('microservices', folder, toolFolder, { REPOSITORIES_AT: join(target, 'hourly') }, keys);
  await runChecks('Volumes', new Files(folder, jobs, database, hourly), volumeChecks);
}

const parts = { redis, volumes, postgres } as const;

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'postgresql-15', program: '/usr/lib/postgresql/15/bin/postgres' });
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  await ensureDebianPackage({ package: 'libnss-wrapper', program: `${libraries}/libnss_wrapper.so` });
  await ensureDebianPackage({ package: 'redis-server', program: 'redis-server' });
  const toolFolder = await tools();
  const folder = mkdtempSync(join(tmpdir(), 'keelson-backup-'));
  chmodSync(folder, 0o755);
  const storage = await startObjectStorage(folder, 'backups');
  const certificate = await CertificateFolder.make(['db']);
  const database = await Database.start(folder, certificate);
  const chosen = process.argv.slice(2);
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (chosen.length === 0 || chosen.includes(name)) {
        await part({ folder, toolFolder, url: storage.url, database });
      }
    }
  } finally {
    await database.stop();
    await storage.stop();
    certificate.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
