/** A browser without a memory: one new connection for each request, through the edge. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { pki } from '../cluster/certificates';
import { EDGE_ADDRESS } from '../cluster/layout';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const TIMEOUT = 10_000;

export class Client {
  readonly #ca = readFileSync(pki('outside.crt'));

  constructor(readonly host: string) {}

  /** Any status is an answer. @throws Error when there is none */
  send(method: string, path: string, body?: string | Buffer): Promise<Answer> {
    const headers = {
      host: this.host,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const options = {
      host: EDGE_ADDRESS,
      servername: this.host,
      ca: this.#ca,
      agent: false,
      timeout: TIMEOUT,
    } as const;
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: answer.headers,
          }),
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT / 1000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** @throws Error on another status than the one that is wanted */
  async must(wanted: number, method: string, path: string, body?: string | Buffer): Promise<Answer> {
    const answer = await this.send(method, path, body);
    if (answer.status !== wanted) {
      throw new Error(`${method} ${path}: ${answer.status} instead of ${wanted}: ${answer.body.slice(0, 200)}`);
    }
    return answer;
  }
}
