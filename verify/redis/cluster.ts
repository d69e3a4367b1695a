/**
 * Six members of a Redis Cluster on loopback, each with an address of its own, with the scripts and the configuration of
 * the manifests: it forms, finds itself again under new addresses, loses no acknowledged write, takes a lost volume back.
 */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { follow } from '../manifests/procedure';
import { freePorts } from '../servers/ports';
import { ClusterMember, Names } from './cluster-member';
import { password, until } from './member';

type Members = readonly [ClusterMember, ClusterMember, ClusterMember, ClusterMember, ClusterMember, ClusterMember];

/** Pods come back with other addresses, the second time they have the first ones again. */
function address(generation: number, { ordinal }: ClusterMember): string {
  return `127.0.${70 + generation}.${10 + ordinal}`;
}

/** Writes that a replica has as well: `WAIT 1`. */
class Writer {
  readonly acknowledged: number[] = [];
  private going = true;
  private readonly work: Promise<void>;

  constructor(members: Members, first: number) {
    this.work = this.write(members, first);
  }

  private async write(members: Members, first: number): Promise<void> {
    for (let key = first; this.going; key++) {
      const member = members[key % members.length];
      const said = await member?.client([`set written:${key} ${key}`, 'wait 1 2000']);
      if (said?.includes('OK') && Number(said.at(-1)) >= 1) this.acknowledged.push(key);
    }
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.work;
  }
}

async function missing([a]: Members, keys: readonly number[]): Promise<number[]> {
  const values = await a.client(keys.map((key) => `get written:${key}`));
  const found = new Set(values.map(Number));
  return keys.filter((key) => !found.has(key));
}

async function launch(members: readonly ClusterMember[], generation: number): Promise<void> {
  await Promise.all(members.map((member) => member.start(address(generation, member))));
  for (const member of members) await member.ready();
}

async function withWriter(members: Members, first: number, work: () => Promise<void>): Promise<void> {
  const writer = new Writer(members, first);
  await until('writes', async () => writer.acknowledged.length > 20);
  await work();
  const before = writer.acknowledged.length;
  await until('writes go on', async () => writer.acknowledged.length > before + 20);
  await writer.stop();
  assert.deepEqual(await missing(members, writer.acknowledged), [], `of ${writer.acknowledged.length} writes`);
}

