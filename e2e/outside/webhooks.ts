/** Whoever is told of alerts: keeps every message. */
import { createServer, type Server } from 'node:http';
import { controlPlane } from '../cluster/layout';
import { webhookPort } from './names';

/** An alert as Alertmanager's webhooks write it. */
export interface Told {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

interface Message {
  readonly receiver: string;
  readonly at: number;
  readonly alerts: readonly Told[];
}

export class Webhooks {
  readonly #messages: Message[] = [];

  /** What a receiver was told since then; all of it unless given. */
  told(receiver: string, since = 0): Told[] {
    return this.#messages.filter((it) => it.receiver === receiver && it.at >= since).flatMap(({ alerts }) => alerts);
  }

  listen(): Promise<Server> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as { alerts: Told[] };
        this.#messages.push({ receiver: (request.url ?? '').slice(1), at: Date.now(), alerts });
        response.end();
      });
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(webhookPort, controlPlane.address, () => resolve(server));
    });
  }
}
