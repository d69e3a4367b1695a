/** What docs/procedures.md says of a database that runs, by the page's own lines, with data that must be there afterwards. */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { follow, type StandIn } from '../manifests/procedure';
import { PostgresServer } from './server';

const passwords = { backend: 'aaaa1111bbbb2222', old: 'cccc3333dddd4444' };

/** The StatefulSet of one pod, as far as a procedure changes it, and the roles Job. */
class Database {
  private constructor(
    private server: PostgresServer,
    readonly folder: string,
  ) {}

  static async start(): Promise<Database> {
    return new Database(await PostgresServer.start(), mkdtempSync(join(tmpdir(), 'keelson-procedures-')));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The roles Job: the first role is the owner. */
  async roles(roles: Readonly<Record<string, string>>, database = 'app'): Promise<void> {
    const { status, stderr } = await this.server.reconcile({ database, passwords: roles });
    assert.equal(status, 0, stderr);
  }

  /** What a role of the application can do. */
  async as(role: string, password: string, statement: string, database = 'app'): Promise<string> {
    const { status, stdout, stderr } = await this.server.as(role, password, statement, database);
    assert.equal(status, 0, `${role}: ${statement}: ${stderr}`);
    return stdout.trim();
  }

  admin(statement: string, database?: string): Promise<string> {
    return this.server.admin(statement, database);
  }

  /** A client that keeps its connection, as the exporter does; it ends when it is thrown out. */
  async visitor(database: string): Promise<{ gone: Promise<unknown> }> {
    const { words } = this.server.inPod();
    const [program = '', ...args] = [
      ...words,
      'psql',
      '-X',
      '-U',
      'postgres',
      '-d',
      database,
      '-c',
      'SELECT pg_sleep(60)',
    ];
    const env = { PGPASSWORD: 'f00dfeed-superuser' };
    const client = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    const gone = new Promise((resolve) => client.on('exit', resolve));
    const count = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`;
    for (let tries = 0; tries < 100 && (await this.admin(count)) === '0'; tries += 1) await sleep(50);
    return { gone };
  }

  /** @param apply what the new manifests bring: the roles Job of another name, a server of another version */
  follow(anchor: string, acts: StandIn['acts']): Promise<string[]> {
    const nothing = async (): Promise<void> => undefined;
    return follow(anchor, {
      folder: this.folder,
      names: { OLD: 'old', NEW: 'new' },
      inPod: () => this.server.inPod(),
      acts: { scale: nothing, wait: nothing, 'rollout status': nothing, ...acts },
    });
  }

  /** The pod and its claim go; the new ones are empty. */
  replacement(): StandIn['acts'] {
    return {
      'delete statefulset': async () => undefined,
      'delete persistentvolumeclaim': () => this.server.stop(),
      'apply -f dist/30-data': async () => {
        this.server = await PostgresServer.start();
        await this.roles(passwords);
      },
    };
  }
}

async function filled(): Promise<Database> {
  const database = await Database.start();
  await database.roles(passwords);
  await database.as('backend', passwords.backend, 'CREATE TABLE items (id serial PRIMARY KEY, name text UNIQUE)');
  await database.as(
    'backend',
    passwords.backend,
    `INSERT INTO items (name) SELECT 'Größe ' || g FROM generate_series(1, 500) g`,
  );
  await database.as('old', passwords.old, 'CREATE TABLE notes (text text)');
  await database.as('old', passwords.old, `INSERT INTO notes VALUES ('mine')`);
  return database;
}

type Check = (database: Database) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  'a major version: what was dumped is there on the new server, for its roles, and goes on': async (database) => {
    const jobs = { 'create job': () => database.roles(passwords), 'apply -f dist/': async () => undefined };
    await database.follow('a-major-version-of-postgresql', { ...database.replacement(), ...jobs });
    assert.equal(await database.as('backend', passwords.backend, 'SELECT count(*), max(id) FROM items'), '500|500');
    await database.as('backend', passwords.backend, `INSERT INTO items (name) VALUES ('after')`);
    await database.as('old', passwords.old, 'INSERT INTO items (name) VALUES (1)');
    assert.equal(await database.as('old', passwords.old, 'SELECT * FROM notes'), 'mine');
  },

  'a new system below: indexes are made again, and the database no longer warns of its collation': async (database) => {
    const icu = `LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' TEMPLATE template0`;
    await database.admin('ALTER DATABASE app RENAME TO plain');
    await database.admin(`CREATE DATABASE app OWNER backend ${icu}`);
    await database.roles(passwords);
    await database.as('backend', passwords.backend, 'CREATE TABLE words (word text PRIMARY KEY)');
    const age = async (): Promise<void> => {
      await database.admin(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'app'`);
    };
    const files = `SELECT pg_relation_filenode('words_pkey')`;
    const before = await database.admin(files, 'app');
    await database.follow('a-new-system-below-postgresql', {
      'apply -f dist/30-data': age,
      'apply -f dist/': async () => undefined,
    });
    assert.notEqual(await database.admin(files, 'app'), before);
    const isKnown = `SELECT datcollversion = pg_database_collation_actual_version(oid) FROM pg_database WHERE datname = 'app'`;
    assert.equal(await database.admin(isKnown), 't');
  },

  'a renamed database: it keeps its tables, although somebody was connected': async (database) => {
    const visitor = await database.visitor('app');
    await database.follow('a-renamed-database', { apply: () => database.roles(passwords, 'new') });
    await visitor.gone;
    assert.equal(await database.as('backend', passwords.backend, 'SELECT count(*) FROM items', 'new'), '500');
    await database.as('old', passwords.old, 'INSERT INTO items (name) VALUES (1)', 'new');
    assert.equal(await database.admin(`SELECT count(*) FROM pg_database WHERE datname = 'app'`), '0');
  },

  'a renamed role: what it made is its own, under the new name with the new password': async (database) => {
    const renamed = { backend: passwords.backend, new: 'eeee5555ffff6666' };
    await database.follow('a-renamed-role', { apply: () => database.roles(renamed) });
    assert.equal(await database.as('new', renamed.new, 'SELECT * FROM notes'), 'mine');
    await database.as('new', renamed.new, 'DROP TABLE notes');
    await database.as('new', renamed.new, 'INSERT INTO items (name) VALUES (1)');
    assert.equal(await database.admin(`SELECT count(*) FROM pg_roles WHERE rolname = 'old'`), '0');
  },

  'a new owner: it changes the tables of the one before, who is a member now': async (database) => {
    await database.admin('ALTER ROLE old RENAME TO new');
    await database.admin('ALTER SCHEMA old RENAME TO new', 'app');
    await database.admin('ALTER ROLE backend RENAME TO old');
    const turned = { new: 'eeee5555ffff6666', old: passwords.backend };
    await database.follow('a-new-owner', { apply: () => database.roles(turned) });
    await database.as('new', turned.new, 'ALTER TABLE items ADD COLUMN more int');
    await database.as('old', turned.old, 'UPDATE items SET more = 1');
  },
};

export async function procedures(): Promise<void> {
  for (const [title, check] of Object.entries(checks)) {
    const database = await filled();
    try {
      await check(database);
      console.log(`ok  ${title}`);
    } finally {
      await database.stop();
    }
  }
}
