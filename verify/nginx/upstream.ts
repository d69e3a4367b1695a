/** Upstreams that tell what reached them, and say the headers that the proxy must replace. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Duplex, pipeline, Readable } from 'node:stream';

export interface Upstream {
  readonly port: number;
  /** How many connections it has accepted so far. */
  accepted(): number;
  stop(): Promise<void>;
}

/** What an upstream answers: who it is and what it was asked. */
export interface Heard {
  readonly who: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const rivals = {
  'content-security-policy': 'default-src *',
  'x-frame-options': 'ALLOWALL',
  'x-content-type-options': 'sniff',
  'referrer-policy': 'unsafe-url',
  'permissions-policy': 'camera=*',
  'strict-transport-security': 'max-age=1',
  'x-powered-by': 'upstream',
  'cache-control': 'private',
  'set-cookie': 'session=1',
};

function accept(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const hash = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`,
  );
  // Bytes come back as they are: whether they are frames is the ends' business, not the proxy's.
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
}

/** As text: a header that came twice is one of several values. */
function told({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** 64 MiB, more than all buffers between the two ends, made as it is taken. */
function* huge(): Generator<Buffer> {
  const part = Buffer.alloc(64 * 1024, 'x');
  for (let count = 0; count < 1024; count += 1) yield part;
}

function serve(who: string, heard: Heard[]): Server {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    heard.push({ who, url, method: request.method ?? '', headers: told(request) });
    if (url.includes('/slow')) return void setTimeout(() => response.end('slow'), 1500);
    if (url.includes('/silent')) return void response.writeHead(200, { 'set-cookie': 'a=b' }).end('{}');
    if (url.includes('/hang')) return undefined;
    if (url.includes('/huge')) return void pipeline(Readable.from(huge()), response, () => undefined);
    if (url.includes('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      return void setTimeout(() => response.end('data: last\n\n'), 1000);
    }
    if (url.includes('/unchanged')) return void response.writeHead(304, rivals).end();
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on('end', () => {
      response.writeHead(200, { ...rivals, 'content-type': 'application/json' });
      const { method = '', headers } = request;
      const padding = url.includes('/large') ? 'x'.repeat(5000) : '';
      response.end(JSON.stringify({ who, url, method, headers, length, padding }));
    });
    return undefined;
  });
  server.on('upgrade', accept);
  return server;
}

/** @param heard where it notes its requests, in order; several may share a list */
export function startUpstream(who: string, port = 0, address = '127.0.0.1', heard: Heard[] = []): Promise<Upstream> {
  const server = serve(who, heard);
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, address, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') return reject(new Error('No port was given'));
      const stop = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
          server.closeAllConnections();
        });
      resolve({ port: bound.port, accepted: () => accepted, stop });
    });
  });
}
