/** The API server as the administrator speaks to it: lists, watches and single requests over one connection pool. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { pki } from './certificates';
import { API_URL } from './layout';

export interface Resource {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export class Api {
  readonly #agent = new Agent({
    keepAlive: true,
    ca: readFileSync(pki('ca.crt')),
    cert: readFileSync(pki('admin.crt')),
    key: readFileSync(pki('admin.key')),
  });

  async #send(method: string, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) {
    const content = body === undefined ? undefined : JSON.stringify(body);
    // Node states no length for the body of a DELETE: the server would read it as the next request.
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
    const type = content === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { accept: 'application/json', ...type, ...length, ...more };
    const { promise, resolve, reject } = withResolvers<{ status: number; text: string }>();
    const sent = request(`${API_URL}${path}`, { method, headers, agent: this.#agent, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
    sent.on('error', reject);
    sent.end(content);
    return promise;
  }

  /** @throws Error on any status but success */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.#send('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as T;
  }

  /** Whether the server says yes; a server that is not there says no. */
  async isOk(path: string): Promise<boolean> {
    return this.#send('GET', path).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** The object, or undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    const { status, text } = await this.#send('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as T;
  }

  async list<T extends Resource>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  async post(path: string, body: unknown): Promise<{ status: number; text: string }> {
    return this.#send('POST', path, body);
  }

  /** What the server says to somebody else, as `kubectl --as` asks it. */
  async statusAs(user: string, method: string, path: string, body?: unknown): Promise<number> {
    return (await this.#send(method, path, body, { 'impersonate-user': user })).status;
  }

  async patch(path: string, body: unknown): Promise<void> {
    const { status, text } = await this.#send('PATCH', path, body, { 'content-type': 'application/merge-patch+json' });
    if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${text.slice(0, 200)}`);
  }

  async delete(path: string, seconds?: number): Promise<void> {
    const { status, text } = await this.#send('DELETE', path, { gracePeriodSeconds: seconds });
    if (status >= 300 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${text.slice(0, 200)}`);
  }

  /** Keeps a copy of a collection, and tells of every change, until it is ended. */
  watch<T extends Resource>(path: string, changed: (objects: ReadonlyMap<string, T>) => void): { end: () => void } {
    const objects = new Map<string, T>();
    let ended = false;
    let current: { destroy: () => void } | undefined;
    const again = (): void => {
      if (!ended) setTimeout(follow, 200);
    };
    const follow = (): void => {
      objects.clear();
      const sent = request(`${API_URL}${path}?watch=1&allowWatchBookmarks=true`, { agent: this.#agent }, (answer) => {
        const lines = createInterface({ input: answer });
        lines.on('line', (line) => {
          const event = JSON.parse(line) as WatchEvent<T>;
          const key = event.object.metadata.uid ?? '';
          if (event.type === 'DELETED') objects.delete(key);
          else if (event.type === 'ADDED' || event.type === 'MODIFIED') objects.set(key, event.object);
          if (!ended) changed(objects);
        });
        // Broken off: it closes next.
        for (const stream of [answer, lines]) stream.on('error', () => undefined);
        lines.on('close', again);
      });
      sent.on('error', again);
      sent.end();
      current = sent;
    };
    follow();
    return {
      end: () => {
        ended = true;
        current?.destroy();
      },
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (cause: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
