/**
 * Backup, restore, drill, retention and archive, with the very scripts of the manifests, against real servers: PostgreSQL,
 * Redis, an S3 server and restic, all on loopback. `node --import tsx verify/backup/run.ts`; exits 1 when a check fails.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDebianPackage } from '../kit/debian';
import { runChecks } from './checks';
import { Jobs } from './jobs';
import { Database, postgresChecks, superuserPassword } from './postgres';
import { startObjectStorage, tools } from './programs';

const keys = { 'encryption-key': 'the key of this test\n', 'access-key-id': 'key', 'secret-access-key': 'key' };

async function postgres(folder: string, toolFolder: string): Promise<void> {
  const storage = await startObjectStorage(folder, 'backups');
  const database = await Database.start(folder);
  try {
    const here = { REPOSITORIES_AT: `${storage.url}/nestjs`, PGHOST: '127.0.0.1', PGPORT: String(database.port) };
    const credentials = { ...keys, superuser: superuserPassword };
    database.jobs = Jobs.of('nestjs-api', folder, toolFolder, here, credentials);
    await database.fill();
    await runChecks('PostgreSQL', database, postgresChecks);
  } finally {
    await database.stop();
    await storage.stop();
  }
}

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'postgresql-15', program: '/usr/lib/postgresql/15/bin/postgres' });
  await ensureDebianPackage({ package: 'redis-server', program: 'redis-server' });
  const toolFolder = await tools();
  const folder = mkdtempSync(join(tmpdir(), 'keelson-backup-'));
  chmodSync(folder, 0o755);
  try {
    await postgres(folder, toolFolder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
