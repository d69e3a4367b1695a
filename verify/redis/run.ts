/**
 * The Redis start script and configuration, as they go into the manifests, against Debian's Redis 7.
 * `node --import tsx verify/redis/run.ts`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverConfiguration, startScript } from '../../lib/redis';
import { type Outcome, run } from '../kit/command';
import { ensureDebianPackage } from '../kit/debian';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import { cluster } from './cluster';
import { lists } from './lists';
import { asNobody, password } from './member';
import { replication } from './replication';

interface Place {
  folder: string;
  port: number;
  env: Record<string, string>;
}

async function place(evictionPolicy: 'noeviction' | 'allkeys-lru'): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-redis-'));
  chmodSync(folder, 0o755);
  for (const name of ['data', 'run']) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
  const [port = 0] = await freePorts(1);
  // What a pod has to itself is shared here: the data folder and the addresses.
  const text = serverConfiguration({ port, maxMemory: 32, evictionPolicy });
  const here = text.replace('bind * -::*', 'bind 127.0.0.1').replace('dir /data', `dir ${folder}/data`);
  writeFileSync(join(folder, 'redis.conf'), here);
  writeFileSync(join(folder, 'start.sh'), startScript);
  writeFileSync(join(folder, 'password'), password);
  const files = { CONFIGURATION: 'redis.conf', RENDERED: 'run/redis.conf', PASSWORD_FILE: 'password' };
  const env = Object.fromEntries(Object.entries(files).map(([key, file]) => [key, join(folder, file)]));
  return { folder, port, env };
}

function client(at: Place, args: readonly string[], auth = password): Promise<Outcome> {
  return run('redis-cli', ['-p', String(at.port), ...args], { env: auth === '' ? {} : { REDISCLI_AUTH: auth } });
}

function start(at: Place): Promise<Server> {
  return startServer({
    name: 'Redis',
    program: 'env',
    args: [
      ...Object.entries(at.env).map(([key, value]) => `${key}=${value}`),
      'setpriv',
      ...asNobody,
      'sh',
      `${at.folder}/start.sh`,
    ],
    log: join(at.folder, 'log'),
    isReady: async () => (await client(at, ['ping'])).stdout.includes('PONG'),
  });
}

async function check(at: Place): Promise<void> {
  const server = await start(at);
  assert.match((await client(at, ['ping'], '')).stdout, /NOAUTH/);
  assert.match((await client(at, ['ping'], 'wrong')).stdout, /NOAUTH/);
  console.log('ok  nobody gets in without the password, whatever characters it has');
  const setting = async (name: string) => (await client(at, ['config', 'get', name])).stdout.trim().split('\n')[1];
  assert.equal(await setting('maxmemory'), String(32 * 1024 * 1024));
  assert.equal(await setting('maxmemory-policy'), 'noeviction');
  assert.equal(await setting('appendonly'), 'yes');
  assert.equal(await setting('save'), '3600 1 300 100 60 10000');
  console.log('ok  the server runs with the configuration');
  assert.ok(!readFileSync(join(at.folder, 'run/redis.conf'), 'utf8').includes('quoted'));
  assert.ok(!readFileSync(join(at.folder, 'log'), 'utf8').includes('quoted'));
  console.log('ok  the password stands in no file but its own');
  await client(at, ['set', 'key', 'kept']);
  await server.stop();
  const again = await start(at);
  assert.equal((await client(at, ['get', 'key'])).stdout.trim(), 'kept');
  console.log('ok  what was written is there after a restart');
  await lists({ ...at, password }, (args) => client(at, args));
  await client(at, ['eval', "for i=1,40 do redis.call('set', i, string.rep('x', 1048576)) end", '0']);
  assert.match((await client(at, ['set', 'more', 'x'])).stdout, /OOM/);
  assert.equal((await client(at, ['get', 'key'])).stdout.trim(), 'kept');
  console.log('ok  a full queue refuses writes and evicts nothing');
  await again.stop();
  writeFileSync(join(at.folder, 'password'), '');
  const refused = await run('setpriv', [...asNobody, 'sh', `${at.folder}/start.sh`], { env: at.env });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /password is empty/);
  console.log('ok  an empty password is refused');
}

/** A cache of its own gives up keys, and refuses nobody. */
async function evicts(at: Place): Promise<void> {
  const server = await start(at);
  await client(at, ['eval', "for i=1,40 do redis.call('set', i, string.rep('x', 1048576)) end", '0']);
  assert.equal((await client(at, ['set', 'more', 'x'])).stdout.trim(), 'OK');
  const evicted = /evicted_keys:(\d+)/.exec((await client(at, ['info', 'stats'])).stdout)?.[1];
  assert.ok(Number(evicted) > 5, `${evicted} keys were given up`);
  console.log('ok  a full cache gives up keys, and takes what comes');
  await server.stop();
}

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'redis-server', program: 'redis-server' });
  const at = await place('noeviction');
  const cache = await place('allkeys-lru');
  const members = mkdtempSync(join(tmpdir(), 'keelson-redis-members-'));
  const clustered = mkdtempSync(join(tmpdir(), 'keelson-redis-cluster-'));
  for (const folder of [members, clustered]) chmodSync(folder, 0o755);
  try {
    await check(at);
    await evicts(cache);
    await replication(members);
    await cluster(clustered);
  } finally {
    for (const folder of [at.folder, cache.folder, members, clustered])
      rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  // Servers that still run would hold this process.
  process.exit(1);
});
