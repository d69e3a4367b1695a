/** An account of a load: what was answered and when, what was not, what was promised. */
import type { Upload } from './users/user';

export interface Account {
  readonly requests: number;
  /** Requests that were sent in a second, on average. */
  readonly perSecond: number;
  /** Reason → how often. */
  readonly failures: ReadonlyMap<string, number>;
  /** The moment of each failure, in milliseconds since 1970. */
  readonly failedAt: readonly number[];
  /** Of the failures, those of requests that ask no store. */
  readonly plainFailures: number;
  /** Longest time without a good answer. */
  readonly silentSeconds: number;
  /** From the first failure to the last one. */
  readonly failingSeconds: number;
  /** Acknowledged: nothing of them may be lost. */
  readonly written: readonly string[];
  readonly uploaded: readonly Upload[];
  readonly jobs: readonly string[];
}

/** Moments are handed in: milliseconds since 1970. */
export class Ledger {
  readonly written: string[] = [];
  readonly uploaded: Upload[] = [];
  readonly jobs: string[] = [];
  readonly #failures = new Map<string, number>();
  readonly #failedAt: number[] = [];
  #requests = 0;
  #plainFailures = 0;
  #lastGood: number;
  #silent = 0;
  #closed: number | undefined;

  constructor(private readonly begin: number) {
    this.#lastGood = begin;
  }

  sent(): void {
    this.#requests++;
  }

  /**
   * A good answer ends a silence. The next one counts from when its request was sent: an answer that was long on its way
   * says nothing of requests that were sent after it.
   */
  answered(sent: number, now: number): void {
    this.#silent = Math.max(this.#silent, now - this.#lastGood);
    this.#lastGood = Math.max(this.#lastGood, sent);
  }

  failed(reason: string, isPlain: boolean, now: number): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    this.#failedAt.push(now);
    if (isPlain) this.#plainFailures++;
  }

  get lastFailure(): number | undefined {
    return this.#failedAt.at(-1);
  }

  /** From now on nothing is sent; what is on its way may still be answered. */
  close(now: number): void {
    this.#closed ??= now;
  }

  account(now: number): Account {
    const end = this.#closed ?? now;
    const [first = 0] = this.#failedAt;
    return {
      requests: this.#requests,
      perSecond: this.#requests / Math.max(0.001, (end - this.begin) / 1000),
      failures: this.#failures,
      failedAt: this.#failedAt,
      plainFailures: this.#plainFailures,
      silentSeconds: Math.max(this.#silent, end - this.#lastGood) / 1000,
      failingSeconds: ((this.lastFailure ?? 0) - first) / 1000,
      written: this.written,
      uploaded: this.uploaded,
      jobs: this.jobs,
    };
  }
}
