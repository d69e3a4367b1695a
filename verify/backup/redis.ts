/** Backup and restore of Redis with its append-only file on: the scripts of nestjs-api on the configuration of lib/redis. */
import { strict as assert } from 'node:assert';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverConfiguration } from '../../lib/redis';
import { must, type Outcome, run } from '../kit/command';
import { Member, until } from '../redis/member';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import { type Checks, refuses, succeeds } from './checks';
import { asNobody, type Jobs } from './jobs';

export const redisPassword = 'beef-redis';

/** A server that can be stopped and started on its data. */
export class Cache {
  private server: Server | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly jobs: Jobs,
  ) {}

  static async start(folder: string, jobsAt: (port: number) => Jobs): Promise<Cache> {
    const home = join(folder, 'redis');
    mkdirSync(join(home, 'data'), { recursive: true });
    chmodSync(join(home, 'data'), 0o777);
    const [port = 0] = await freePorts(1);
    const text = serverConfiguration({ port, maxMemory: 64, evictionPolicy: 'noeviction' })
      .replace('bind * -::*', 'bind 127.0.0.1')
      .replace('dir /data', `dir ${home}/data`);
    writeFileSync(join(home, 'redis.conf'), `${text}requirepass ${redisPassword}\nenable-debug-command local\n`);
    const cache = new Cache(home, port, jobsAt(port));
    await cache.up();
    return cache;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  async up(): Promise<void> {
    this.server = await startServer({
      name: 'Redis',
      program: 'setpriv',
      args: [...asNobody, 'redis-server', join(this.folder, 'redis.conf')],
      log: join(this.folder, 'log'),
      isReady: async () => (await this.client('ping')).includes('PONG'),
    });
  }

  async down(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  async client(...args: readonly string[]): Promise<string> {
    const env = { REDISCLI_AUTH: redisPassword };
    return (await run('redis-cli', ['-p', String(this.port), ...args], { env })).stdout.trim();
  }

  async fill(): Promise<void> {
    const script = `for i = 1, 5000 do redis.call('set', 'key' .. i, string.rep(i, 20)) end
      for i = 1, 500 do redis.call('hset', 'hash', i, i); redis.call('zadd', 'set', i, i); redis.call('rpush', 'list', i) end
      redis.call('set', 'session', 'x', 'ex', 86400)`;
    await this.client('eval', script, '0');
  }

  wipe(): void {
    for (const name of readdirSync(this.data)) rmSync(join(this.data, name), { recursive: true });
  }

  restore(env: Record<string, string> = {}): Promise<Outcome> {
    return this.jobs.run('redis-restore', { env: { DATA: this.data, ...env } });
  }
}

/** Everything in the server, keys and values, as one sum. */
function digest(it: Cache): Promise<string> {
  return it.client('debug', 'digest');
}

/** How many keys there are, and what is in them: the same on whatever server, unlike the way in which it is stored. */
function summary(ask: (...command: readonly string[]) => Promise<string>): Promise<string> {
  const texts = "local t = {} for i = 1, 5000 do t[i] = redis.call('get', 'key' .. i) end";
  const sizes = "redis.call('hlen', 'hash'), redis.call('zcard', 'set'), redis.call('llen', 'list')";
  const all = `${texts} return {redis.sha1hex(table.concat(t)), redis.call('dbsize'), ${sizes}}`;
  return ask('eval_ro', all, '0');
}

/** Pods that start at once. A primary waits for more replicas before it copies: not here, where there is one. */
async function together(primary: Member, replica: Member): Promise<void> {
  await Promise.all([replica.launch(0), primary.launch(0)]);
  await primary.ask('config', 'set', 'repl-diskless-sync-delay', '0');
}

const cutClient = `#!/bin/sh
/usr/bin/redis-cli "$@" || exit
for argument do case $argument in *.rdb) truncate -s 20000 "$argument";; esac; done
`;

let before = '';

export const redisChecks: Checks<Cache> = {
  'a snapshot is taken as a replica would, checked, and read back': async (it) => {
    await it.fill();
    before = await digest(it);
    assert.match(before, /^[1-9a-f][0-9a-f]{39}$/);
    const { stdout } = succeeds(await it.jobs.run('redis-backup'));
    assert.match(stdout, /accepted the backup/);
    assert.equal(await it.client('config', 'get', 'appendonly'), 'appendonly\nyes');
  },

  'a snapshot that is cut off is refused': async (it) => {
    refuses(await it.jobs.run('redis-backup', { shims: { 'redis-cli': cutClient } }), /the snapshot is broken/);
    assert.equal((await it.jobs.runs('redis', 'rdb')).length, 1);
  },

  'a running server is not restored over': async (it) => {
    refuses(await it.restore({ OVERWRITE: 'yes' }), /is running: scale its StatefulSet to zero first/);
  },

  'data that is there is replaced only when told, and kept': async (it) => {
    await it.client('flushall');
    await it.client('set', 'damaged', 'yes');
    await it.down();
    refuses(await it.restore(), /has data: say OVERWRITE=yes/);
    succeeds(await it.restore({ OVERWRITE: 'yes' }));
    assert.ok(existsSync(join(it.data, 'before-restore/appendonlydir')));
    await it.up();
    assert.equal(await digest(it), before);
  },

  'a snapshot laid beside an append-only file is ignored: the trap is there': async (it) => {
    await it.client('flushall');
    await it.down();
    const appended = join(it.folder, 'appended');
    cpSync(join(it.data, 'appendonlydir'), appended, { recursive: true });
    it.wipe();
    const snapshot = join(it.data, 'dump.rdb');
    const output = await it.jobs.restic('redis', [
      'dump',
      '--tag',
      'rdb,verified',
      'latest',
      '/dump.rdb',
      '--target',
      '/dev/null',
    ]);
    assert.equal(output.status, 0, output.stderr);
    await must('sh', ['-c', `cp -r "$1" "$2/appendonlydir" && chmod -R a+rwX "$2"`, 'sh', appended, it.data]);
    writeFileSync(snapshot, 'REDIS0010 whatever stands here is not read');
    await it.up();
    assert.equal(await it.client('dbsize'), '0');
    await it.down();
  },

  'after a wipe a restore gives the same keys and values, with the append-only file on, also after a restart': async (
    it,
  ) => {
    it.wipe();
    const { stdout } = succeeds(await it.restore());
    const [first] = await it.jobs.runs('redis', 'rdb');
    assert.match(
      stdout,
      new RegExp(`^restores the backup ${first} of s3:http.*/redis/redis into ${it.data}, the data of `),
    );
    assert.match(stdout, /restored the backup .*: 5004 keys/);
    await it.up();
    assert.equal(await digest(it), before);
    assert.equal(await it.client('config', 'get', 'appendonly'), 'appendonly\nyes');
    await it.client('set', 'after', 'restore');
    await it.down();
    await it.up();
    assert.equal(await it.client('get', 'after'), 'restore');
    await it.client('del', 'after');
    assert.equal(await digest(it), before);
  },

  'members that had other data have what was restored under the one that takes writes': async (it) => {
    const wanted = await summary((...command) => it.client(...command));
    await it.down();
    const ports = await freePorts(2);
    const [first, second] = ports.map((_, ordinal) => {
      const folder = join(it.folder, `member-${ordinal}`);
      mkdirSync(folder);
      return new Member(folder, ordinal, ports);
    });
    assert.ok(first && second);
    await together(first, second);
    // More of it than the backup has: whoever counts keys would take the wrong one.
    const other = "for i = 1, 9000 do redis.call('set', 'other' .. i, i) end redis.call('set', 'key1', 'damaged')";
    await first.ask('eval', other, '0');
    await until('the replica has it', async () => (await second.ask('dbsize')) === '9001');
    for (const member of [second, first]) await member.stop();
    succeeds(await it.restore({ DATA: join(first.folder, 'data'), OVERWRITE: 'yes' }));
    await together(first, second);
    for (const member of [first, second])
      await until(`redis-${member.ordinal} has what was restored, and nothing else`, async () => {
        return (await summary((...command) => member.ask(...command))) === wanted;
      });
    assert.ok(await second.follows(first));
    for (const member of [second, first]) await member.stop();
  },
};