const checks: Readonly<Record<string, (members: Members) => Promise<void>>> = {
  'it forms: three primaries with all slots, and a replica for each': async (members) => {
    const [a, b, c, d, e, f] = members;
    await launch(members, 0);
    for (const primary of [a, b, c]) assert.ok(await primary.isPrimary());
    assert.ok((await d.follows(a)) && (await e.follows(b)) && (await f.follows(c)));
    assert.match(await a.ask('cluster', 'info'), /cluster_known_nodes:6\r?\ncluster_size:3/);
  },

  'clients are sent to names, and only with the password': async ([a, b]) => {
    const said = [await a.ask('get', 'one'), await b.ask('get', 'one')].join(' ');
    assert.match(said, /MOVED \d+ redis-\d\.redis-pods:\d+/);
    assert.match(await a.ask('--user', 'default', '--pass', 'wrong', 'ping'), /NOAUTH|WRONGPASS/);
    for (const member of [a, b]) assert.ok(!member.said().includes(password));
  },

  'all members restart under new addresses, and are one cluster again': async (members) => {
    const [a] = members;
    await a.client(Array.from({ length: 300 }, (_, key) => `set kept:${key} ${key}`));
    for (const member of members) await member.end();
    await launch(members, 1);
    const kept = await a.client(Array.from({ length: 300 }, (_, key) => `get kept:${key}`));
    assert.deepEqual(kept.map(Number), [...Array(300).keys()]);
    assert.match(await a.ask('cluster', 'info'), /cluster_known_nodes:6/);
  },

  'a member that stops hands over: nothing is lost, one by one through all': async (members) => {
    await withWriter(members, 1_000, async () => {
      for (const member of [...members].reverse()) {
        await member.stop();
        await member.start(address(2, member));
        await member.ready();
      }
    });
  },

  'a primary that is killed is replaced; a write that a replica has is not lost': async (members) => {
    const [a, , , d] = members;
    if (!(await a.isPrimary())) await a.ask('cluster', 'failover');
    await until('the first is a primary', () => a.isPrimary());
    await until('its replica streams', () => d.follows(a));
    await withWriter(members, 100_000, async () => {
      await a.kill();
      await until('its replica takes over', () => d.isPrimary());
      await a.start(address(1, a));
      await a.ready();
    });
    await until('the killed one follows its successor', () => a.follows(d));
  },

  'a lost volume comes back as a replica, and its old self is forgotten': async (members) => {
    const [a, , , d] = members;
    await d.kill();
    d.loseVolume();
    // At the same address, which is the harder case.
    await d.start(address(2, d));
    await d.ready();
    await until('it copies', () => d.follows(a));
    assert.equal(await d.ask('dbsize'), await a.ask('dbsize'));
    for (const member of members)
      await until('its old self is forgotten', async () =>
        (await member.ask('cluster', 'info')).includes('cluster_known_nodes:6'),
      );
  },

  'everybody is down, and the volume of a primary is lost: its copy takes the slots when a person says so': async (
    members,
  ) => {
    const [a, b, , d] = members;
    if (!(await a.isPrimary())) await a.ask('cluster', 'failover');
    await until('the first is a primary', () => a.isPrimary());
    await until('its replica streams', () => d.follows(a));
    await a.client(Array.from({ length: 300 }, (_, key) => `set total:${key} ${key}`));
    await Promise.all(members.map((member) => member.kill()));
    a.loseVolume();
    await Promise.all(members.map((member) => member.start(address(2, member))));
    const lost = /^\S+ \S+redis-0\S* master,fail /m;
    await until('the old self is given up', async () => lost.test(await d.ask('cluster', 'nodes')));
    // Redis elects no copy that has not heard of its primary since it started: it cannot tell how old its data is.
    await new Promise((wake) => setTimeout(wake, 5000));
    assert.ok(!(await d.isPrimary()));
    assert.equal(await d.ask('cluster', 'failover', 'force'), 'OK');
    for (const member of members) await member.ready();
    await until('the empty member copies', () => a.follows(d));
    const kept = await b.client(Array.from({ length: 300 }, (_, key) => `get total:${key}`));
    assert.deepEqual(kept.map(Number), [...Array(300).keys()]);
  },

  'the copies leave at once, by the lines of docs/procedures.md, and come back': async (members) => {
    const [a, b, c, d, e, f] = members;
    for (const copy of [d, e, f]) {
      if (!(await copy.isPrimary())) await copy.ask('cluster', 'failover');
      await until('the copy is a primary', () => copy.isPrimary());
    }
    for (const [first, copy] of [[a, d] as const, [b, e] as const, [c, f] as const])
      await until('it streams', () => first.follows(copy));
    const said = await follow('a-smaller-redis-cluster', {
      folder: a.folder,
      names: {},
      inPod: () => a.place(),
      acts: {
        'scale statefulset': async () => void (await Promise.all([d.stop(), e.stop(), f.stop()])),
        wait: async () => undefined,
        apply: async () => undefined,
      },
    });
    assert.match(said[0] ?? '', /redis-5/);
    for (const first of [a, b, c]) await until('the first ones have the slots', () => first.isPrimary());
    const kept = await a.client(Array.from({ length: 300 }, (_, key) => `get kept:${key}`));
    assert.deepEqual(kept.map(Number), [...Array(300).keys()]);
    for (const first of [a, b, c]) await first.ready();
    await launch([d, e, f], 3);
    for (const [first, copy] of [[a, d] as const, [b, e] as const, [c, f] as const])
      await until('it follows again', () => copy.follows(first));
  },

  'who has another password is not taken in': async (members) => {
    const [a, , , , , f] = members;
    await f.stop();
    f.loseVolume();
    await f.start(address(4, f), 'another');
    await new Promise((wake) => setTimeout(wake, 5000));
    assert.ok(!(await f.isReady()));
    assert.ok(!(await a.ask('cluster', 'nodes')).includes(address(4, f)));
  },
};

export async function cluster(folder: string): Promise<void> {
  const port = (await freePorts(20)).find((free) => free < 55_000);
  if (port === undefined) throw new Error('No free port has another one 10000 above it');
  const names = new Names(join(folder, 'hosts'), port);
  const make = (ordinal: number): ClusterMember => new ClusterMember(join(folder, String(ordinal)), ordinal, 6, names);
  const members: Members = [make(0), make(1), make(2), make(3), make(4), make(5)];
  try {
    for (const [title, check] of Object.entries(checks)) {
      await check(members).catch((error: unknown) => {
        for (const member of members) console.error(member.said().split('\n').slice(-12).join('\n'));
        throw new Error(`not: ${title}`, { cause: error });
      });
      console.log(`ok  ${title}`);
    }
  } finally {
    await Promise.all(members.map((member) => member.kill()));
  }
}
