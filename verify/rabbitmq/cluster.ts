/**
 * Three nodes on loopback. They find each other by a list, which is as near as Debian's 3.10 comes to the discovery by
 * ordinal that 4.1 has.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stopScript } from '../../lib/rabbitmq';
import { follow } from '../manifests/procedure';
import { Node, type Ports, until } from './node';
import { declared } from './single';

const passwords = { api: 'aaaa1111bbbb2222' };

export async function cluster(folder: string, ports: readonly Ports[]): Promise<void> {
  const peers = ports.map((_, ordinal) => `rabbit-${ordinal}@127.0.0.1`);
  const nodes = ports.map((own, ordinal) => {
    const place = join(folder, String(ordinal));
    mkdirSync(place);
    return new Node({ folder: place, name: peers[ordinal] ?? '', ports: own, declared, passwords, peers });
  });
  const [first, second, third] = nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('Three nodes are wanted');
  await Promise.all(nodes.map((node) => node.start()));
  for (const node of nodes) {
    const status: unknown = JSON.parse(await node.ctl('cluster_status', '--formatter', 'json'));
    assert.deepEqual([...(status as { running_nodes: string[] }).running_nodes].sort(), peers);
  }
  console.log('ok  three nodes that start together form one cluster');
  await until('the queues have a member on each node', async () =>
    /^jobs\t.*rabbit-0.*rabbit-1.*rabbit-2/m.test(await sorted(first)),
  );
  console.log('ok  a declared queue has a member on each node, although the first one started alone');
  await losses(first, second, third);
  await smaller(first, third, folder);
  for (const node of [second, first]) await node.stop();
}

/** By the lines of docs/procedures.md: two of the three go on as if there had never been another. */
async function smaller(first: Node, third: Node, folder: string): Promise<void> {
  await third.inPod(['rabbitmq-upgrade', 'revive']);
  const nothing = async (): Promise<void> => undefined;
  const acts = { 'scale statefulset': () => third.stop(), wait: nothing, 'delete persistentvolumeclaim': nothing };
  await follow('a-smaller-rabbitmq', {
    folder,
    names: { NODE: 'rabbit-2@127.0.0.1' },
    inPod: () => ({ words: first.words, replaced: {} }),
    acts: { ...acts, apply: nothing },
  });
  assert.match(await sorted(first), /^jobs\trabbit-0 rabbit-1$/m);
  assert.ok(!(await first.ctl('cluster_status')).includes('rabbit-2'));
  await next(first, 'job 3');
  await first.client('amqp-publish', 'api', passwords.api, '-p', '-r', 'jobs', '-b', 'after');
  console.log('ok  a member that left is no longer counted: the two others hold every queue, and take work');
}

/** Takes one of three away, by force and in order. */
async function losses(first: Node, second: Node, third: Node): Promise<void> {
  for (let index = 1; index <= 10; index += 1)
    await first.client('amqp-publish', 'api', passwords.api, '-p', '-r', 'jobs', '-b', `job ${index}`);
  await third.kill();
  await next(second, 'job 1');
  console.log('ok  a killed node loses nothing, and the others go on');
  const hasty = await first.inPod(['sh', '-c', stopScript(5)], 60);
  assert.match(`${hasty.stdout}${hasty.stderr}`, /quorum/i);
  // As a pod does: what was drained is started anew. `revive` leaves a queue of 3.10 without its member now and then.
  await first.stop();
  await first.start();
  console.log('ok  a node without which queues would stand still waits before it goes');
  await third.start();
  await until(
    'the third node has caught up',
    async () => (await third.inPod(['sh', '-c', stopScript(20)])).status === 0,
  );
  await next(second, 'job 2');
  console.log('ok  a node that is one too many drains and goes');
}

/**
 * What the queue gives out next; while it chooses a leader it gives nothing. Taken by a client that says when it has it:
 * an answer that is lost with a leader would be a lost job for one that does not.
 */
async function next(node: Node, job: string): Promise<void> {
  let given = '';
  await until(`${job} is given out`, async () => {
    const one = ['-q', 'jobs', '-p', '1', '-c', '1', 'cat'];
    given = (await node.client('amqp-consume', 'api', passwords.api, ...one)).stdout;
    return given !== '';
  });
  assert.equal(given, job);
}

/** Queues and their members, in a fixed order. */
async function sorted(node: Node): Promise<string> {
  const lines = (await node.ctl('list_queues', 'name', 'members')).split('\n');
  return lines
    .map((line) => {
      const [name, members = ''] = line.split('\t');
      return `${name}\t${(members.match(/rabbit-\d/g) ?? []).sort().join(' ')}`;
    })
    .join('\n');
}
