/** Many clients at once, slow ones, and a reload among them; on loopback, with bounds. */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench';
import { allowFiles } from './binary';
import { ask, open } from './client';
import { keepAsking, type Tally } from './kept';
import { type Pod, startPod } from './pod';
import { planOf } from './system';
import { until } from './until';

const from = (index: number): Record<string, string> => ({
  'X-Forwarded-For': `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
});

/** The processes that serve: the children of nginx' master. */
function workers(master = 0): string[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
}

async function reload(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  const pod = await startPod({ plan: planOf(ports, root, 'ingress', ['127.0.0.1/32']), nginx, dns });
  await pod.found('/api/x');
  const before = workers(pod.process.pid);
  const tally: Tally = { asked: 0, lost: [] };
  let done = false;
  const clients = Array.from({ length: 40 }, (_, index) => keepAsking({ port: pod.http }, tally, () => done, index));
  for (let times = 0; times < 3; times += 1) {
    await sleep(1000);
    pod.process.kill('SIGHUP');
  }
  await sleep(1500);
  done = true;
  await Promise.all(clients);
  checks.equal(`three reloads lose none of ${tally.asked} requests on kept connections`, tally.lost.slice(0, 5), []);
  checks.ok('and there were some', tally.asked > 100, tally.asked);
  const after = workers(pod.process.pid);
  checks.ok('other workers serve now', after.length > 0 && !after.some((each) => before.includes(each)), after.join());
  await pod.stop();
}

interface Crowd {
  readonly sockets: readonly Socket[];
  readonly open: () => number;
}

/** Connections by the hundred: at most 511 may wait to be accepted. */
async function crowd(port: number, count: number, say: (index: number) => string): Promise<Crowd> {
  const sockets: Socket[] = [];
  const closed = new Set<Socket>();
  for (let index = 0; index < count; ) {
    const group = Array.from({ length: Math.min(250, count - index) }, () => {
      const socket = open(port);
      const words = say(index);
      index += 1;
      socket.on('error', () => closed.add(socket));
      socket.on('close', () => closed.add(socket));
      sockets.push(socket);
      return new Promise<void>((resolve) => {
        socket.once('connect', () => socket.write(words, () => resolve()));
        socket.once('close', () => resolve());
      });
    });
    await Promise.all(group);
  }
  return { sockets, open: () => sockets.length - closed.size };
}

function leave({ sockets }: Crowd): void {
  for (const socket of sockets) socket.destroy();
}

/** Those that send slowly; those that read slowly come on top, each with megabytes of the kernel's memory. */
const connections = 10_000;
const readerCount = 50;

/** What this process opens at most: it is the clients, and the upstream of those who read. */
const files = connections + 2 * readerCount + 1000;

const slowHeader = (index: number): string => `GET /api/x HTTP/1.1\r\nHost: a\r\nX-Slow: ${index}`;
const slowBody = (index: number): string =>
  `POST /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${from(index)['X-Forwarded-For']}\r\nContent-Length: 1000\r\n\r\nx`;

const slowReader = (index: number): string =>
  `GET /api/huge HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${from(2_000_000 + index)['X-Forwarded-For']}\r\n\r\n`;

/** Answers that nginx is about to send. */
async function writing({ status }: Pod): Promise<number> {
  const { body } = await ask(status, { path: '/stub_status' });
  return Number(/Writing: (\d+)/.exec(body)?.[1] ?? Number.NaN);
}

/** How long somebody else waits for an answer, milliseconds. */
async function answerTime(pod: Pod, index: number): Promise<number> {
  const began = performance.now();
  const { status } = await ask(pod.http, { path: '/api/x', headers: from(1_000_000 + index) });
  return status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY;
}

async function servesOthers({ checks }: Bench, pod: Pod, title: string): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    times.push(await answerTime(pod, index));
    await sleep(50);
  }
  const worst = Math.max(...times);
  checks.ok(`${title}: others are served meanwhile, within a second`, worst < 1000, `${worst.toFixed(0)} ms`);
}

/** A crowd that asks for a large answer each, and takes none of it. */
async function slowReaders(bench: Bench, pod: Pod): Promise<Crowd> {
  const { checks } = bench;
  const readers = await crowd(pod.http, readerCount, slowReader);
  const held = (await until(async () => (await writing(pod)) > readerCount, 10)) !== undefined;
  checks.ok(`${readerCount} clients read nothing of what they asked for`, held, await writing(pod));
  // The upstream is this process: it answers others once it has filled every buffer of theirs.
  await until(async () => (await answerTime(pod, 0)) < 100, 10);
  await servesOthers(bench, pod, 'slow readers');
  return readers;
}

async function slowSenders(bench: Bench, pod: Pod): Promise<void> {
  const { checks } = bench;
  const bodies = await crowd(pod.http, 500, slowBody);
  const heads = await crowd(pod.http, connections - 500, slowHeader);
  checks.equal(`${connections} connections are held open`, bodies.open() + heads.open(), connections);
  await servesOthers(bench, pod, 'slow senders');
  checks.ok(
    'who never ends a header is sent away',
    (await until(() => heads.open() === 0, 30)) !== undefined,
    heads.open(),
  );
  leave(bodies);
  leave(heads);
}

export async function load(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  await allowFiles(files);
  const pod = await startPod({ plan: planOf(ports, root, 'ingress', ['127.0.0.1/32']), nginx, dns });
  await pod.found('/api/x');
  const readers = await slowReaders(bench, pod);
  await reload(bench);
  await slowSenders(bench, pod);
  checks.ok(
    'who never reads is sent away, too',
    (await until(async () => (await writing(pod)) === 1, 30)) !== undefined,
  );
  leave(readers);
  checks.equal('and nginx runs on', (await ask(pod.http, { path: '/livez' })).status, 200);
  await pod.stop();
}
