/** Backup, restore and drill of PostgreSQL: the scripts of nestjs-api, which wants `.sql` as well, on a real server. */
import { strict as assert } from 'node:assert';
import type { Outcome } from '../kit/command';
import { type Checks, refuses, succeeds } from './checks';
import { bin, type Database, database, owner, superuserPassword } from './database';

/** A pg_dump that ends well and says only half: a full disk between, a pipe without \`pipefail\`. */
const halfDump = `#!/bin/sh
case "$*" in *--version*) exec ${bin}/pg_dump "$@";; esac
${bin}/pg_dump "$@" | head -c 300000
`;

const killedDump = `#!/bin/sh
${bin}/pg_dump "$@" | head -c 300000
exit 1
`;

/** What loads all but one row. */
const losesRow = `#!/bin/sh
${bin}/pg_restore "$@" && ${bin}/psql -X -w -q -d restored -c 'DELETE FROM pgbench_accounts WHERE aid = 1'
`;

/** A dump that lists every table and has the rows of none. */
const emptyDump = `#!/bin/sh
for argument do shift; case $argument in --dbname=*) set -- "$@" --dbname=hollow;; *) set -- "$@" "$argument";; esac; done
exec ${bin}/pg_dump "$@"
`;

/** What a restore says before it begins: which backup, of which repository, into what. */
export function saysWhere(it: Database, run: string): RegExp {
  return new RegExp(
    `^restores the backup ${run} of s3:http://127\\.0\\.0\\.1:\\d+/.*/postgres into ${database} at 127\\.0\\.0\\.1:${it.port}$`,
    'm',
  );
}

/** What is started after a restore. */
export function rolesJob(it: Database, password: string): Promise<Outcome> {
  const roles = { 'roles/app': password, 'roles/monitoring': 'cafe-monitoring' };
  return it.own.run('postgres-roles', { credentials: { superuser: superuserPassword, ...roles } });
}

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

  'the drill misses a single row': async (it) => {
    const env = { PLAIN: 'no' };
    refuses(
      await it.own.run('postgres-drill', { env, shims: { pg_restore: losesRow } }),
      /pgbench_accounts had 100000 rows when the backup was taken, and has 99999/,
    );
    const tables = await it.own.restic('postgres', ['dump', '--tag', 'tables', 'latest', '/tables.txt']);
    assert.match(tables.stdout, /^10 "back-office"\."Odd ""Name"""$/m);
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
    assert.match(stdout, saysWhere(it, first));
    assert.match(stdout, /now the roles: kubectl create job --from=cronjob\/postgres-roles/);
    assert.equal(await it.contents(), before);
    assert.equal(
      await it.sql(`SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'back-office'`, 'postgres'),
      't',
    );
    assert.deepEqual(await it.databases(), [database]);
    assert.equal(await it.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`), owner);
  },

  'then the roles Job gives the application its password, and what it may do': async (it) => {
    const password = 'the-password-of-today';
    assert.notEqual((await it.as(owner, password, 'SELECT')).status, 0, 'it is not the one of the backup');
    assert.match(succeeds(await rolesJob(it, password)).stdout, /^app has its password set$/m);
    assert.equal(succeeds(await it.as(owner, password, 'SELECT count(*) FROM pgbench_accounts')).stdout, '100000\n');
    succeeds(await it.as(owner, password, 'CREATE TABLE later_migration (id int); DROP TABLE later_migration'));
    assert.equal(await it.contents(), before);
  },

  'a database that is not there is made': async (it) => {
    await it.sql(`DROP DATABASE ${database}`, 'postgres');
    succeeds(await it.restore());
    assert.equal(await it.contents(), before);
  },

  'an older backup is restored by its name, and an unknown one refused': async (it) => {
    await it.sql('CREATE TABLE later AS SELECT 1 AS id');
    succeeds(await it.own.run('postgres-backup', { env: { PLAIN: 'no' } }));
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
    succeeds(await it.own.run('postgres-drill', { env: { PLAIN: 'no' } }));
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
