/** Rates, connections, sizes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench';
import { all, ask } from './client';
import { securityHeaders } from './headers';
import { type Pod, startPod } from './pod';
import { planOf } from './system';

const from = (address: string): Record<string, string> => ({
  'X-Forwarded-For': address,
  'X-Forwarded-Proto': 'https',
});

async function rate(bench: Bench): Promise<void> {
  const { checks, pod } = bench;
  const statuses: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    statuses.push((await ask(pod.http, { path: '/api/limited/x', headers: from('198.51.100.1') })).status);
  }
  const passed = statuses.filter((status) => status === 200).length;
  checks.ok('burst + 1 pass, the rest answer 429', passed >= 4 && passed <= 5 && statuses.at(-1) === 429, statuses);
  const limited = await ask(pod.http, { path: '/api/limited', headers: from('198.51.100.1') });
  checks.equal('the path and all below share the limit', limited.status, 429);
  checks.equal('429 says when to try again', all(limited, 'retry-after'), ['1']);
  securityHeaders(bench, '429', limited);
  const other = await ask(pod.http, { path: '/api/limited', headers: from('198.51.100.2') });
  checks.equal('another address has a limit of its own', other.status, 200);
  const elsewhere = await ask(pod.http, { path: '/api/x', headers: from('198.51.100.1') });
  checks.equal('another route is not limited', elsewhere.status, 200);
  const below: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    await sleep(600);
    below.push((await ask(pod.http, { path: '/api/limited', headers: from('198.51.100.3') })).status);
  }
  checks.equal('below the rate nothing is refused', below, [200, 200, 200, 200]);
}

/** How many of so many slow requests at once are refused. */
async function refusedAtOnce({ http: port }: Pod, count: number, address: (index: number) => string): Promise<number> {
  const asking = Array.from({ length: count }, (_, index) =>
    ask(port, { path: '/api/slow', headers: from(address(index)) }),
  );
  return (await Promise.all(asking)).filter(({ status }) => status === 429).length;
}

async function connections({ checks, pod }: Bench): Promise<void> {
  const found = await Promise.all([
    refusedAtOnce(pod, 20, () => '198.51.100.4'),
    refusedAtOnce(pod, 10, () => '198.51.100.6'),
  ]);
  checks.equal('connections above the number answer 429, and another address has its own', found, [8, 0]);
}

/** Far more requests than the limit, each with another word about where it comes from. */
async function shed({ checks }: Bench, pod: Pod, title: string, forged: (index: number) => string): Promise<void> {
  const asked = 60;
  let passed = 0;
  const began = Date.now();
  for (let index = 0; index < asked; index += 1) {
    const { status } = await ask(pod.http, { path: '/api/limited/x', headers: from(forged(index)) });
    if (status !== 429) passed += 1;
  }
  const most = 5 + ((Date.now() - began) / 1000) * 2;
  checks.ok(`${title}: ${passed} of ${asked} pass`, passed > 0 && passed <= most && most < asked, `at most ${most}`);
}

/** A limit that a client could leave by inventing an address would be none. */
async function forged(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  const another = (index: number): string => `203.0.113.${index + 1}`;
  await shed(bench, bench.pod, 'an address in front of what a trusted proxy adds', (index) =>
    [another(index), '198.51.100.7'].join(', '),
  );
  const open = await startPod({ plan: planOf(ports, root, 'ingress', []), nginx, dns });
  await open.found('/api/x');
  await shed(bench, open, 'an address without a trusted proxy', another);
  checks.equal('nor are connections counted by it', await refusedAtOnce(open, 20, another), 8);
  await open.stop();
}

async function sizes(bench: Bench): Promise<void> {
  const { checks, pod } = bench;
  const mebibyte = 1024 * 1024;
  const post = async (path: string, length: number): Promise<number> =>
    (await ask(pod.http, { method: 'POST', path, headers: from('198.51.100.5'), body: 'x'.repeat(length) })).status;
  checks.equal('a body of the size', await post('/api/x', mebibyte), 200);
  const larger = await ask(pod.http, {
    method: 'POST',
    path: '/api/x',
    headers: from('198.51.100.5'),
    body: 'x'.repeat(mebibyte + 1),
  });
  checks.equal('a larger one', larger.status, 413);
  securityHeaders(bench, '413', larger);
  checks.equal('a route with its own size', await post('/api/upload/x', 3 * mebibyte), 200);
  checks.equal('a larger one there', await post('/api/upload/x', 3 * mebibyte + 1), 413);
}

export async function limits(bench: Bench): Promise<void> {
  await rate(bench);
  await connections(bench);
  await forged(bench);
  await sizes(bench);
}
