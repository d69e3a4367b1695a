/**
 * Three members on loopback, with the scripts and the configuration of the manifests, against PostgreSQL 15: they stream, a
 * copy that was interrupted recovers, a promotion loses nothing, the old primary comes back as a replica, and what a slot
 * keeps has an end. All of it over TLS.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, run } from '../kit/command';
import { freePorts } from '../servers/ports';
import { CertificateFolder } from './certificate';
import { Member, passwords } from './member';

type Members = readonly [Member, Member, Member];

async function until(what: string, test: () => Promise<boolean>, seconds = 90): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200))
    if (await test().catch(() => false)) return;
  throw new Error(`${what}: not within ${seconds} s`);
}

function rows(member: Member): Promise<string> {
  return member.sql('SELECT count(*), coalesce(md5(string_agg(id::text, $$,$$ ORDER BY id)), $$$$) FROM items');
}

async function same(members: readonly Member[], source: Member): Promise<void> {
  const wanted = await rows(source);
  const streams = `SELECT string_agg(application_name, ' ') FROM pg_stat_replication WHERE state = 'streaming'`;
  for (const member of members) {
    await until(`db-${member.ordinal} streams`, async () =>
      (await source.sql(streams)).includes(`db-${member.ordinal}`),
    );
    await until(`db-${member.ordinal} has ${wanted}`, async () => (await rows(member)) === wanted);
  }
}

/** An edit: the StatefulSet replaces its pods from the last to the first. */
async function roll(members: readonly Member[], primary: number): Promise<void> {
  for (const member of members) {
    await member.stop();
    await member.launch(primary);
  }
}

/** The roles Job's part: without the role nobody can copy. */
async function makeRole(primary: Member): Promise<void> {
  await primary.sql(`CREATE ROLE replicator LOGIN REPLICATION PASSWORD $p$${passwords.replication}$p$`);
}

