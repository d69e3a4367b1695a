/** The roles Job's script and the server's configuration, as they go into the manifests, against a real PostgreSQL 15. */
import { strict as assert } from 'node:assert';
import { PostgresServer } from './server';

const database = 'shop';
const owner = 'backend';
const member = 'back-office';
/** What a person might choose; the generated ones are hex. */
const awkward = `it's "quoted" \\ $HOME \`id\` %s :x`;
const first = { [owner]: 'aaaa1111bbbb2222', [member]: awkward };

/** Here the server listens on loopback only, by its command line, which the file cannot change any more. */
const overridden = 'listen_addresses';

type Check = (server: PostgresServer) => Promise<void>;

async function mayNot(server: PostgresServer, role: string, password: string, statement: string, on = database) {
  const outcome = await server.as(role, password, statement, on);
  assert.notEqual(outcome.status, 0, `${role} may: ${statement}`);
  assert.match(outcome.stderr, /permission denied|must be (owner|superuser)/, statement);
}

async function may(server: PostgresServer, role: string, password: string, statement: string, on = database) {
  const outcome = await server.as(role, password, statement, on);
  assert.equal(outcome.status, 0, `${role} may not: ${statement}: ${outcome.stderr}`);
}

/** What the exporter's role is for, and what it is not. */
const watching = {
  can: [
    'SELECT query FROM pg_stat_activity WHERE usename <> current_user',
    'SELECT pg_database_size(datname) FROM pg_database',
    'SELECT * FROM pg_stat_replication',
    `SELECT setting FROM pg_settings WHERE name = 'data_directory' AND setting <> ''`,
    'SELECT count(*) FROM pg_ls_waldir()',
  ],
  cannot: [
    ...['SELECT * FROM public.items', 'INSERT INTO public.items VALUES (99)', 'SET ROLE backend'],
    ...['CREATE TABLE public.t (i int)', 'CREATE SCHEMA x', 'CREATE ROLE x', 'SELECT * FROM pg_authid'],
    ...['SELECT pg_reload_conf()', `COPY (SELECT 1) TO PROGRAM 'cat'`, `SELECT pg_read_file('postgresql.conf')`],
    'SELECT pg_create_physical_replication_slot($$x$$)',
  ],
};

