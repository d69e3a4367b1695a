/** A node alone: who gets in, what the definitions make, what is left after a restart. */
import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopScript } from '../../lib/rabbitmq';
import { Node, type Ports, until } from './node';

const passwords = { api: 'aaaa1111bbbb2222', worker: 'cccc3333dddd4444' };

const queue = {
  type: 'quorum',
  maxLength: undefined,
  maxBytes: undefined,
  overflow: 'reject-publish',
  messageSeconds: undefined,
  deliveries: undefined,
  deadLetters: undefined,
} as const;

/** What a system's file may say of its queues. */
export const declared = {
  queues: [
    { ...queue, name: 'jobs' },
    { ...queue, name: 'few', maxLength: 3 },
    { ...queue, name: 'newest', type: 'classic', maxLength: 2, overflow: 'drop-head', deadLetters: 'old (dead)' },
    { ...queue, name: 'brief', messageSeconds: 1, deliveries: 2, deadLetters: 'old (dead)' },
    { ...queue, name: 'old (dead)' },
  ],
  limits: { connections: 5, queues: 6, messageSize: 1 },
} as const;

async function accounts(node: Node, folder: string): Promise<void> {
  assert.equal(await node.ctl('list_users'), 'user\ttags\napi\t[]\nworker\t[]');
  assert.equal((await node.client('amqp-publish', 'api', passwords.api, '-r', 'jobs', '-b', 'x')).status, 0);
  assert.equal((await node.client('amqp-get', 'worker', passwords.worker, '-q', 'jobs')).stdout, 'x');
  console.log('ok  each application has an account of its own and is no administrator; nobody else has one');
  for (const [account, password] of [
    ['api', 'wrong'],
    ['api', passwords.worker],
    ['guest', 'guest'],
  ] as const) {
    const refused = await node.client('amqp-publish', account, password, '-r', 'jobs', '-b', 'x');
    assert.notEqual(refused.status, 0, `${account} got in with ${password}`);
    assert.match(refused.stderr, /ACCESS_REFUSED|access refused/i);
  }
  console.log("ok  a wrong password, another's and guest are refused");
  assert.equal(statSync(join(folder, 'home/.erlang.cookie')).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'home/definitions/20-accounts.json')).mode & 0o777, 0o600);
  for (const password of Object.values(passwords)) assert.ok(!node.said().includes(password));
  console.log('ok  nobody else reads cookie and passwords, and the log holds none');
}

/** What a collector reads, once the configuration is read; beside it, the server draws its banner. */
function lines(node: Node): void {
  const [before = '', ...after] = node.said().split(/^.*configured log handlers are now ACTIVE/m);
  assert.ok(after.length > 0 && !before.includes('Server startup'));
  const said = after.join('').split('\n');
  const entries = said.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  assert.ok(entries.some(({ msg }) => typeof msg === 'string' && msg.includes('Server startup complete')));
  for (const entry of entries)
    for (const key of ['time', 'level', 'msg'])
      assert.equal(typeof entry[key], 'string', `no ${key}: ${JSON.stringify(entry)}`);
  assert.deepEqual(
    said.filter((line) => /^\d{4}-\d\d-\d\d .*\[\w+\]/.test(line)),
    [],
  );
  console.log('ok  every line of the log is JSON from the moment on at which its configuration is known');
}

async function queues(node: Node): Promise<void> {
  const found = await node.ctl('list_queues', 'name', 'type', 'durable');
  for (const { name, type } of declared.queues)
    assert.ok(found.includes(`${name}\t${type}\ttrue`), `${name} is no ${type} queue: ${found}`);
  console.log('ok  the declared queues are there, of their types');
  const again = await node.client('amqp-declare-queue', 'api', passwords.api, '-q', 'jobs', '-d');
  assert.equal(again.status, 0, again.stderr);
  assert.equal((await node.client('amqp-declare-queue', 'api', passwords.api, '-q', 'own', '-d')).status, 0);
  assert.match(await node.ctl('list_queues', 'name', 'type'), /^own\tquorum$/m);
  console.log(
    'ok  an application that declares a queue without a type gets a quorum queue, and the declared one as it is',
  );
}

async function publish(node: Node, name: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1)
    await node.client('amqp-publish', 'api', passwords.api, '-p', '-r', name, '-b', `${name} ${index}`);
}

async function messages(node: Node, name: string): Promise<number> {
  const line = (await node.ctl('list_queues', 'name', 'messages'))
    .split('\n')
    .find((one) => one.startsWith(`${name}\t`));
  return Number(line?.split('\t')[1]);
}

