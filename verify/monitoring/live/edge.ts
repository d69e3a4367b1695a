import { readFileSync } from 'node:fs';
import { request as pass } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { must } from '../../kit/command';
import { addresses } from './network';

/** An authority that containers of this run trust, and its certificate for the names that stand in for the outside. */
export interface Certificates {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** The machine's own authorities and ours. */
  readonly authorities: string;
}

export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  const at = (file: string): string => join(folder, file);
  const authority = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '60', '-subj', '/CN=live run'];
  await must('openssl', ['req', ...authority, '-keyout', at('ca.key'), '-out', at('ca.crt')]);
  const own = ['-newkey', 'rsa:2048', '-nodes', '-days', '60', '-subj', `/CN=${names[0] ?? ''}`];
  const alternatives = ['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`];
  const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-addext', 'basicConstraints=critical,CA:FALSE'];
  await must('openssl', ['req', '-x509', ...own, ...alternatives, ...signed, '-keyout', at('key'), '-out', at('crt')]);
  const system = readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
  return {
    key: readFileSync(at('key')),
    certificate: readFileSync(at('crt')),
    authorities: `${system}\n${readFileSync(at('ca.crt'), 'utf8')}`,
  };
}

/** Where what comes in goes to: the proxy's pod, or that of the only service. */
export interface Entry {
  readonly host: string;
  readonly port: number;
}

/** The Ingress controller: ends TLS, and hands everything to the proxy's pod. */
export async function startEdge({ key, certificate }: Certificates, { host, port }: Entry): Promise<void> {
  const server = createSecureServer({ key, cert: certificate }, (incoming, response) => {
    const { url, method, headers } = incoming;
    const forwarded = { ...headers, 'x-forwarded-proto': 'https' };
    const outgoing = pass({ host, port, path: url, method, headers: forwarded }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(443, addresses.edge, resolve));
}

/** Visitors of the pages, a few each second, as long as the run lasts. */
export function startVisitors(name: string, { host, port }: Entry, paths: readonly string[]): void {
  const visit = (path: string): void => {
    const headers = { host: name, 'x-forwarded-proto': 'https' };
    const asked = pass({ host, port, path, headers }, (answer) => answer.resume());
    asked.on('error', () => undefined);
    asked.end();
  };
  setInterval(() => {
    for (const path of paths) visit(path);
  }, 500);
}
