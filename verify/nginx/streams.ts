/** Long-lived connections: WebSockets and event streams. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench';
import { open, raw } from './client';

export const handshake = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: edge.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://edge.example.org\r\n\r\n`;

/** A connection that stays open, and what came back on it. */
export interface Tunnel {
  text(): string;
  isOpen(): boolean;
  say(words: string): void;
  /** Whether the words come back in time. */
  until(words: string, seconds?: number): Promise<boolean>;
  end(): void;
}

export function tunnel(port: number, first: string, tls = false): Tunnel {
  const socket = open(port, tls);
  let text = '';
  let ended = false;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('close', () => {
    ended = true;
  });
  socket.on('error', () => undefined);
  socket.write(first);
  const until = async (words: string, seconds = 5): Promise<boolean> => {
    const start = Date.now();
    while (!text.includes(words) && Date.now() - start < seconds * 1000) await sleep(20);
    return text.includes(words);
  };
  return {
    text: () => text,
    isOpen: () => !ended,
    say: (words) => void socket.write(words),
    until,
    end: () => void socket.destroy(),
  };
}

async function websocket({ checks, pod }: Bench): Promise<void> {
  const socket = tunnel(pod.http, handshake('/ws/game/7/?token=very.secret.token'));
  await socket.until('\r\n\r\n');
  const upgraded = socket.text();
  checks.ok(
    'upgraded',
    upgraded.startsWith('HTTP/1.1 101') && upgraded.includes('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='),
    upgraded,
  );
  for (const word of ['one', 'two']) {
    await sleep(2500);
    socket.say(word);
  }
  await socket.until('onetwo');
  checks.ok(
    "echo after idle periods longer than a short route's time-out",
    socket.text().endsWith('onetwo'),
    socket.text(),
  );
  socket.end();
  await sleep(300);
  const refused = await raw(
    pod.http,
    handshake('/api/x').replace('Connection: Upgrade', 'Connection: Upgrade, close'),
    false,
    2,
  );
  checks.ok('no upgrade on a route that is none', /^HTTP\/1.1 200/.test(refused), refused);
}

async function stream({ checks, pod }: Bench): Promise<void> {
  const socket = open(pod.http);
  const started = performance.now();
  let first = 0;
  socket.on('data', (chunk) => {
    if (first === 0 && chunk.toString().includes('data: first')) first = performance.now() - started;
  });
  socket.write('GET /events/stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  checks.ok('the first event arrives before the last is sent', first > 0 && first < 700, `${first} ms`);
}

async function log({ checks, pod }: Bench): Promise<void> {
  await sleep(300);
  const lines = pod.stdout().trim().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const game = parsed.find(({ path }) => path === '/ws/game/7/');
  checks.ok('every line of the access log is JSON', parsed.length > 20);
  checks.ok('a WebSocket is logged when it ends', game?.['status'] === 101, JSON.stringify(game));
  checks.ok('the token is in no log', !pod.stdout().includes('secret.token') && !pod.stderr().includes('secret.token'));
  checks.ok('health checks are not logged', !parsed.some(({ path }) => path === '/livez'));
}

export async function streams(bench: Bench): Promise<void> {
  await websocket(bench);
  await stream(bench);
  await log(bench);
}
