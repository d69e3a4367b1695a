/** Volumes, retention, the archive and the configuration: the scripts of lms, on a folder as a claim would be. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../kit/command';
import { CertificateFolder } from '../postgres/certificate';
import { type Checks, refuses, succeeds } from './checks';
import { corrupt } from './corrupt';
import type { Database } from './database';
import type { Jobs } from './jobs';

const user = 10001;

export class Files {
  constructor(
    readonly folder: string,
    readonly jobs: Jobs,
    readonly database: Database,
    /** Of a system with a store that is backed up every hour. */
    readonly hourly: Jobs,
  ) {}

  get media(): string {
    return join(this.folder, 'media');
  }

  get repositories(): string {
    return this.jobs.here['REPOSITORIES_AT'] ?? '';
  }

  fill(): void {
    mkdirSync(join(this.media, 'users/älter name'), { recursive: true });
    for (let index = 0; index < 50; index++) {
      writeFileSync(join(this.media, `users/älter name/${index}.bin`), noise(20_000, index));
    }
    symlinkSync('users', join(this.media, 'link'));
    chmodSync(join(this.media, 'users/älter name/1.bin'), 0o640);
    mkdirSync(join(this.media, 'lost+found'), { mode: 0o700 });
    execFileSync('chown', ['-R', '-h', `${user}:${user}`, this.media]);
    chownSync(join(this.media, 'lost+found'), 0, 0);
  }

  /** Names, modes, owners and contents. */
  contents(): Promise<string> {
    const script =
      'cd "$1" && find . -path ./lost+found -prune -o -printf "%p %m %u %y\\n" | sort && find . -type f -exec sha256sum {} + | sort';
    return must('sh', ['-c', script, 'sh', this.media]);
  }

  wipe(): void {
    execFileSync('sh', ['-c', 'find "$1" -mindepth 1 ! -name lost+found -delete', 'sh', this.media]);
  }

  run(name: string, env: Record<string, string> = {}): ReturnType<Jobs['run']> {
    return this.jobs.run(name, { env: { VOLUME: this.media, ...env } });
  }
}

let before = '';

const day = 86_400_000;

/** Bytes that do not compress, the same in every run. */
function noise(bytes: number, seed: number): Buffer {
  const blocks = Array.from({ length: bytes / 20 }, (_, index) =>
    createHash('sha1').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks);
}

/** What grandfather, father and son leave of one snapshot a day, newest first; the very oldest stays as long as a place is free. */
function kept(days: readonly string[]): Set<string> {
  const rules = [
    [7, (date: string) => date],
    [4, (date: string) => String(Math.floor((Date.parse(date) / day + 3) / 7))],
    [12, (date: string) => date.slice(0, 7)],
  ] as const;
  const left = new Set<string>();
  for (const [most, bucket] of rules) {
    const seen = new Set<string>();
    for (const date of days) {
      if (seen.size < most && !seen.has(bucket(date))) {
        seen.add(bucket(date));
        left.add(date);
      }
    }
    if (seen.size < most) left.add(days.at(-1) ?? '');
  }
  return left;
}

