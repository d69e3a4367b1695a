/** A steady load through the edge, whatever comes of its requests. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, Ledger } from './account';
import type { Client } from './users/client';
import type { User } from './users/user';

/**
 * `mixed`: of twelve requests one writes and one hands in a job, and of twenty-four one uploads. `lasting`: only what needs
 * no store, however long one is away. `jobs`: only jobs, for what happens behind the web services. `light`: mixed, where
 * others need the processor.
 */
export type Kind = 'mixed' | 'light' | 'lasting' | 'jobs';

/** Whether of everything that a user does some is asked. */
export function isMixed(kind: Kind | 'none'): boolean {
  return kind === 'mixed' || kind === 'light';
}

type Asked = 'read' | 'write' | 'upload' | 'job';

/** Milliseconds between two requests: what two cores have left over beside the system itself. */
const EVERY: Readonly<Record<Kind, number>> = { mixed: 80, light: 200, lasting: 80, jobs: 150 };

export function wantedPerSecond(kind: Kind): number {
  return 1000 / EVERY[kind];
}

/** What was not sent in time is made up for, so that the rate is kept; but not more of it at once than of this time. */
const CATCH_UP = 1000;

/** When the next request is due: by the clock, not by the end of the last pause. */
export function nextDue(due: number, now: number, kind: Kind): number {
  return Math.max(due + EVERY[kind], now - CATCH_UP);
}

export class Load {
  #stopped = false;
  readonly #ledger = new Ledger(Date.now());
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
    let due = Date.now();
    for (let turn = 0; !this.#stopped; turn++) {
      const request = this.#one(turn).finally(() => this.#open.delete(request));
      this.#open.add(request);
      due = nextDue(due, Date.now(), this.kind);
      await sleep(Math.max(0, due - Date.now()));
    }
    this.#ledger.close(Date.now());
    await Promise.all(this.#open);
  }

  async #one(turn: number): Promise<void> {
    const reads = this.kind === 'lasting' ? this.user.lasting : this.user.reads;
    const path = reads[turn % reads.length] ?? '/';
    const asks = this.#asks(turn);
    const sent = Date.now();
    this.#ledger.sent();
    try {
      if (asks === 'read') await this.client.must(200, 'GET', path);
      else await this.#hand(asks, `${this.prefix}-${turn}-${randomBytes(4).toString('hex')}`);
      this.#ledger.answered(sent, Date.now());
    } catch (error) {
      const message = (error instanceof Error ? error.message : String(error)).split('\n', 1).join('').slice(0, 80);
      const isPlain = asks === 'read' && this.user.plain.includes(path);
      this.#ledger.failed(`${asks === 'read' ? `GET ${path}` : asks}: ${message}`, isPlain, Date.now());
    }
  }

  #asks(turn: number): Asked {
    if (this.kind === 'lasting') return 'read';
    if (this.kind === 'jobs') return 'job';
    if (turn % 24 === 2 && this.user.upload) return 'upload';
    if (turn % 12 === 5) return 'write';
    return turn % 12 === 11 && this.user.submit ? 'job' : 'read';
  }

  async #hand(what: Exclude<Asked, 'read'>, mark: string): Promise<void> {
    if (what === 'job') {
      const job = await this.user.submit?.(this.client, mark);
      if (job !== undefined) this.#ledger.jobs.push(job);
    } else if (what === 'upload') {
      const upload = await this.user.upload?.(this.client, mark);
      if (upload !== undefined) this.#ledger.uploaded.push(upload);
    } else {
      await this.user.write(this.client, mark);
      this.#ledger.written.push(mark);
    }
  }

  /** The moment of the last failure, in milliseconds since 1970; 0 where there was none. */
  get lastFailure(): number {
    return this.#ledger.lastFailure ?? 0;
  }

  /** Waits for the answers that are still open. */
  async stop(): Promise<Account> {
    this.#stopped = true;
    await this.#loop;
    return this.#ledger.account(Date.now());
  }
}
