/**
 * Three members on loopback, with the scripts and the configuration of the manifests: they stream, a promotion loses
 * nothing that was acknowledged, an empty volume never wins.
 */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../servers/ports';
import { Member, password, until } from './member';

type Members = readonly [Member, Member, Member];

/** Writes one key after the other to whoever takes writes; remembers what was acknowledged. */
class Writer {
  acknowledged = 0;
  private going = true;
  private readonly work: Promise<void>;

  constructor(members: readonly Member[]) {
    this.work = this.write(members);
  }

  private async write(members: readonly Member[]): Promise<void> {
    // A client keeps its connection to whom it found, until that one refuses.
    let target = 0;
    while (this.going) {
      const next = this.acknowledged + 1;
      const answer = await members[target]?.ask('set', `written:${next}`, String(next));
      if (answer === 'OK') this.acknowledged = next;
      else target = (target + 1) % members.length;
    }
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.work;
  }
}

/** Of all keys and their values. */
function digest(member: Member): Promise<string> {
  const all =
    "local k=redis.call('keys','*') table.sort(k) local t={} for i,n in ipairs(k) do t[i]=n..'='..redis.call('get',n) end";
  return member.ask('eval_ro', `${all} return redis.sha1hex(table.concat(t,','))`, '0');
}

async function same(members: readonly Member[], source: Member): Promise<void> {
  for (const member of members) {
    await until(`redis-${member.ordinal} streams`, () => member.follows(source));
    const wanted = await digest(source);
    assert.match(wanted, /^[0-9a-f]{40}$/);
    await until('it has everything', async () => (await digest(member)) === wanted);
  }
}

async function missing(member: Member, acknowledged: number): Promise<number> {
  const script = "local m=0 for i=1,ARGV[1] do if redis.call('exists','written:'..i)==0 then m=m+1 end end return m";
  return Number(await member.ask('eval', script, '0', String(acknowledged)));
}

/** An edit: the StatefulSet replaces its pods from the last to the first, each once the one before is ready. */
async function roll(members: Members, primary: number): Promise<void> {
  for (const member of [...members].reverse()) {
    await member.stop();
    await member.launch(primary);
  }
}

const checks: Readonly<Record<string, (members: Members) => Promise<void>>> = {
  'the first start makes a primary, and replicas stream; they take no writes': async ([a, b, c]) => {
    await Promise.all([c.launch(0), b.launch(0), a.launch(0)]);
    await a.ask('eval', "for i=1,1000 do redis.call('set', i, string.rep('x', 1000)) end", '0');
    await same([b, c], a);
    assert.match(await b.ask('set', 'x', 'y'), /READONLY/);
  },

  'nobody else reads the password of the replicas, and no log has it': async ([a, b]) => {
    const rendered = readFileSync(join(b.folder, 'run/redis.conf'), 'utf8');
    assert.match(rendered, /^masterauth "(\\x[0-9a-f]{2})+"$/m);
    for (const member of [a, b]) assert.ok(!member.said().includes(password));
  },

  'replicas and primary restart, and stream again': async ([a, b, c]) => {
    await b.stop();
    await a.ask('set', 'meanwhile', '1');
    await b.launch(0);
    await same([b], a);
    await a.kill();
    await a.launch(0);
    assert.equal(await a.role(), 'master');
    assert.equal(await a.ask('get', 'meanwhile'), '1');
    await same([b, c], a);
  },

  'a planned promotion loses nothing that was acknowledged, forth and back': async (members) => {
    const [a, b, c] = members;
    const writer = new Writer(members);
    await until('writes', async () => writer.acknowledged > 50);
    await roll(members, 1);
    assert.deepEqual(await Promise.all(members.map((member) => member.role())), ['slave', 'master', 'slave']);
    await until('writes go on', async () => writer.acknowledged > 200);
    await roll(members, 0);
    await until('the first is the primary', async () => (await a.role()) === 'master');
    await writer.stop();
    assert.equal(await missing(a, writer.acknowledged), 0, `of ${writer.acknowledged} writes`);
    await same([b, c], a);
  },

  'an empty primary takes the data of its replicas, and not theirs away': async ([a, b, c]) => {
    const keys = await a.ask('dbsize');
    await a.kill();
    a.loseVolume();
    await a.launch(0);
    assert.match(a.said(), /the volume is empty; member \d has data/);
    assert.equal(await a.role(), 'master');
    assert.equal(await a.ask('dbsize'), keys);
    await b.stop();
    await b.launch(0);
    await c.stop();
    await c.launch(0);
    await same([b, c], a);
  },

  'when the primary is gone, the named one goes on with what it has': async ([a, b, c]) => {
    const keys = await a.ask('dbsize');
    await a.kill();
    await c.stop();
    await c.launch(1);
    await b.stop();
    await b.launch(1);
    assert.equal(await b.role(), 'master');
    assert.equal(await b.ask('dbsize'), keys);
    await b.ask('set', 'after', '1');
    await a.launch(1);
    await same([a, c], b);
  },

  'nor does the first one take writes where a copy was not finished': async ([a, b, c]) => {
    for (const member of [c, a, b])
      assert.ok(!existsSync(join(member.folder, 'data/unfinished')), 'copies are finished');
    for (const member of [c, a, b]) await member.stop();
    writeFileSync(join(a.folder, 'data/unfinished'), '');
    const refused = await a.refused(0);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /the copy of another member is not finished/);
  },

  'an empty member that is named, and finds nobody, does not begin': async ([, , c]) => {
    c.loseVolume();
    const refused = await c.refused(2);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /only member 0 begins with nothing/);
  },
};

export async function replication(folder: string): Promise<void> {
  const ports = await freePorts(3);
  const [a, b, c] = ports.map((_, ordinal) => {
    const place = join(folder, String(ordinal));
    mkdirSync(place);
    return new Member(place, ordinal, ports);
  });
  if (a === undefined || b === undefined || c === undefined) throw new Error('Three members are wanted');
  for (const [title, check] of Object.entries(checks)) {
    await check([a, b, c]).catch((error: unknown) => {
      for (const member of [a, b, c]) console.error(member.said().split('\n').slice(-12).join('\n'));
      throw new Error(`not: ${title}`, { cause: error });
    });
    console.log(`ok  ${title}`);
  }
}