const checks: Readonly<Record<string, (members: Members) => Promise<void>>> = {
  'the first start makes one database, and replicas wait for it and stream': async ([a, b, c]) => {
    const waiting = b.prepare(0);
    assert.match(await a.launch(0), /db-0 is the primary|db-0: is the primary; the volume is empty/);
    await makeRole(a);
    await a.sql('CREATE TABLE items (id int PRIMARY KEY, filler text)');
    await a.sql("INSERT INTO items SELECT i, repeat('x', 200) FROM generate_series(1, 200000) i");
    const copied = await waiting;
    assert.match(copied.stdout, /waits for the primary[\s\S]*has a copy of member 0/);
    await b.start(0);
    await c.launch(0);
    await a.sql('INSERT INTO items VALUES (0)');
    await same([b, c], a);
    assert.equal(
      await a.sql("SELECT string_agg(slot_name || active, ' ' ORDER BY 1) FROM pg_replication_slots"),
      'db_1true db_2true',
    );
    assert.match((await b.ask('INSERT INTO items VALUES (-1)')).stderr, /read-only transaction/);
    assert.equal(await a.sql('SELECT bool_and(ssl) FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)'), 't');
  },

  'the role of the replicas can stream, and cannot log in': async ([a]) => {
    const env = { PGPASSWORD: passwords.replication };
    const args = [
      '-X',
      '-w',
      '-h',
      '127.0.0.1',
      '-p',
      String(a.port),
      '-U',
      'replicator',
      '-d',
      'postgres',
      '-c',
      'SELECT 1',
    ];
    assert.match((await run('psql', args, { env })).stderr, /pg_hba.conf rejects connection/);
  },

  'a replica that is killed in mid-copy copies again': async ([a, b]) => {
    await b.stop();
    rmSync(b.data, { recursive: true });
    const copying = spawn(
      'setpriv',
      ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', 'sh', join(b.folder, 'etc/prepare.sh')],
      {
        env: b.env(0),
        detached: true,
        stdio: 'ignore',
      },
    );
    await until('a copy under way', async () => existsSync(join(b.folder, 'volume/copy.unfinished/PG_VERSION')));
    if (copying.pid !== undefined) process.kill(-copying.pid, 'SIGKILL');
    await sleep(300);
    assert.ok(!existsSync(b.data), 'an unfinished copy counts for nothing');
    assert.match(await b.launch(0), /copies the data of member 0[\s\S]*has a copy/);
    assert.ok(!existsSync(join(b.folder, 'volume/copy.unfinished')));
    await same([b], a);
  },

  'a restart changes nothing: replicas stay replicas, the primary stays primary': async ([a, b]) => {
    await b.stop();
    await a.sql('INSERT INTO items SELECT i FROM generate_series(300001, 300100) i');
    assert.doesNotMatch(await b.launch(0), /copies|rewind/);
    await a.kill();
    assert.match(await a.launch(0), /^db-0: is the primary$/m);
    await a.sql('INSERT INTO items VALUES (300200)');
    await same([b], a);
  },

  'a planned promotion loses nothing, in the order in which a StatefulSet replaces its pods': async (members) => {
    const [a, b, c] = members;
    let last = 400_000;
    let writing = true;
    const writer = (async () => {
      while (writing)
        if ((await a.ask(`INSERT INTO items VALUES (${last + 1})`)).status === 0) last += 1;
        else await sleep(50);
    })();
    await c.stop();
    await c.launch(1);
    await b.stop();
    const said = await b.launch(1);
    assert.match(said, /stops member 0, the old primary[\s\S]*is the primary from now on/);
    writing = false;
    await writer;
    assert.equal(await b.sql('SELECT max(id) FROM items'), String(last), 'every write that was confirmed');
    await a.stop();
    await assert.rejects(a.start(0), /db-1 is the primary now/);
    const back = await a.launch(1);
    assert.doesNotMatch(back, /copies/);
    assert.ok(a.isReplica() && !b.isReplica());
    await b.sql('INSERT INTO items VALUES (-2)');
    await same([a, c], b);
    assert.equal(
      await b.sql("SELECT string_agg(slot_name || active, ' ' ORDER BY 1) FROM pg_replication_slots"),
      'db_0true db_2true',
    );
  },

  'and back, where the old primary is replaced first': async ([a, b, c]) => {
    await c.stop();
    await c.launch(0);
    await b.sql('INSERT INTO items VALUES (-3)');
    await b.stop();
    await b.launch(0);
    assert.ok(b.isReplica());
    await a.stop();
    assert.match(await a.launch(0), /is the primary from now on/);
    await a.sql('INSERT INTO items VALUES (-4)');
    await same([b, c], a);
    assert.equal(await a.sql('SELECT count(*) FROM items WHERE id < 0'), '3');
  },

  'the old primary that wrote what nobody got is rewound': async ([a, b, c]) => {
    await b.stop();
    await c.stop();
    // Written, confirmed and lost with its node.
    await a.sql("INSERT INTO items SELECT i, repeat('lost', 50) FROM generate_series(500001, 520000) i");
    await a.kill();
    await b.launch(1);
    await b.sql('INSERT INTO items VALUES (-5)');
    const said = await a.launch(1);
    assert.match(said, /rewinding from last common checkpoint|Done!/);
    assert.doesNotMatch(said, /copies/);
    await c.launch(1);
    await same([a, c], b);
    assert.equal(await a.sql('SELECT count(*) FROM items WHERE id > 500000'), '0');
  },

  'a rewind that was interrupted is copied anew': async ([a, b]) => {
    await a.stop();
    writeFileSync(join(a.folder, 'volume/unfinished'), '');
    assert.match(await a.launch(1), /a rewind was interrupted[\s\S]*has a copy of member 1/);
    await same([a], b);
  },

  'a stale primary that is named again takes over what came after it': async ([a, b, c]) => {
    await roll([c, b, a], 0);
    // db-0 is lost, db-1 takes over, then the file names db-0 again before it came back.
    await a.kill();
    await roll([c, b], 1);
    await b.sql('INSERT INTO items VALUES (-6)');
    await roll([c, b], 0);
    assert.match(await a.launch(0), /member [12] was the primary after this one[\s\S]*is the primary from now on/);
    assert.equal(await a.sql('SELECT count(*) FROM items WHERE id = -6'), '1');
    await c.stop();
    await c.launch(0);
    await same([b, c], a);
  },

  'what a slot keeps has an end, and a replica that comes too late is copied anew': async ([a, b]) => {
    await b.stop();
    for (let i = 0; i < 10; i += 1) {
      await a.sql(
        `INSERT INTO items SELECT i, repeat('w', 500) FROM generate_series(${600_000 + i * 30_000}, ${629_999 + i * 30_000}) i`,
      );
      await a.sql('SELECT pg_switch_wal()');
    }
    await a.sql('CHECKPOINT');
    assert.equal(await a.sql("SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'db_1'"), 'lost');
    const kept = Number(await a.sql('SELECT sum(size) FROM pg_ls_waldir()'));
    assert.ok(kept < 200 * 1024 * 1024, `${kept} bytes of log`);
    assert.match(await b.launch(0), /no longer has the log[\s\S]*has a copy of member 0/);
    await same([b], a);
  },

  'fewer connections than before: a replica starts all the same': async ([a, b]) => {
    for (const member of [a, b]) member.configure({ max_connections: '50' });
    await b.stop();
    await b.launch(0);
    assert.equal(await b.sql('SHOW max_connections'), '100');
    await a.stop();
    assert.match(await a.launch(0), /^db-0: is the primary$/m);
    await same([b], a);
    await b.stop();
    await b.launch(0);
    assert.equal(await b.sql('SHOW max_connections'), '50');
  },

  'a primary whose volume is lost gets its data from a replica': async ([a, b, c]) => {
    await same([b, c], a);
    const before = await rows(a);
    await a.kill();
    rmSync(a.data, { recursive: true });
    assert.match(await a.launch(0), /copies the data of member [12][\s\S]*is the primary from now on/);
    assert.equal(await rows(a), before);
    await a.sql('INSERT INTO items VALUES (-7)');
    await b.stop();
    await b.launch(0);
    await same([b], a);
  },

  'an empty member that is named primary makes no database of its own': async ([a, b, c]) => {
    for (const member of [a, b, c]) await member.stop();
    rmSync(b.data, { recursive: true });
    const empty = await b.prepare(1, 30);
    assert.match(empty.stderr, /only member 0 makes a new database/);
    assert.equal(empty.status, 1);
  },

  'data of another database, or of another major version, are left alone': async ([a, b, c]) => {
    await c.start(0);
    const other = readFileSync(join(c.data, 'global/pg_control'));
    rmSync(a.data, { recursive: true });
    await a.start(0);
    assert.match((await c.prepare(0)).stderr, /holds another database than member 0/);
    assert.equal(other.length, readFileSync(join(c.data, 'global/pg_control')).length);
    await must('sh', ['-c', `mkdir -p ${b.data} && echo 14 > ${b.data}/PG_VERSION`]);
    await assert.rejects(b.start(0), /the volume holds PostgreSQL 14 .* and this is PostgreSQL 15/);
  },
};

export async function replication(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-members-'));
  chmodSync(folder, 0o755);
  const ports = await freePorts(3);
  const certificate = await CertificateFolder.make(['db']);
  const member = (ordinal: number): Member => new Member(join(folder, `db-${ordinal}`), ordinal, ports, certificate);
  const members = [member(0), member(1), member(2)] as const;
  await must('chown', ['-R', 'postgres:postgres', folder]);
  try {
    for (const [title, check] of Object.entries(checks)) {
      await check(members);
      console.log(`ok  ${title}`);
    }
  } finally {
    for (const one of members) await one.stop();
    certificate.remove();
    if (!process.env['KEEP']) rmSync(folder, { recursive: true, force: true });
    else console.log(folder);
  }
}