export const volumeChecks: Checks<Files> = {
  'a volume is copied and put back, with names, modes, owners and links': async (it) => {
    it.fill();
    before = await it.contents();
    succeeds(await it.run('backend-media-backup'));
    it.wipe();
    succeeds(await it.run('backend-media-restore'));
    assert.equal(await it.contents(), before);
  },

  'a volume with files is restored over only when told, and what is new stays': async (it) => {
    refuses(await it.run('backend-media-restore'), /has files: say OVERWRITE=yes/);
    writeFileSync(join(it.media, 'users/älter name/1.bin'), 'damaged');
    writeFileSync(join(it.media, 'new'), 'new');
    const { stdout } = succeeds(await it.run('backend-media-restore', { OVERWRITE: 'yes' }));
    const [newest] = (await it.jobs.runs('backend-media', 'volume')).slice(-1);
    const where = `restores the backup ${newest} of ${it.repositories}/backend-media into ${it.media}\n`;
    assert.ok(stdout.startsWith(where), stdout);
    rmSync(join(it.media, 'new'));
    assert.equal(await it.contents(), before);
  },

  'a volume with a file that cannot be read is no backup': async (it) => {
    const runs = await it.jobs.runs('backend-media', 'volume');
    writeFileSync(join(it.media, 'private'), 'x', { mode: 0o600 });
    refuses(await it.run('backend-media-backup'), /permission denied/);
    rmSync(join(it.media, 'private'));
    assert.deepEqual(await it.jobs.runs('backend-media', 'volume'), runs);
  },

  'every file is read again once a week': async (it) => {
    succeeds(await it.run('backend-media-full'));
    const { stdout } = await it.jobs.restic('backend-media', ['snapshots', '--json', '--tag', 'verified']);
    const [first, full] = JSON.parse(stdout) as { summary: { files_new: number } }[];
    assert.deepEqual([first?.summary.files_new, full?.summary.files_new], [50, 50]);
  },

  'retention keeps 7 days, 4 weeks and 12 months of a year, and what was never verified costs none its place': async (
    it,
  ) => {
    const days = Array.from({ length: 500 }, (_, index) =>
      new Date(Date.UTC(2026, 9, 31) - index * day).toISOString().slice(0, 10),
    );
    const host = ['--host', 'lms-production', '--stdin', '--stdin-filename', 'a'];
    succeeds(await it.jobs.restic('backend-uploads', ['init']));
    const sampled = days.filter((_, index) => index < 12 || index % 25 === 0);
    for (const date of sampled) {
      const state = date === '2026-10-30' ? 'unverified' : 'verified';
      const tags = ['--tag', `run-${date},volume,${state}`, '--time', `${date} 01:00:00`];
      succeeds(await it.jobs.restic('backend-uploads', ['backup', '--quiet', ...host, ...tags], 'x'));
    }
    const verified = sampled.filter((date) => date !== '2026-10-30');
    succeeds(await it.run('backup-retention'));
    const left = await it.jobs.runs('backend-uploads', 'volume');
    assert.deepEqual(left, [...kept(verified)].sort());
    // Once more: nothing new came, so nothing goes.
    succeeds(await it.run('backup-retention'));
    assert.deepEqual(await it.jobs.runs('backend-uploads', 'volume'), left);
  },

  'of what is backed up every hour, the last of each hour stays as well': async (it) => {
    const host = ['--host', 'microservices-production', '--stdin', '--stdin-filename', 'a'];
    succeeds(await it.hourly.restic('redis', ['init']));
    // The very oldest stays in any case.
    const times = ['10-30 23:10', '10-31 01:10', '10-31 01:50', '10-31 02:10', '10-31 03:10'].map(
      (at) => `2026-${at}:00`,
    );
    for (const time of times) {
      const tags = ['--tag', `run-${time.replace(/\D/g, '')},rdb,verified`, '--time', time];
      succeeds(await it.hourly.restic('redis', ['backup', '--quiet', ...host, ...tags], 'x'));
    }
    succeeds(await it.hourly.run('backup-retention'));
    const left = await it.hourly.runs('redis', 'rdb');
    assert.deepEqual(left, ['20261030231000', '20261031015000', '20261031021000', '20261031031000']);
  },

  'the configuration is copied as files': async (it) => {
    const folder = join(it.folder, 'configuration');
    mkdirSync(join(folder, 'secrets/app/..2026_01'), { recursive: true });
    writeFileSync(join(folder, 'secrets/app/..2026_01/value'), 'the value');
    symlinkSync('..2026_01', join(folder, 'secrets/app/..data'));
    symlinkSync('..data/value', join(folder, 'secrets/app/value'));
    succeeds(await it.run('configuration-backup', { CONFIGURATION: folder }));
    const { stdout } = await it.jobs.restic('configuration', ['ls', 'latest']);
    const files = stdout.split('\n').filter((line) => line.endsWith('/value'));
    assert.equal(files.length, 1);
    const path = files[0] ?? '';
    assert.equal((await it.jobs.restic('configuration', ['dump', 'latest', path])).stdout, 'the value');
  },

  'the archive holds the newest of each, survives the loss of the repositories, and is drilled': async (it) => {
    await it.database.sql('CREATE DATABASE lms', 'postgres');
    await it.database.sql('CREATE TABLE courses AS SELECT generate_series(1, 100) AS id', 'lms');
    succeeds(await it.run('db-backup'));
    const { stdout } = succeeds(await it.run('backup-archive'));
    for (const name of ['db', 'backend-media', 'configuration'])
      assert.match(stdout, new RegExp(`^${name}: archived`, 'm'));
    succeeds(await it.run('backup-archive'));
    for (const name of ['db', 'backend-media']) rmSync(join(it.repositories, name), { recursive: true });
    assert.match(succeeds(await it.run('db-dr-test')).stdout, /public\.courses: 100 rows/);
    it.wipe();
    succeeds(await it.run('backend-media-restore', { RESTIC_REPOSITORY: `${it.repositories}/archive/backend-media` }));
    assert.equal(await it.contents(), before);
    refuses(await it.run('db-drill'), /repository does not exist/);
  },

  'backup, drill and restore of an encrypted database verify whom they talk to': async (it) => {
    await it.database.sql('CREATE ROLE backend_django LOGIN', 'postgres');
    succeeds(await it.run('db-backup'));
    const stranger = await CertificateFolder.make(['db']);
    const fooled = { PGSSLROOTCERT: stranger.authority };
    refuses(await it.run('db-backup', fooled), /certificate verify failed/);
    refuses(await it.run('db-restore', { ...fooled, OVERWRITE: 'yes' }), /certificate verify failed/);
    stranger.remove();
    succeeds(await it.run('db-drill'));
    await it.database.sql('DELETE FROM courses', 'lms');
    succeeds(await it.run('db-restore', { OVERWRITE: 'yes' }));
    assert.equal(await it.database.sql('SELECT count(*) FROM courses', 'lms'), '100');
    await it.database.sql('DROP DATABASE lms_before_restore', 'postgres');
  },

  'a disk that forgets is found by the drill, by a restore and by retention': async (it) => {
    succeeds(await it.run('db-backup'));
    succeeds(await it.run('db-drill'));
    corrupt(join(it.repositories, 'archive/backend-media'));
    const broken = { RESTIC_REPOSITORY: `${it.repositories}/archive/backend-media`, OVERWRITE: 'yes' };
    it.wipe();
    refuses(await it.run('backend-media-restore', broken), /ciphertext verification failed|does not match/);
    await it.database.sql(`CREATE TABLE noise AS SELECT md5(i::text) FROM generate_series(1, 20000) AS i`, 'lms');
    succeeds(await it.run('db-backup'));
    corrupt(join(it.repositories, 'db'));
    refuses(await it.run('db-drill'), /ciphertext verification failed|does not match|invalid/);
    await it.database.sql('DROP DATABASE lms', 'postgres');
  },
};
