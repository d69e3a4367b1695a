/** HTTP/2 by hand: no library sends what a request must not be, and what nginx makes of it goes out as HTTP/1.1. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Bench } from './bench';
import type { Pod } from './pod';

type Header = readonly [name: string, value: string];

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A text in HPACK, as it is: its length below 127, or in a second byte. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const length = bytes.length < 127 ? [bytes.length] : [127, bytes.length - 127];
  return Buffer.concat([Buffer.from(length), bytes]);
}

const settings = frame(4, 0, 0, Buffer.alloc(0));

/** A request on stream 1: its headers, then its body where it has one. */
function bytesOf(headers: readonly Header[], body?: string): Buffer {
  const block = Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const parts = [preface, settings, frame(1, body === undefined ? 5 : 4, 1, block)];
  return Buffer.concat(body === undefined ? parts : [...parts, frame(0, 1, 1, Buffer.from(body, 'latin1'))]);
}

/** Sends it, and waits until nginx has nothing more to say. */
async function send(port: number, bytes: Buffer): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve));
  socket.write(bytes);
  socket.resume();
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(400)]);
  socket.destroy();
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';

function of(method: string, path: string, ...more: readonly Header[]): Header[] {
  return [[':method', method], [':scheme', 'https'], [':authority', 'edge.example.org'], [':path', path], ...more];
}

/** What would become two requests, or another one, in the words of HTTP/1.1. */
const hostile: readonly (readonly [title: string, headers: readonly Header[], body?: string])[] = [
  ['a coding', of('POST', '/api/odd', ['transfer-encoding', 'chunked']), `0\r\n\r\n${hidden}`],
  ['a length of nothing', of('POST', '/api/odd', ['content-length', '0']), hidden],
  ['a length that is too long', of('POST', '/api/odd', ['content-length', '500']), hidden],
  ['two lengths', of('POST', '/api/odd', ['content-length', '0'], ['content-length', String(hidden.length)]), hidden],
  ['a line break in a value', of('GET', '/api/odd', ['x', `y\r\n\r\n${hidden}`])],
  ['a line break in a name', of('GET', '/api/odd', ['x: y\r\ntransfer-encoding', 'chunked'])],
  ['a line break in the path', of('GET', `/api/odd HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`)],
  ['a blank in the path', of('GET', '/api/odd HTTP/1.1')],
  ['a line break in the method', of(`GET /hidden HTTP/1.1\r\nHost: a\r\n\r\nGET`, '/api/odd')],
  ['two paths', of('GET', '/api/odd', [':path', '/hidden'])],
  [
    'no path',
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', 'a'],
    ],
  ],
  ['a path without a slash', of('GET', 'hidden')],
  ['a header of a connection', of('GET', '/api/odd', ['connection', 'upgrade'], ['upgrade', 'websocket'])],
  ['capitals', of('GET', '/api/odd', ['Transfer-Encoding', 'chunked'])],
  ['two hosts', of('GET', '/api/odd', ['host', 'b'])],
];

/** What an upstream hears of all that: one sound request each, or none. */
export async function http2({ checks, heard }: Bench, pod: Pod): Promise<void> {
  const first = heard().length;
  await send(pod.https, bytesOf(of('GET', '/api/even')));
  await send(pod.https, bytesOf(of('POST', '/api/even', ['content-length', '3']), 'abc'));
  const sound = heard()
    .filter(({ url }) => url === '/api/even')
    .map(({ method }) => method);
  checks.equal('HTTP/2 by hand arrives', sound, ['GET', 'POST']);
  for (const [title, headers, body] of hostile) {
    const before = heard().length;
    await send(pod.https, bytesOf(headers, body));
    const found = heard().slice(before);
    const good = found.every(({ url, headers: said }) => url === '/api/odd' && !('transfer-encoding' in said));
    checks.ok(`HTTP/2: at most one sound request of ${title}`, found.length <= 1 && good, JSON.stringify(found));
  }
  const ids = heard()
    .slice(first)
    .map(({ headers }) => headers['x-request-id'] ?? 'none');
  checks.equal('every one has an id of nginx', [ids.includes('none'), new Set(ids).size], [false, ids.length]);
}
