import { type Jobs, lose, mustBeHandedInAgain } from '../../e2e/checks/honesty';
import type { Stage } from '../../e2e/stage';

/** A queue and the list beside it; who waits for a job gets the next one that is handed in. */
class Queue {
  readonly queued: string[] = [];
  readonly aside: string[] = [];
  readonly #waiting: ((message: string) => void)[] = [];
  /** The most that ever waited at once. */
  most = 0;

  handIn(message: string): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.queued.push(message);
    else {
      this.aside.push(message);
      next(message);
    }
  }

  /** Gives up soon, as Redis does after its seconds. */
  wait(): Promise<string> {
    return new Promise((resolve) => {
      this.most = Math.max(this.most, this.#waiting.push(resolve));
      setTimeout(() => {
        const index = this.#waiting.indexOf(resolve);
        if (index >= 0) this.#waiting.splice(index, 1);
        resolve('');
      }, 500);
    });
  }

  giveBack(): string {
    const message = this.aside.pop();
    if (message !== undefined) this.queued.push(message);
    return message ?? '';
  }
}

let queue = new Queue();
let late: readonly string[] = [];

jest.mock('../../e2e/stage', () => ({
  ...jest.requireActual('../../e2e/stage'),
  mustKubectl: async (args: readonly string[]) => (args.includes('BLMOVE') ? queue.wait() : queue.giveBack()),
}));

const stage = { namespace: 'shop' } as Stage;
const work = { store: 'redis', database: 0, name: 'celery' } as Jobs['work'];

describe('A job that is lost on purpose', () => {
  beforeEach(() => {
    queue = new Queue();
  });

  /** What becomes of each job as it is handed in, in turn. */
  const jobsOf = (...fates: readonly ('queued' | 'no answer' | 'refused')[]): Jobs => {
    let count = 0;
    const submit = async (): Promise<string> => {
      const fate = fates[count] ?? 'queued';
      const job = `job-${++count}`;
      if (fate !== 'refused') queue.handIn(job);
      if (fate !== 'queued') throw new Error('502 instead of 200');
      return job;
    };
    return {
      work,
      submit,
      undone: async () => [],
      late: async (all) => all.filter((job) => late.includes(job)),
      isMessageOf: (message, job) => message === job,
    };
  };

  test.each([
    ['and was late', ['job-1'], []],
    ['though nobody handed it in again', [], ['The job that was lost on purpose is done, and was not late']],
  ])('is done in the end, %s', async (_, those, wrong) => {
    late = those;
    expect(await mustBeHandedInAgain(jobsOf(), 'job-1')).toEqual(wrong);
  });

  test('is set aside, and alone', async () => {
    expect(await lose(stage, jobsOf())).toEqual({ lost: 'job-1', others: [] });
    expect(queue.aside).toEqual(['job-1']);
  });

  test('is the only one that is waited for, also when another one could not be handed in', async () => {
    expect(await lose(stage, jobsOf('refused'))).toEqual({ lost: 'job-2', others: [] });
    expect([queue.most, queue.aside, queue.queued]).toEqual([1, ['job-2'], []]);
  });

  test('is none whose answer was lost: that one is given back', async () => {
    expect(await lose(stage, jobsOf('no answer'))).toEqual({ lost: 'job-2', others: [] });
    expect([queue.aside, queue.queued]).toEqual([['job-2'], ['job-1']]);
  });
});
