/** Clients that keep their connections. */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many requests were sent, and what became of those that had no good answer. */
export interface Tally {
  asked: number;
  readonly lost: string[];
}

export interface Server {
  readonly port: number;
  /** @default false */
  readonly tls?: boolean;
}

/** Browsers and controllers keep connections: some ask at once again, some after pauses of different lengths. */
export function keepAsking(
  { port, tls = false }: Server,
  tally: Tally,
  done: () => boolean,
  index: number,
): Promise<void> {
  const headers = { 'X-Forwarded-For': `198.51.100.${index + 1}` };
  const pause = (index % 10) * 10;
  const kept = { keepAlive: true, maxSockets: 1 };
  const agent = tls ? new https.Agent({ ...kept, rejectUnauthorized: false }) : new http.Agent(kept);
  const { request } = tls ? https : http;
  const once = (method: string): Promise<string> =>
    new Promise((resolve) => {
      const sent = request({ host: '127.0.0.1', port, agent, method, headers, path: '/api/x' }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(String(answer.statusCode)));
      });
      sent.on('error', (error) => resolve(error.message));
      // No client repeats a POST by itself.
      sent.end(method === 'POST' ? 'x' : undefined);
    });
  return (async () => {
    while (!done()) {
      tally.asked += 1;
      const outcome = await once(tally.asked % 2 ? 'GET' : 'POST');
      if (outcome !== '200') tally.lost.push(outcome);
      await sleep(pause);
    }
    agent.destroy();
  })();
}
