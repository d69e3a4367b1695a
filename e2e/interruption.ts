/** A signal ends what is under way; then what it made is removed, and only then this process ends. */
import { endCommands } from '../verify/kit/command';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const AGAIN_MILLISECONDS = 100;

function reasonOf(settled: PromiseSettledResult<unknown>): string[] {
  if (settled.status === 'fulfilled') return [];
  return [settled.reason instanceof Error ? settled.reason.message : String(settled.reason)];
}

export class Interruption {
  #signals: NodeJS.Signals[] = [];
  readonly #controller = new AbortController();

  /** From here on, no signal ends this process by itself. */
  constructor() {
    for (const name of SIGNALS) {
      process.on(name, () => {
        this.#signals.push(name);
        this.#controller.abort();
      });
    }
  }

  /** For what can be ended early. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @throws Error once a signal has come */
  check(): void {
    const [first] = this.#signals;
    if (first !== undefined) throw new Error(`interrupted by ${first}`);
  }

  /** @throws Error with what failed: the work, unless a signal is the reason, and the clean-up, which is made anyhow */
  async during<T>(work: () => Promise<T>, cleanUp: () => Promise<void>): Promise<T> {
    // Again and again: what goes on after a command that failed starts the next one.
    const timer = setInterval(() => this.signal.aborted && endCommands(), AGAIN_MILLISECONDS);
    const [done] = await Promise.allSettled([work()]);
    clearInterval(timer);
    const [removed] = await Promise.allSettled([this.#completed(cleanUp)]);
    if (done.status === 'fulfilled' && removed.status === 'fulfilled') return done.value;
    const [first] = this.#signals;
    const why = done.status === 'rejected' && first !== undefined ? [`interrupted by ${first}`] : reasonOf(done);
    throw new Error([...why, ...reasonOf(removed)].join('\n'));
  }

  /** A terminal's signal ends the commands of a clean-up, too: it is made again until none has come in between. */
  async #completed(cleanUp: () => Promise<void>): Promise<void> {
    for (;;) {
      const before = this.#signals.length;
      const [removed] = await Promise.allSettled([cleanUp()]);
      if (this.#signals.length > before) continue;
      if (removed.status === 'rejected') throw removed.reason;
      return;
    }
  }
}
