/** What is left when the server is gone with its volume, and what an administrator can do who is no superuser. */
import { strict as assert } from 'node:assert';
import { until } from '../redis/member';
import { type Checks, succeeds } from './checks';
import { type Database, database, owner } from './database';
import type { Jobs } from './jobs';
import { rolesJob, saysWhere } from './postgres';

const password = 'the-password-of-today';
/** The `.sql` beside it is checked elsewhere. */
const custom = { PLAIN: 'no' };

export class Recovery {
  constructor(
    /** What was backed up, and is as it was then. */
    readonly before: Database,
    /** The Jobs of an environment whose servers are managed. */
    readonly managed: Jobs,
  ) {}

  /** A new cluster: an empty server, to which the Jobs are pointed. */
  async anew(work: (server: Database) => Promise<void>, jobs: Jobs): Promise<void> {
    const server = await this.before.another();
    server.jobsAre(jobs.elsewhere(server.here));
    try {
      await work(server);
    } finally {
      await server.stop();
    }
  }
}

async function restoredAndStreamed(it: Recovery, server: Database, standby: Database): Promise<void> {
  const wanted = await it.before.contents();
  succeeds(await it.before.own.run('postgres-backup', { env: custom }));
  const newest = (await it.before.own.runs('postgres', 'dump')).at(-1) ?? '';
  // As the apply of a new cluster leaves it: the roles, and an empty database.
  succeeds(await rolesJob(server, password));
  assert.match(succeeds(await server.restore()).stdout, saysWhere(server, newest));
  assert.equal(await server.contents(), wanted);
  assert.match(succeeds(await rolesJob(server, password)).stdout, /^app can log in$/m);
  succeeds(await server.as(owner, password, 'UPDATE pgbench_accounts SET abalance = 0 WHERE aid = 1'));
  const changed = await server.contents();
  await until('the replica has what was restored', async () => (await standby.contents()) === changed, 20);
}

/** Whom a provider gives: rights to make roles and databases, and nothing over what others own. */
const administrator = 'manager';
const credentials = {
  'encryption-key': 'the key of this test\n',
  'access-key-id': 'key',
  'secret-access-key': 'key',
  superuser: 'managed-password',
  'superuser-name': administrator,
  'roles/app': password,
  'roles/monitoring': 'cafe-monitoring',
};

async function managedRestore(server: Database): Promise<void> {
  await server.sql(`CREATE ROLE ${administrator} LOGIN CREATEROLE CREATEDB PASSWORD 'managed-password'`, 'postgres');
  const run = (name: string, env: Record<string, string> = {}) =>
    server.own.run(name, { credentials, env: { ...custom, ...env } });
  const may = async (statement: string) => succeeds(await server.as(owner, password, statement)).stdout;
  succeeds(await run('postgres-roles'));
  await may('CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id; CREATE TABLE none (id serial PRIMARY KEY)');
  await may(`SELECT lo_from_bytea(4712, 'a picture')`);
  await may('CREATE EXTENSION pg_trgm');
  const wanted = await server.contents();
  succeeds(await run('postgres-backup'));
  await may('DROP TABLE orders');
  succeeds(await run('postgres-restore', { OVERWRITE: 'yes' }));
  succeeds(await run('postgres-roles'));
  assert.equal(await server.contents(), wanted);
  assert.equal(await may('SELECT count(*) FROM orders'), '1000\n');
  assert.equal(
    await server.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`),
    owner,
  );
}

export const recoveryChecks: Checks<Recovery> = {
  'a new server gets roles, data and passwords, and its replica has them too': (it) =>
    it.anew(async (server) => {
      const standby = await server.standby();
      try {
        await restoredAndStreamed(it, server, standby);
      } finally {
        await standby.stop();
      }
    }, it.before.own),

  'an administrator who is no superuser backs up and restores a managed server': (it) =>
    it.anew(managedRestore, it.managed),
};
