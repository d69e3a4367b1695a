/** A name server as small as can be: A records from a map that a test may change, on loopback. */
import { createSocket } from 'node:dgram';

export interface NameServer {
  readonly port: number;
  /** Addresses by name; a name that is missing is answered NXDOMAIN. */
  readonly records: Map<string, string>;
  stop(): void;
}

function questionOf(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answer(message: Buffer, records: ReadonlyMap<string, string>): Buffer {
  const { name, type, end } = questionOf(message);
  const address = records.get(name.toLowerCase());
  const given = address !== undefined && type === 1;
  const header = Buffer.alloc(12);
  header.writeUInt16BE(message.readUInt16BE(0), 0);
  header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(given ? 1 : 0, 6);
  const question = message.subarray(12, end);
  if (!given) return Buffer.concat([header, question]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([header, question, record]);
}

export function startNameServer(host = '127.0.0.1', port = 0): Promise<NameServer> {
  const records = new Map<string, string>();
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => socket.send(answer(message, records), from.port, from.address));
  return new Promise((resolve) =>
    socket.bind(port, host, () => resolve({ port: socket.address().port, records, stop: () => socket.close() })),
  );
}
