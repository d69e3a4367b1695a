/** The `/api/` of microservices: API, WebSocket and server-sent events on one route, as its document draws them. */
import { planWith } from '../../test/edge/renderings';
import { type Running, runSystem } from './agreement';
import type { Bench } from './bench';
import { type Answer, all, ask } from './client';
import { handshake, tunnel } from './streams';
import type { Heard } from './upstream';

async function api({ checks }: Bench, { pod, host }: Running): Promise<void> {
  const usual = await ask(pod.http, { path: '/api/v1/jobs', headers: { Host: host } });
  const { headers } = JSON.parse(usual.body) as Heard;
  const found = [usual.status, headers['connection'], headers['upgrade']];
  checks.equal('an answer of the API', found, [200, undefined, undefined]);
  const posted = await ask(pod.http, {
    method: 'POST',
    path: '/api/v1/jobs',
    headers: { Host: host },
    body: '{"a":1}',
  });
  checks.equal('a body arrives', (JSON.parse(posted.body) as { length: number }).length, 7);
}

async function open({ checks }: Bench, { pod, host }: Running): Promise<void> {
  const socket = tunnel(pod.http, handshake('/api/v1/jobs/7/socket'));
  await socket.until('101');
  socket.say('ping');
  checks.ok('a WebSocket', await socket.until('ping'), socket.text());
  const started = performance.now();
  const request = `GET /api/v1/jobs/7/stream HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`;
  const events = tunnel(pod.http, request);
  const first = await events.until('data: first');
  const seconds = (performance.now() - started) / 1000;
  const alone = first && !events.text().includes('data: last');
  checks.ok('the first event before the last is sent', alone, events.text());
  checks.ok('without delay', seconds < 0.9, `${seconds} s`);
  checks.ok('the last event, too', await events.until('data: last'));
  checks.equal('the socket is open meanwhile', socket.isOpen(), true);
  socket.end();
}

async function logIns({ checks }: Bench, { pod, host }: Running): Promise<void> {
  const logIn = (): Promise<Answer> => ask(pod.http, { path: '/api/v1/auth/login', headers: { Host: host } });
  const refused = (await Promise.all(Array.from({ length: 30 }, logIn))).filter(({ status }) => status === 429);
  checks.ok('log-ins have their own rate', refused.length >= 15 && refused.length <= 19, refused.length);
  checks.equal('and say when to come again', refused[0] && all(refused[0], 'retry-after'), ['1']);
}

export async function oneRoute(bench: Bench): Promise<void> {
  const running = await runSystem(bench, planWith('microservices', 'production', {}, 'medium'));
  await api(bench, running);
  await open(bench, running);
  await logIns(bench, running);
  await running.stop();
}
