/** Backup, restore and drill of PostgreSQL: the scripts of nestjs-api, which wants `.sql` as well, on a real server. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Outcome, run } from '../kit/command';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import { type Checks, refuses, succeeds } from './checks';
import type { Jobs } from './jobs';

const bin = '/usr/lib/postgresql/15/bin';
export const superuserPassword = 'c0ffee-superuser';
const database = 'nestjs_db';
const owner = 'app';

/** A server, and the Jobs that back it up to object storage. */
export class Database {
  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  private jobs: Jobs | undefined;

  static async start(folder: string): Promise<Database> {
    const home = join(folder, 'postgres');
    mkdirSync(home);
    for (const name of ['data', 'socket']) mkdirSync(join(home, name));
    writeFileSync(join(home, 'password'), superuserPassword);
    execFileSync('chown', ['-R', 'postgres:postgres', home]);
    const init = ['--auth=scram-sha-256', `--pwfile=${home}/password`, '-U', 'postgres', '-D', `${home}/data`];
    await must('runuser', ['-u', 'postgres', '--', `${bin}/initdb`, '--encoding=UTF8', ...init]);
    const [port = 0] = await freePorts(1);
    const own = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${home}/socket`, '-c', 'fsync=off'];
    const server = await startServer({
      name: 'PostgreSQL',
      program: 'setpriv',
      args: ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', `${bin}/postgres`]
        .concat(['-D', `${home}/data`, '-p', String(port)])
        .concat(own),
      log: join(folder, 'postgres.log'),
      isReady: async () => (await run(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)])).status === 0,
    });
    return new Database(port, server);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get own(): Jobs {
    if (this.jobs === undefined) throw new Error('No Jobs yet');
    return this.jobs;
  }

  /** Where Jobs find it. */
  get here(): Record<string, string> {
    return { PGHOST: '127.0.0.1', PGPORT: String(this.port) };
  }

  private get env(): Record<string, string> {
    const own = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: 'postgres', PGPASSWORD: superuserPassword };
    return { ...own, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }

  async sql(statement: string, on = database): Promise<string> {
    const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', on, '-c', statement];
    return (await must('psql', args, { env: this.env })).trim();
  }

  /** A session that stays, as an application's would. */
  async connected(work: () => Promise<void>): Promise<void> {
    const session = this.sql('SELECT pg_sleep(60)').catch(() => undefined);
    while (
      (await this.sql('SELECT count(*) FROM pg_stat_activity WHERE query ~ $$^SELECT pg_sleep$$', 'postgres')) === '0'
    ) {
      await sleep(50);
    }
    await work();
    await this.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ $$^SELECT pg_sleep$$',
      'postgres',
    );
    await session;
  }

  async fill(jobs: Jobs): Promise<void> {
    this.jobs = jobs;
    await this.sql(`CREATE ROLE ${owner} LOGIN PASSWORD 'secret-of-app'`, 'postgres');
    await this.sql(`CREATE ROLE "back-office" LOGIN PASSWORD 'secret-of-office'`, 'postgres');
    await this.sql(`CREATE DATABASE ${database} OWNER ${owner}`, 'postgres');
    await must(`${bin}/pgbench`, ['-i', '-q', '-s', '1', database], { env: this.env });
    await must(`${bin}/pgbench`, ['-q', '-t', '200', database], { env: this.env }).catch(() => undefined);
    for (const statement of [
      'ALTER TABLE pgbench_accounts OWNER TO app',
      'CREATE SCHEMA "back-office" AUTHORIZATION "back-office"',
      `CREATE TABLE "back-office"."Odd ""Name""" AS SELECT generate_series(1, 10) AS id, E'a\\tb\\n\\\\c' AS text`,
      'CREATE TABLE empty (id serial PRIMARY KEY)',
      'CREATE VIEW sums AS SELECT sum(abalance) FROM pgbench_accounts',
      'GRANT SELECT ON pgbench_accounts TO "back-office"',
      `SELECT lo_from_bytea(4711, decode(repeat('00ff', 5000), 'hex'))`,
    ])
      await this.sql(statement);
  }

  /** Rows and a checksum of every table and large object, with owners and privileges. */
  async contents(on = database): Promise<string> {
    const tables = await this.sql(
      `SELECT format('%I.%I', schemaname, tablename) || ' ' || tableowner FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
      on,
    );
    const lines = tables.split('\n').map(async (line) => {
      const table = line.slice(0, line.lastIndexOf(' '));
      const sum = await this.sql(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM ${table} t`,
        on,
      );
      return `${line} ${sum}`;
    });
    const objects = this.sql('SELECT oid, md5(lo_get(oid)) FROM pg_largeobject_metadata', on);
    const privileges = this.sql(
      `SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 'public'::regnamespace`,
      on,
    );
    return [...(await Promise.all(lines)), await objects, await privileges].join('\n');
  }

  async databases(): Promise<string[]> {
    return (
      await this.sql(`SELECT datname FROM pg_database WHERE datname LIKE '${database}%' ORDER BY 1`, 'postgres')
    ).split('\n');
  }

  restore(env: Record<string, string> = {}): Promise<Outcome> {
    return this.own.run('postgres-restore', { env });
  }
}

/** A pg_dump that ends well and says only half: a full disk between, a pipe without \`pipefail\`. */
const halfDump = `#!/bin/sh
case "$*" in *--version*) exec ${bin}/pg_dump "$@";; esac
${bin}/pg_dump "$@" | head -c 300000
`;

const killedDump = `#!/bin/sh
${bin}/pg_dump "$@" | head -c 300000
exit 1
`;

/** A dump that lists every table and has the rows of none. */
const emptyDump = `#!/bin/sh
for argument do shift; case $argument in --dbname=*) set -- "$@" --dbname=hollow;; *) set -- "$@" "$argument";; esac; done
exec ${bin}/pg_dump "$@"
`;

let before = '';
let first = '';

export const postgresChecks: Checks<Database> = {
  'a backup goes to object storage, custom and .sql, read back and loaded': async (it) => {
    before = await it.contents();
    const { stdout } = succeeds(await it.own.run('postgres-backup'));
    assert.match(stdout, /made the repository/);
    assert.match(stdout, /accepted the backup \d{8}T\d{6}Z/);
    for (const kind of ['globals', 'tables', 'sql', 'dump'])
      assert.equal((await it.own.runs('postgres', kind)).length, 1);
    [first = ''] = await it.own.runs('postgres', 'dump');
    const globals = await it.own.restic('postgres', ['dump', '--tag', 'globals', 'latest', '/globals.sql']);
    assert.match(globals.stdout, /CREATE ROLE "back-office"/);
    assert.doesNotMatch(globals.stdout, /PASSWORD|SCRAM/);
  },

  'without its key the backup says nothing, and makes nothing': async (it) => {
    const s3 = { 'access-key-id': 'key', 'secret-access-key': 'key', superuser: superuserPassword };
    const wrong = { ...s3, 'encryption-key': 'another key' };
    for (const name of ['postgres-backup', 'postgres-drill', 'postgres-restore'])
      refuses(await it.own.run(name, { credentials: wrong }), /wrong password or no key found/);
    refuses(await it.own.run('postgres-backup', { credentials: { ...s3, 'encryption-key': '' } }), /no encryption key/);
    assert.deepEqual(await it.own.runs('postgres', 'dump'), [first]);
  },

  'the drill restores it into a throw-away server, and notes when': async (it) => {
    const { stdout } = succeeds(await it.own.run('postgres-drill'));
    assert.match(stdout, /public\.pgbench_accounts: 100000 rows/);
    assert.match(stdout, /"back-office"\."Odd ""Name""": 10 rows/);
    assert.match(stdout, new RegExp(`the drill passed: {"backup": "${first}"`));
    const [drill] = await it.own.runs('postgres', 'drill');
    const status = await it.own.restic('postgres', ['dump', '--tag', 'drill', 'latest', '/drill.json']);
    assert.deepEqual(Object.keys(JSON.parse(status.stdout) as object), ['backup', 'drill', 'tables', 'bytes']);
    assert.ok(drill !== undefined && drill > first);
  },

  'a database with connections is not replaced': async (it) => {
    await it.connected(async () => {
      refuses(await it.restore({ OVERWRITE: 'yes' }), /has 1 connections: scale what uses it to zero first/);
    });
    assert.equal(await it.contents(), before);
  },

  'a database with tables is replaced only when told, and kept': async (it) => {
    refuses(await it.restore(), /has \d+ tables: say OVERWRITE=yes/);
    await it.sql('DELETE FROM pgbench_accounts; DROP TABLE "back-office"."Odd ""Name"""');
    const damaged = await it.contents();
    succeeds(await it.restore({ OVERWRITE: 'yes' }));
    assert.equal(await it.contents(), before);
    assert.equal(await it.contents(`${database}_before_restore`), damaged);
    refuses(await it.restore({ OVERWRITE: 'yes' }), /_before_restore is still there/);
    await it.sql(`DROP DATABASE ${database}_before_restore`, 'postgres');
  },

  'after a wipe, roles included, a restore gives equal rows, checksums, owners and privileges': async (it) => {
    await it.sql(`DROP DATABASE ${database}`, 'postgres');
    await it.sql(`DROP ROLE "back-office"`, 'postgres');
    // What the roles Job of a new cluster has made.
    await it.sql(`CREATE DATABASE ${database} OWNER ${owner}`, 'postgres');
    const { stdout } = succeeds(await it.restore());
    assert.match(stdout, /now the roles: kubectl create job --from=cronjob\/postgres-roles/);
    assert.equal(await it.contents(), before);
    assert.equal(
      await it.sql(`SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'back-office'`, 'postgres'),
      't',
    );
    assert.deepEqual(await it.databases(), [database]);
    assert.equal(await it.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`), owner);
  },

  'a database that is not there is made': async (it) => {
    await it.sql(`DROP DATABASE ${database}`, 'postgres');
    succeeds(await it.restore());
    assert.equal(await it.contents(), before);
  },

  'an older backup is restored by its name, and an unknown one refused': async (it) => {
    await it.sql('CREATE TABLE later AS SELECT 1 AS id');
    succeeds(await it.own.run('postgres-backup'));
    succeeds(await it.restore({ OVERWRITE: 'yes', RUN: first }));
    assert.equal(await it.contents(), before);
    await it.sql(`DROP DATABASE ${database}_before_restore`, 'postgres');
    refuses(await it.restore({ RUN: '20010101T000000Z' }), /there is no backup 20010101T000000Z/);
  },

  'a dump that fails or is cut off is refused, and retention keeps the good ones': async (it) => {
    const good = await it.own.runs('postgres', 'dump');
    refuses(await it.own.run('postgres-backup', { shims: { pg_dump: killedDump } }), /command failed: exit status 1/);
    refuses(
      await it.own.run('postgres-backup', { shims: { pg_dump: halfDump } }),
      /could not read|end of file|unexpected/i,
    );
    assert.deepEqual(await it.own.runs('postgres', 'dump'), good);
    assert.equal((await it.own.runs('postgres', 'dump', 'unverified')).length, 1);
    succeeds(await it.own.run('backup-retention'));
    const kept = await it.own.runs('postgres', 'dump');
    assert.equal(kept.at(-1), good.at(-1));
    succeeds(await it.own.run('postgres-drill'));
  },

  'a dump without its rows is refused where it is loaded, and fails the drill where it was not': async (it) => {
    await it.sql(`DROP DATABASE IF EXISTS hollow`, 'postgres');
    await it.sql(`CREATE DATABASE hollow TEMPLATE ${database}`, 'postgres');
    await it.sql('TRUNCATE pgbench_accounts', 'hollow');
    const shims = { pg_dump: emptyDump };
    refuses(
      await it.own.run('postgres-backup', { shims }),
      /pgbench_accounts had rows when the backup was taken, and has none/,
    );
    succeeds(await it.own.run('postgres-backup', { shims, env: { PLAIN: 'no' } }));
    const env = { PLAIN: 'no' };
    refuses(
      await it.own.run('postgres-drill', { env }),
      /pgbench_accounts had rows when the backup was taken, and has none/,
    );
    refuses(await it.restore({ OVERWRITE: 'yes' }), /pgbench_accounts had rows/);
    assert.equal(await it.contents(), before, 'a restore that fails leaves everything as it was');
    await it.sql(`DROP DATABASE hollow`, 'postgres');
    await it.sql(`DROP DATABASE ${database}_restoring`, 'postgres');
  },
};

/** Flips bytes in the middle of every file of data: a disk that forgets. */
export function corrupt(repository: string): void {
  for (const folder of readdirSync(join(repository, 'data'))) {
    for (const name of readdirSync(join(repository, 'data', folder))) {
      const path = join(repository, 'data', folder, name);
      const bytes = readFileSync(path);
      if (bytes.length < 100_000) continue;
      bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 64);
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
    }
  }
}
