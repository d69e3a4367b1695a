import { strict as assert } from 'node:assert';
import { request as pass } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import type { Plan } from '../../../lib/model/plan';
import { WORK } from './container';
import type { Certificates } from './edge';
import { addresses } from './network';
import { credential } from './receivers';
import { PrometheusServer, until } from './servers';

/** Where it is, as the environment's file says. */
export const longTerm = { host: 'metrics.example.com', port: 8443 } as const;

const inside = { host: '127.0.0.1', port: 9091 } as const;

/** Somebody else's storage: a Prometheus that takes what is written to it, behind TLS and a token. */
export async function startLongTerm({ key, certificate }: Certificates): Promise<PrometheusServer> {
  const storage = await PrometheusServer.start({
    name: 'long-term storage',
    folder: join(WORK, 'long-term'),
    log: join(WORK, 'logs', 'long-term'),
    configuration: '{}',
    listen: `${inside.host}:${inside.port}`,
    args: ['--web.enable-remote-write-receiver'],
  });
  const server = createSecureServer({ key, cert: certificate }, (incoming, response) => {
    const { headers, method, url } = incoming;
    if (headers.authorization !== `Bearer ${credential}`) {
      response.writeHead(401).end();
      return;
    }
    const outgoing = pass({ ...inside, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(longTerm.port, addresses.outside, resolve));
  return storage;
}

/** Whose figures they are must be told apart there: many systems write to one storage. */
export async function figuresArrive(plan: Plan, from: PrometheusServer, storage: PrometheusServer): Promise<number> {
  const targets = (await from.targets()).length;
  const own = `{system="${plan.system.id}",environment="${plan.environment.name}"}`;
  await until(`${targets} targets are known to the long-term storage`, 60, async () => {
    const [answer] = await storage.query(`count(up${own})`);
    const known = Number(answer?.values[0]?.[1] ?? 0);
    return known >= targets ? '' : `${known} are`;
  });
  assert.deepEqual(await storage.query('up{system=""}'), []);
  return targets;
}
