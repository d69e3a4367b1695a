import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { SMTPServer } from 'smtp-server';
import type { Certificates } from './edge';
import { addresses } from './network';

/** What receivers log in with, where it is no address. */
export const credential = 'a-key-of-the-live-run';

/** One message of Alertmanager, to whom it went and what it said. */
export interface Message {
  readonly at: number;
  readonly receiver: string;
  /** Alert names with the services they are about, as far as the kind of receiver carries them. */
  readonly alerts: readonly Alert[];
  readonly text: string;
}

export interface Alert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Only a webhook has the alerts as they are; all others have words. */
function alertsOf(text: string): Alert[] {
  if (!text.startsWith('{')) return [];
  const body = JSON.parse(text) as { alerts?: Alert[] };
  return body.alerts ?? [];
}

/** A mail server that takes nothing without TLS and a log-in. */
function startMailServer({ key, certificate }: Certificates, take: (text: string) => void): Promise<void> {
  const server = new SMTPServer({
    key,
    cert: certificate,
    onAuth: ({ username, password }, _session, done) =>
      username === 'alerts' && password === credential
        ? done(null, { user: username })
        : done(new Error('Who are you?')),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        take(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
  });
  return new Promise((resolve) => server.listen(587, addresses.outside, resolve));
}

/** Where everybody is told: one server for webhooks by path, one with TLS for who has a fixed address. */
export async function startReceivers(certificates: Certificates): Promise<readonly Message[]> {
  const messages: Message[] = [];
  const take = (receiver: string, text: string): void => {
    messages.push({ at: Date.now(), receiver, text, alerts: alertsOf(text) });
  };
  const handler: Parameters<typeof createServer>[1] = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').replace('/v2/enqueue', '/on-call');
      take(path.slice(1), Buffer.concat(chunks).toString('utf8'));
      // PagerDuty answers 202, everybody else 200.
      response
        .writeHead(path === '/on-call' ? 202 : 200, { 'content-type': 'application/json' })
        .end('{"status":"success"}');
    });
  };
  const plain = createServer(handler);
  const secure = createSecureServer({ key: certificates.key, cert: certificates.certificate }, handler);
  await startMailServer(certificates, (text) => take('dba', text));
  await new Promise<void>((resolve) => plain.listen(80, addresses.outside, resolve));
  await new Promise<void>((resolve) => secure.listen(443, addresses.outside, resolve));
  return messages;
}
