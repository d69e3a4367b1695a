/** A client that sends exactly what it is told to: paths are not normalised, headers are not made up. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Answer {
  readonly status: number;
  /** Every header line, in order, names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly text: string;
}

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: boolean;
}

export function open(port: number, tls = false): Socket {
  return tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'edge.example.org' })
    : connect(port, '127.0.0.1');
}

function decode(body: string): string {
  let rest = body;
  let whole = '';
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (!size) return whole;
    whole += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}

function parse(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const raw = text.slice(end + 4);
  const chunked = headers.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked');
  return { status: Number(first.split(' ')[1]), headers, body: chunked ? decode(raw) : raw, text };
}

/** Bytes in, everything that comes back until the server closes or falls silent. */
export function raw(port: number, bytes: string, tls = false, silenceSeconds = 10): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(port, tls);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.setTimeout(silenceSeconds * 1000, () => socket.destroy());
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.write(bytes, 'latin1');
  });
}

export async function ask(port: number, request: Request): Promise<Answer> {
  const { method = 'GET', path, body, tls } = request;
  const headers: Record<string, string> = { Host: 'edge.example.org', Connection: 'close', ...request.headers };
  if (body !== undefined) headers['Content-Length'] = String(body.length);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return parse(await raw(port, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`, tls));
}

/** All values of a header. */
export function all(answer: Answer, name: string): string[] {
  return answer.headers.filter(([header]) => header === name).map(([, value]) => value);
}