async function limits(node: Node): Promise<void> {
  await publish(node, 'few', 6);
  await publish(node, 'newest', 5);
  await publish(node, 'brief', 1);
  // What a queue says of itself is up to five seconds old.
  await sleep(6000);
  await until('the queues have what they keep', async () => {
    const [few, newest, brief, dead] = await Promise.all(
      ['few', 'newest', 'brief', 'old (dead)'].map((name) => messages(node, name)),
    );
    return few !== 0 && newest === 2 && brief === 0 && dead === 4;
  });
  // A quorum queue counts what it has agreed on: one more may slip through.
  const few = await messages(node, 'few');
  assert.ok(few === 3 || few === 4, `${few} messages in a queue of 3`);
  assert.equal((await node.client('amqp-get', 'api', passwords.api, '-q', 'few')).stdout, 'few 1');
  console.log('ok  a full queue refuses what comes after');
  assert.equal(await messages(node, 'newest'), 2);
  assert.equal((await node.client('amqp-get', 'api', passwords.api, '-q', 'newest')).stdout, 'newest 4');
  assert.equal(await messages(node, 'brief'), 0);
  assert.equal(await messages(node, 'old (dead)'), 4);
  console.log('ok  one that drops the oldest keeps the newest; what is dropped or too old goes where it is told');
  const many = await node.client('amqp-declare-queue', 'api', passwords.api, '-q', 'one too many', '-d');
  assert.notEqual(many.status, 0);
  assert.match(many.stderr, /limit|PRECONDITION_FAILED/i);
  const large = await node.client('amqp-publish', 'api', passwords.api, '-r', 'jobs', '-b', 'x'.repeat(1024 * 100));
  assert.equal(large.status, 0, large.stderr);
  assert.equal(await node.ctl('eval', 'application:get_env(rabbit, max_message_size).'), '{ok,1048576}');
  console.log('ok  more queues than the limit are refused, and the size of a message has its limit');
  const idle = Array.from({ length: declared.limits.connections }, () =>
    node.client('amqp-consume', 'api', passwords.api, '-q', 'own', 'true'),
  );
  await sleep(2000);
  assert.notEqual((await node.client('amqp-get', 'api', passwords.api, '-q', 'jobs')).status, 0);
  await node.ctl('close_all_connections', 'test');
  await Promise.all(idle);
  console.log('ok  so is one connection more than the limit');
}

async function restart(node: Node): Promise<void> {
  await node.ctl('purge_queue', 'jobs');
  await publish(node, 'jobs', 20);
  await node.stop();
  node.setPasswords({ api: 'eeee5555ffff6666' });
  node.configure({ ...declared, queues: declared.queues.map((one) => ({ ...one, maxLength: undefined })) });
  await node.start();
  // What a queue says of itself is some seconds old.
  await until('the messages are there', async () => (await messages(node, 'jobs')) === 20);
  assert.equal((await node.client('amqp-get', 'worker', passwords.worker, '-q', 'jobs')).stdout, 'jobs 1');
  console.log('ok  a restart loses no message');
  assert.notEqual((await node.client('amqp-get', 'api', passwords.api, '-q', 'jobs')).status, 0);
  assert.equal((await node.client('amqp-get', 'api', 'eeee5555ffff6666', '-q', 'jobs')).stdout, 'jobs 2');
  console.log('ok  a new password holds from the next start on, and the old one no longer');
  await node.kill();
  await node.start();
  await until('the messages are there', async () => (await messages(node, 'jobs')) === 18);
  console.log('ok  nor does a kill');
}

export async function single(folder: string, ports: Ports): Promise<void> {
  const node = new Node({ folder, name: 'rabbit@127.0.0.1', ports, declared, passwords });
  await node.start();
  await accounts(node, folder);
  lines(node);
  await queues(node);
  await limits(node);
  const metrics = await fetch(`http://127.0.0.1:${ports.metrics}/metrics`);
  assert.match(await metrics.text(), /rabbitmq_/);
  assert.equal(
    await node.ctl('eval', 'vm_memory_monitor:get_memory_limit().'),
    String(Math.floor(512 * 0.6) * 1024 * 1024),
  );
  console.log('ok  metrics are served, and the memory limit is the configured one');
  await restart(node);
  const stop = await node.inPod(['sh', '-c', stopScript(20)]);
  assert.equal(stop.status, 0, stop.stderr);
  console.log('ok  a node alone stops without waiting');
  await node.stop();
  node.setPasswords({ api: 'with space' });
  const refused = await node.inPod(['sh', join(folder, 'start.sh')]);
  assert.match(refused.stderr, /the password of api must have letters/);
  console.log('ok  a password that breaks a URL is refused');
}
