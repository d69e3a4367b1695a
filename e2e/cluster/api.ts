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

interface Collection<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR';
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

  /** Tried once more where the connection broke: what is read can be read twice. */
  async #read(path: string): Promise<{ status: number; text: string }> {
    return this.#send('GET', path).catch(() => this.#send('GET', path));
  }

  /** @throws Error on any status but success */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.#read(path);
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
    const { status, text } = await this.#read(path);
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

  async delete(path: string, seconds?: number): Promise<void> {
    const { status, text } = await this.#send('DELETE', path, { gracePeriodSeconds: seconds });
    if (status >= 300 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${text.slice(0, 200)}`);
  }

  /**
   * Keeps a copy of a collection, and tells of every change, as long as this process lives. Where a watch breaks off, what
   * was known stays until all of it is known anew: half a collection would be half of the rules.
   */
  watch<T extends Resource>(path: string, changed: (objects: ReadonlyMap<string, T>) => void): void {
    const again = (): void => {
      setTimeout(() => this.watch(path, changed), 200).unref();
    };
    const follow = async (): Promise<void> => {
      const { metadata, items } = await this.get<Collection<T>>(path);
      const objects = new Map(items.map((item) => [item.metadata.uid ?? '', item]));
      changed(objects);
      await this.#changes<T>(`${path}?watch=1&resourceVersion=${metadata.resourceVersion}`, ({ type, object }) => {
        const key = object.metadata.uid ?? '';
        if (type === 'DELETED') objects.delete(key);
        else if (type === 'ADDED' || type === 'MODIFIED') objects.set(key, object);
        changed(objects);
      });
    };
    follow().then(again, again);
  }

  /** Hands over what happens until the server, or the connection, ends it. */
  #changes<T extends Resource>(path: string, each: (event: WatchEvent<T>) => void): Promise<void> {
    const { promise, resolve, reject } = withResolvers<void>();
    const sent = request(`${API_URL}${path}`, { agent: this.#agent }, (answer) => {
      const lines = createInterface({ input: answer });
      lines.on('line', (line) => {
        try {
          each(JSON.parse(line) as WatchEvent<T>);
        } catch (error) {
          reject(error); // half a line, where the connection broke
          sent.destroy();
        }
      });
      // Broken off: it closes next, and only it does.
      for (const stream of [answer, lines]) stream.on('error', () => undefined);
      answer.on('close', () => resolve());
    });
    sent.on('error', reject);
    sent.end();
    return promise;
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