const checks: Readonly<Record<string, Check>> = {
  'the server takes every line of the configuration': async (server) => {
    assert.equal(await server.admin('SHOW shared_buffers'), '128MB');
    assert.equal(await server.admin('SHOW data_checksums'), 'on');
    assert.equal(await server.admin('SHOW max_wal_size'), '1GB');
    assert.equal(await server.admin('SELECT name FROM pg_file_settings WHERE error IS NOT NULL'), overridden);
    assert.equal(await server.admin('SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL'), '0');
    assert.equal(
      await server.admin(`SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules`),
      'reject,scram-sha-256',
    );
  },

  'a first run makes database, roles and passwords, and says no password': async (server) => {
    await server.admin(`ALTER SYSTEM SET log_statement = 'all'`);
    await server.admin('SELECT pg_reload_conf()');
    const outcome = await server.reconcile({ database, passwords: first });
    assert.equal(outcome.status, 0, outcome.stderr);
    assert.match(outcome.stdout, /^backend has its password set\nback-office has its password set\n$/);
    for (const [role, password] of Object.entries(first)) {
      await may(server, role, password, 'SELECT');
      for (const said of [outcome.stdout, outcome.stderr, server.log()])
        assert.ok(!said.includes(password.slice(0, 8)), role);
    }
  },

  'a second run changes nothing': async (server) => {
    await server.as(owner, first[owner] ?? '', 'CREATE TABLE items (id serial PRIMARY KEY, name text)', database);
    const before = await server.state(database);
    const outcome = await server.reconcile({ database, passwords: first });
    assert.equal(outcome.stdout, 'backend can log in\nback-office can log in\n', outcome.stderr);
    assert.equal(await server.state(database), before);
    assert.match(before, /GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES? /);
  },

  'a member reads and writes what the owner makes, and no more': async (server) => {
    const can = ['INSERT INTO items (name) VALUES (1)', 'SELECT * FROM items', 'UPDATE items SET name = 2'];
    const own = ['CREATE TABLE mine (id int)', 'DROP TABLE "back-office".mine', 'CREATE TEMPORARY TABLE t (id int)'];
    for (const statement of [...can, 'DELETE FROM items', ...own]) await may(server, member, awkward, statement);
    const cannot = ['CREATE TABLE public.theirs (id int)', 'DROP TABLE items', 'TRUNCATE items', 'CREATE SCHEMA x'];
    const ofServer = ['CREATE ROLE x', 'CREATE DATABASE x', 'ALTER SYSTEM SET work_mem = 1', `COPY items TO '/tmp/x'`];
    for (const statement of [...cannot, ...ofServer]) await mayNot(server, member, awkward, statement);
    await mayNot(server, member, awkward, 'SELECT', 'postgres');
    await mayNot(server, member, awkward, 'SELECT', 'template1');
    await mayNot(server, owner, first[owner] ?? '', 'SELECT * FROM pg_authid');
  },

  'a role that nobody named may not enter': async (server) => {
    await server.admin(`CREATE ROLE stranger LOGIN PASSWORD 'strange'`);
    await mayNot(server, 'stranger', 'strange', 'SELECT');
  },

  'a member that comes later reads what was there before': async (server) => {
    const outcome = await server.reconcile({ database, passwords: { ...first, reports: 'cccc3333dddd4444' } });
    assert.equal(outcome.status, 0, outcome.stderr);
    await may(server, 'reports', 'cccc3333dddd4444', 'INSERT INTO items (name) VALUES (3)');
  },

  'a changed password is taken over, and the old one ends': async (server) => {
    const next = { ...first, [owner]: 'eeee5555ffff6666' };
    const outcome = await server.reconcile({ database, passwords: next });
    assert.match(outcome.stdout, /^backend has its password set\nback-office can log in\n$/, outcome.stderr);
    await may(server, owner, 'eeee5555ffff6666', 'SELECT');
    assert.notEqual((await server.as(owner, first[owner] ?? '', 'SELECT', database)).status, 0);
    assert.ok(!server.log().includes('eeee5555'));
    assert.equal((await server.reconcile({ database, passwords: first })).status, 0);
  },

  'a privilege that a role was given by hand is taken away': async (server) => {
    await server.admin(`ALTER ROLE "back-office" SUPERUSER CREATEDB`);
    await server.admin(`GRANT CREATE ON DATABASE shop TO PUBLIC; GRANT CONNECT ON DATABASE postgres TO PUBLIC`);
    assert.equal((await server.reconcile({ database, passwords: first })).status, 0);
    for (const statement of ['CREATE DATABASE x', 'CREATE SCHEMA x']) await mayNot(server, member, awkward, statement);
    await mayNot(server, member, awkward, 'SELECT', 'postgres');
  },

  'a former owner with objects left is refused, with the way out': async (server) => {
    const outcome = await server.reconcile({ database, passwords: { [member]: awkward, [owner]: first[owner] ?? '' } });
    assert.notEqual(outcome.status, 0);
    assert.match(outcome.stderr, /REASSIGN OWNED BY "backend" TO "back-office" in database shop/);
    assert.equal((await server.reconcile({ database, passwords: first })).status, 0);
  },

  'the superuser as a role, an empty password and a wrong superuser password are refused': async (server) => {
    const superuser = await server.reconcile({ database, passwords: { ...first, postgres: 'x' } });
    assert.match(superuser.stderr, /postgres is the superuser/);
    assert.equal(await server.admin(`SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres'`), 't');
    const empty = await server.reconcile({ database, passwords: { ...first, [member]: '' } });
    assert.match(empty.stderr, /back-office has no password/);
    const wrong = await server.reconcile({ database, passwords: first, superuserPassword: 'wrong' });
    assert.notEqual(wrong.status, 0);
    assert.match(wrong.stderr, /password authentication failed/);
  },

  "the exporter's role reads the statistics, and nothing else": async (server) => {
    const monitor = { monitoring: 'cafe1234cafe1234' };
    const env = { MONITOR_ROLE: 'monitoring' };
    const made = await server.reconcile({ database, passwords: first, others: monitor, env });
    assert.match(made.stdout, /^monitoring has its password set$/m, made.stderr);
    for (const statement of watching.can) await may(server, 'monitoring', monitor.monitoring, statement);
    const seen = `SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>'`;
    assert.equal((await server.as('monitoring', monitor.monitoring, seen, database)).stdout.trim(), '0');
    for (const statement of watching.cannot) await mayNot(server, 'monitoring', monitor.monitoring, statement);
    await server.admin('ALTER ROLE monitoring SUPERUSER');
    await server.reconcile({ database, passwords: first, others: monitor, env });
    await mayNot(server, 'monitoring', monitor.monitoring, 'SELECT * FROM public.items');
    const again = await server.reconcile({ database, passwords: first, others: monitor, env });
    assert.match(again.stdout, /^monitoring can log in$/m);
  },

  'the role of the replicas streams and does nothing else, and slots of members that are gone are dropped': async (
    server,
  ) => {
    const others = { replicator: 'beef5678beef5678' };
    const env = { REPLICATION_ROLE: 'replicator', REPLICAS: '2', SLOT_PREFIX: 'db' };
    for (const slot of ['db_1', 'db_2', 'other_5'])
      await server.admin(`SELECT pg_create_physical_replication_slot('${slot}')`);
    const made = await server.reconcile({ database, passwords: first, others, env });
    assert.match(made.stdout, /^replicator has its password set$/m, made.stderr);
    const slots = await server.admin(`SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots`);
    assert.equal(slots, 'db_1 other_5');
    const attributes = 'rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication';
    assert.equal(await server.admin(`SELECT ${attributes} FROM pg_roles WHERE rolname = 'replicator'`), 'f|f|f|f|t');
    const login = await server.as('replicator', others.replicator, 'SELECT 1', database);
    assert.match(login.stderr, /pg_hba\.conf rejects connection/);
    await server.admin('ALTER ROLE replicator SUPERUSER');
    const again = await server.reconcile({ database, passwords: first, others, env });
    assert.match(again.stdout, /^replicator can log in$/m, again.stderr);
    assert.equal(await server.admin(`SELECT ${attributes} FROM pg_roles WHERE rolname = 'replicator'`), 'f|f|f|f|t');
    for (const slot of ['db_1', 'other_5']) await server.admin(`SELECT pg_drop_replication_slot('${slot}')`);
  },

  "a managed server's administrator, who is no superuser, can do it as well": async (server) => {
    await server.admin(`CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'managed'`);
    await server.admin('GRANT CONNECT ON DATABASE postgres TO manager');
    const passwords = { app: '7777888899990000', worker: '0000999988887777' };
    const options = { database: 'managed', passwords, superuser: 'manager', superuserPassword: 'managed' };
    const outcome = await server.reconcile(options);
    assert.equal(outcome.status, 0, outcome.stderr);
    await may(server, 'app', passwords.app, 'CREATE TABLE t (id serial)', 'managed');
    await may(server, 'worker', passwords.worker, 'INSERT INTO t DEFAULT VALUES', 'managed');
    await mayNot(server, 'worker', passwords.worker, 'DROP TABLE t', 'managed');
    const before = await server.state('managed');
    assert.equal((await server.reconcile(options)).status, 0);
    assert.equal(await server.state('managed'), before);
  },
};

export async function roles(): Promise<void> {
  const server = await PostgresServer.start();
  try {
    for (const [title, check] of Object.entries(checks)) {
      await check(server);
      console.log(`ok  ${title}`);
    }
  } finally {
    await server.stop();
  }
}
