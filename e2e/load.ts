/** A steady load through the edge, and an account of it: what was answered, what was not, what was promised. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './users/client';
import type { User } from './users/user';

/**
 * `mixed`: of twelve requests one writes and one hands in a job. `lasting`: only what needs no store, however long one is
 * away. `jobs`: only jobs, for what happens behind the web services.
 */
export type Kind = 'mixed' | 'lasting' | 'jobs';

export interface Account {
  readonly requests: number;
  readonly failures: ReadonlyMap<string, number>;
  /** Of the failures, those of requests that ask no store. */
  readonly plainFailures: number;
  /** Longest time without a good answer. */
  readonly silentSeconds: number;
  /** From the first failure to the last one. */
  readonly failingSeconds: number;
  /** Acknowledged writes and jobs: nothing of them may be lost. */
  readonly written: readonly string[];
  readonly jobs: readonly string[];
}

/** Milliseconds between two requests. */
const EVERY: Readonly<Record<Kind, number>> = { mixed: 50, lasting: 50, jobs: 150 };

export class Load {
  #stopped = false;
  #requests = 0;
  #plainFailures = 0;
  #lastGood = Date.now();
  #silent = 0;
  #firstFailure: number | undefined;
  #lastFailure = 0;
  readonly #failures = new Map<string, number>();
  readonly #written: string[] = [];
  readonly #jobs: string[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #loop: Promise<void>;

  constructor(
    private readonly client: Client,
    private readonly user: User,
    private readonly prefix: string,
    private readonly kind: Kind = 'mixed',
  ) {
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const request = this.#one(turn).finally(() => this.#open.delete(request));
      this.#open.add(request);
      await sleep(EVERY[this.kind]);
    }
    await Promise.all(this.#open);
  }

  async #one(turn: number): Promise<void> {
    const reads = this.kind === 'lasting' ? this.user.lasting : this.user.reads;
    const path = reads[turn % reads.length] ?? '/';
    const asks = this.#asks(turn);
    this.#requests++;
    try {
      if (asks === 'read') await this.client.must(200, 'GET', path);
      else await this.#hand(asks, `${this.prefix}-${turn}-${randomBytes(4).toString('hex')}`);
      this.#silent = Math.max(this.#silent, Date.now() - this.#lastGood);
      this.#lastGood = Date.now();
    } catch (error) {
      if (asks === 'read' && this.user.plain.includes(path)) this.#plainFailures++;
      this.#failed(asks === 'read' ? `GET ${path}` : asks, error);
    }
  }

  #asks(turn: number): 'read' | 'write' | 'job' {
    if (this.kind === 'lasting') return 'read';
    if (this.kind === 'jobs') return 'job';
    if (turn % 12 === 5) return 'write';
    return turn % 12 === 11 && this.user.submit ? 'job' : 'read';
  }

  async #hand(what: 'write' | 'job', mark: string): Promise<void> {
    if (what === 'job') {
      const job = await this.user.submit?.(this.client, mark);
      if (job !== undefined) this.#jobs.push(job);
    } else {
      await this.user.write(this.client, mark);
      this.#written.push(mark);
    }
  }

  #failed(what: string, error: unknown): void {
    const message = (error instanceof Error ? error.message : String(error)).split('\n', 1).join('').slice(0, 80);
    const reason = `${what}: ${message}`;
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    this.#firstFailure ??= Date.now();
    this.#lastFailure = Date.now();
  }

  async stop(): Promise<Account> {
    this.#stopped = true;
    await this.#loop;
    return {
      requests: this.#requests,
      failures: this.#failures,
      plainFailures: this.#plainFailures,
      silentSeconds: this.#silent / 1000,
      failingSeconds: this.#firstFailure === undefined ? 0 : (this.#lastFailure - this.#firstFailure) / 1000,
      written: this.#written,
      jobs: this.#jobs,
    };
  }
}

export function failed({ failures }: Account): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0);
}
