/** Many clients at once, slow ones, and a reload among them; on loopback, with bounds. */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench';
import { readLimit } from './binary';
import { ask, open } from './client';
import { keepAsking, type Tally } from './kept';
import { startPod } from './pod';
import { planOf } from './system';

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
  const clients = Array.from({ length: 40 }, (_, index) => keepAsking(pod.http, tally, () => done, index));
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

const slowHeader = (index: number): string => `GET /api/x HTTP/1.1\r\nHost: a\r\nX-Slow: ${index}`;
const slowBody = (index: number): string =>
  `POST /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${from(index)['X-Forwarded-For']}\r\nContent-Length: 1000\r\n\r\nx`;

async function slowClients(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  // Both ends are on this machine: as many files as one process may open, less what it needs itself.
  const most = Math.min(10_000, (await readLimit()) - 1000);
  const pod = await startPod({ plan: planOf(ports, root, 'ingress', ['127.0.0.1/32']), nginx, dns });
  await pod.found('/api/x');
  const bodies = await crowd(pod.http, 500, slowBody);
  const heads = await crowd(pod.http, most - 500, slowHeader);
  checks.equal(`${most} connections are held open`, bodies.open() + heads.open(), most);
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const began = performance.now();
    const { status } = await ask(pod.http, { path: '/api/x', headers: from(1_000_000 + index) });
    times.push(status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY);
    await sleep(50);
  }
  const worst = Math.max(...times);
  checks.ok('others are served meanwhile, within a second', worst < 1000, `${worst.toFixed(0)} ms`);
  const began = Date.now();
  while (heads.open() > 0 && Date.now() - began < 30_000) await sleep(250);
  checks.equal('who never ends a header is sent away', heads.open(), 0);
  for (const socket of [...bodies.sockets, ...heads.sockets]) socket.destroy();
  checks.equal('and nginx runs on', (await ask(pod.http, { path: '/livez' })).status, 200);
  await pod.stop();
}

export async function load(bench: Bench): Promise<void> {
  await reload(bench);
  await slowClients(bench);
}
