/** An S3 server behind TLS. It keeps what it is given for as long as the run lasts, whatever becomes of the namespaces. */
import { readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { objectStorage } from '../../verify/backup/programs';
import { certificate, pki } from '../cluster/certificates';
import { controlPlane } from '../cluster/layout';
import { start } from '../cluster/processes';
import { until } from '../cluster/until';
import { goPath } from '../tools';
import { OBJECT_STORAGE } from './names';

const { host, port, bucket, inner } = OBJECT_STORAGE;

export async function startObjectStorage(): Promise<void> {
  const address = `127.0.0.1:${inner}`;
  const options = ['-backend', 'memory', '-initialbucket', bucket, '-host', address, '-quiet'];
  start('object-storage', controlPlane, [goPath(objectStorage), ...options]);
  await until('the object storage answers', 20, async () => (await fetch(`http://${address}/`)).ok);
  await certificate({ name: 'object-storage', subject: `/CN=${host}`, authority: 'outside', names: `DNS:${host}` });
  const key = readFileSync(pki('object-storage.key'));
  const cert = readFileSync(pki('object-storage.crt'));
  const server = createServer({ key, cert }, (request, response) => {
    const { method, url, headers } = request;
    const sent = forward({ host: '127.0.0.1', port: inner, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, controlPlane.address, resolve);
  });
}

/** The names of the objects that begin so, in the bucket: at most a thousand. */
export async function objectsBelow(prefix: string): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${inner}/${bucket}?prefix=${encodeURIComponent(prefix)}`);
  if (!answer.ok) throw new Error(`The object storage answers ${answer.status}`);
  return [...(await answer.text()).matchAll(/<Key>(?<key>[^<]+)</g)].map(({ groups }) => groups?.['key'] ?? '');
}
