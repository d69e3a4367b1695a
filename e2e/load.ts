/** A steady load through the edge, and an account of it: what was answered, what was not, what was promised. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './users/client';
import type { User } from './users/user';

export interface Account {
  readonly requests: number;
  readonly failures: ReadonlyMap<string, number>;
  /** Longest time without a good answer. */
  readonly silentSeconds: number;
  /** Acknowledged writes and jobs: nothing of them may be lost. */
  readonly written: readonly string[];
  readonly jobs: readonly string[];
}

const EVERY = 50;

export class Load {
  #stopped = false;
  #requests = 0;
  #lastGood = Date.now();
  #silent = 0;
  readonly #failures = new Map<string, number>();
  readonly #written: string[] = [];
  readonly #jobs: string[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #loop: Promise<void>;

  constructor(
    private readonly client: Client,
    private readonly user: User,
    private readonly prefix: string,
  ) {
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const request = this.#one(turn).finally(() => this.#open.delete(request));
      this.#open.add(request);
      await sleep(EVERY);
    }
    await Promise.all(this.#open);
  }

  /** Of twelve requests one writes and one hands in a job. */
  async #one(turn: number): Promise<void> {
    const mark = `${this.prefix}-${turn}-${randomBytes(4).toString('hex')}`;
    this.#requests++;
    try {
      if (turn % 12 === 5) {
        await this.user.write(this.client, mark);
        this.#written.push(mark);
      } else if (turn % 12 === 11 && this.user.submit) {
        this.#jobs.push(await this.user.submit(this.client, mark));
      } else {
        await this.client.must(200, 'GET', this.user.reads[turn % this.user.reads.length] ?? '/');
      }
      this.#silent = Math.max(this.#silent, Date.now() - this.#lastGood);
      this.#lastGood = Date.now();
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1).join('').slice(0, 80);
      this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    }
  }

  async stop(): Promise<Account> {
    this.#stopped = true;
    await this.#loop;
    return {
      requests: this.#requests,
      failures: this.#failures,
      silentSeconds: this.#silent / 1000,
      written: this.#written,
      jobs: this.#jobs,
    };
  }
}

export function failed({ failures }: Account): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0);
}
