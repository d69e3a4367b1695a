import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './certificate';

/** What the server does with a request instead of its work. */
export type Trouble = number | 'none' | 'hang' | 'reset' | 'created-but-reset' | 'conflict';

export interface StoredSecret {
  readonly kind: string;
  readonly type: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly stringData: Readonly<Record<string, string>>;
}

interface Reply {
  readonly code: number;
  readonly body: unknown;
}

const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function status(code: number, reason: string, message: string): Reply {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code } };
}

/** As the API server answers a POST of a Secret: 201, 409, 401, 403, 400; and troubles on demand. */
export class ApiServer {
  readonly token = `header.${'t'.repeat(80)}.signature`;
  readonly secrets = new Map<string, StoredSecret>();
  /** For the next requests, in order; afterwards it works. */
  troubles: Trouble[] = [];
  requests = 0;
  readonly authority: string;
  private readonly server: Server;

  constructor(private readonly namespace: string) {
    const { certificate, key } = selfSigned('kubernetes');
    this.authority = certificate;
    this.server = createServer({ cert: certificate, key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests += 1;
        const trouble = this.troubles.shift();
        if (trouble === 'hang') return;
        if (trouble === 'reset') return void request.socket.destroy();
        const body = Buffer.concat(chunks).toString();
        const { authorization = '', accept = '' } = request.headers;
        const asked = `${request.method} ${request.url}`;
        const reply =
          typeof trouble === 'number' ? troubleReply(trouble) : this.answer(asked, authorization, accept, body);
        if (trouble === 'created-but-reset') return void request.socket.destroy();
        const { code, body: content } = trouble === 'conflict' ? conflict : reply;
        // The API server indents its answers to curl.
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(content, undefined, 2));
      });
    });
  }

  private answer(asked: string, authorization: string, accept: string, body: string): Reply {
    const path = `/api/v1/namespaces/${this.namespace}/secrets?fieldManager=keelson`;
    if (asked !== `POST ${path}`) return status(403, 'Forbidden', `secrets is forbidden: ${asked}`);
    if (authorization !== `Bearer ${this.token}`) return status(401, 'Unauthorized', 'Unauthorized');
    let secret: StoredSecret;
    try {
      secret = JSON.parse(body) as StoredSecret;
    } catch (error) {
      return status(400, 'BadRequest', String(error));
    }
    const { name } = secret.metadata;
    if (this.secrets.has(name)) return status(409, 'AlreadyExists', `secrets "${name}" already exists`);
    this.secrets.set(name, secret);
    return { code: 201, body: accept === metadataOnly ? { metadata: secret.metadata } : secret };
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

const conflict = status(409, 'Conflict', 'Operation cannot be fulfilled on resourcequotas "namespace"');

function troubleReply(code: number): Reply {
  const forbidden =
    'secrets is forbidden: User "system:serviceaccount:shop:bootstrap" cannot create resource "secrets" in API group ""';
  return code === 403 ? status(403, 'Forbidden', forbidden) : status(code, 'Failure', `trouble ${'a1'.repeat(24)}`);
}
