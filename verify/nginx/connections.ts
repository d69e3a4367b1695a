/** Connections behind the proxy are kept, and its status page is on loopback alone. */
import type { Bench } from './bench';
import { ask } from './client';
import { answers, startPod } from './pod';
import { planOf } from './system';
import { type Heard, startUpstream } from './upstream';

/** One after the other; a connection that nobody used for a second is closed, so a busy machine may need a few. */
const requests = 50;
const few = 10;

/** An upstream of its own, because the others are asked by everybody. */
async function kept({ checks, nginx, dns, root, ports }: Bench): Promise<void> {
  const upstream = await startUpstream('backend');
  const plan = planOf({ ...ports, backend: upstream.port }, root, 'ingress', ['127.0.0.1/32']);
  const pod = await startPod({ plan, nginx, dns });
  await pod.found('/api/x');
  for (const [title, path] of [
    ['a route', '/api/x'],
    ['a route of WebSockets, without an upgrade', '/ws'],
  ] as const) {
    const before = upstream.accepted();
    const statuses = new Set<number>();
    for (let count = 0; count < requests; count += 1) statuses.add((await ask(pod.http, { path })).status);
    checks.equal(`${title} answers ${requests} times`, [...statuses], [200]);
    const accepted = upstream.accepted() - before;
    checks.ok(`${title}: ${requests} requests take ${accepted} connections to the upstream`, accepted <= few, accepted);
  }
  await pod.stop();
  await upstream.stop();
}

/** Containers of a pod share its loopback, and nobody else has it. */
async function status({ checks, pod }: Bench): Promise<void> {
  const page = await ask(pod.status, { path: '/stub_status' });
  checks.equal('the exporter is answered on loopback', page.status, 200);
  checks.ok('with the numbers', /^Active connections: \d+ \n/.test(page.body), page.body);
  checks.equal('nothing else is there', (await ask(pod.status, { path: '/' })).status, 404);
  for (const address of ['127.0.0.2', '::1']) {
    checks.equal(`it does not listen on ${address}`, await answers(pod.status, address), false);
  }
  const outside = await ask(pod.http, { path: '/stub_status' });
  checks.equal("at the public port it is the table's", (JSON.parse(outside.body) as Heard).who, 'frontend');
}

export async function connections(bench: Bench): Promise<void> {
  await kept(bench);
  await status(bench);
}
