/** The `/api/` of microservices: API, WebSocket and server-sent events on one route, as its document draws them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { planWith } from '../../test/edge/renderings';
import { runSystem } from './agreement';
import type { Bench } from './bench';
import { all, ask } from './client';
import { handshake, tunnel } from './streams';
import type { Heard } from './upstream';

export async function oneRoute(bench: Bench): Promise<void> {
  const { checks } = bench;
  const running = await runSystem(bench, planWith('microservices', 'production', {}, 'medium'));
  const { http } = running.pod;
  const usual = await ask(http, { path: '/api/v1/jobs', headers: { Host: running.host } });
  const { headers } = JSON.parse(usual.body) as Heard;
  checks.equal(
    'an answer of the API',
    [usual.status, headers['connection'], headers['upgrade']],
    [200, undefined, undefined],
  );
  const posted = await ask(http, {
    method: 'POST',
    path: '/api/v1/jobs',
    headers: { Host: running.host },
    body: '{"a":1}',
  });
  checks.equal('a body arrives', (JSON.parse(posted.body) as { length: number }).length, 7);
  const socket = tunnel(http, handshake('/api/v1/jobs/7/socket'));
  await socket.until('101');
  socket.say('ping');
  checks.ok('a WebSocket', await socket.until('ping'), socket.text());
  const started = performance.now();
  const events = tunnel(
    http,
    `GET /api/v1/jobs/7/stream HTTP/1.1\r\nHost: ${running.host}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
  );
  const first = await events.until('data: first');
  const seconds = (performance.now() - started) / 1000;
  checks.ok('the first event before the last is sent', first && !events.text().includes('data: last'), events.text());
  checks.ok('without delay', seconds < 0.9, `${seconds} s`);
  checks.ok('the last event, too', await events.until('data: last'));
  checks.equal('the socket is open meanwhile', socket.isOpen(), true);
  socket.end();
  const limited = await Promise.all(
    Array.from({ length: 30 }, () => ask(http, { path: '/api/v1/auth/login', headers: { Host: running.host } })),
  );
  const refused = limited.filter(({ status }) => status === 429);
  checks.ok('log-ins have their own rate', refused.length >= 15 && refused.length <= 19, refused.length);
  checks.equal('and say when to come again', refused[0] && all(refused[0], 'retry-after'), ['1']);
  await sleep(100);
  await running.stop();
}
