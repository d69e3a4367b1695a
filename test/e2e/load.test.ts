import { Ledger } from '../../e2e/account';
import { type Kind, Load, nextDue, wantedPerSecond } from '../../e2e/load';
import type { Client } from '../../e2e/users/client';
import type { User } from '../../e2e/users/user';

describe('The schedule of a load', () => {
  /** How many requests are sent in a time, when sending one takes as long as it is told at that moment. */
  const sent = (kind: Kind, milliseconds: number, takes: (now: number) => number): number => {
    let [now, due, count] = [0, 0, 0];
    while (now < milliseconds) {
      count++;
      now += takes(now);
      due = nextDue(due, now, kind);
      now = Math.max(now, due);
    }
    return count;
  };

  const perSecond = wantedPerSecond('mixed');

  /** Sending takes no time but once, in the middle. */
  const stopOf = (milliseconds: number): ((now: number) => number) => {
    let over = false;
    return (now) => {
      if (over || now < 4000) return 1;
      over = true;
      return milliseconds;
    };
  };

  test('goes by the clock: what sending costs does not slow it', () => {
    expect(sent('mixed', 10_000, () => 30)).toBe(Math.ceil(10 * perSecond));
    expect(sent('jobs', 15_000, () => 100)).toBe(100);
  });

  test('makes up for a short stop', () => {
    expect(sent('mixed', 10_000, stopOf(800))).toBe(Math.ceil(10 * perSecond));
  });

  test('makes up for no more than a second of a long one', () => {
    const count = sent('mixed', 10_000, stopOf(4000));
    expect(count).toBeGreaterThanOrEqual(7 * perSecond - 1);
    expect(count).toBeLessThanOrEqual(7 * perSecond + 2);
  });

  test('is slower than what is wanted only where sending is', () => {
    expect(sent('mixed', 10_000, () => 200) / 10).toBeLessThan(perSecond / 2);
  });
});

describe('The account of a load', () => {
  const second = 1000;

  test('counts a silence until the next good answer', () => {
    const ledger = new Ledger(0);
    ledger.answered(0.9 * second, second);
    ledger.answered(3.9 * second, 4 * second);
    ledger.close(4 * second);
    expect(ledger.account(4 * second).silentSeconds).toBeCloseTo(3.1);
  });

  test('counts a silence that lasts to the end', () => {
    const ledger = new Ledger(0);
    ledger.answered(0, second);
    ledger.failed('GET /', true, 5 * second);
    ledger.close(9 * second);
    expect(ledger.account(15 * second).silentSeconds).toBe(9);
  });

  test('does not end a silence with the late answer to a request of before it', () => {
    const ledger = new Ledger(0);
    ledger.answered(second, second);
    ledger.answered(0.5 * second, 5 * second);
    ledger.answered(9.9 * second, 10 * second);
    ledger.close(10 * second);
    expect(ledger.account(10 * second).silentSeconds).toBe(9);
  });

  test('holds each failure by its moment', () => {
    const ledger = new Ledger(0);
    ledger.failed('GET /', true, 2 * second);
    ledger.failed('job', false, 3 * second);
    ledger.failed('GET /', true, 6 * second);
    const { failures, failedAt, plainFailures, failingSeconds } = ledger.account(7 * second);
    expect([...failures]).toEqual([
      ['GET /', 2],
      ['job', 1],
    ]);
    expect(failedAt).toEqual([2 * second, 3 * second, 6 * second]);
    expect([plainFailures, failingSeconds]).toEqual([2, 4]);
  });

  test('knows the rate of what was sent, not of what was waited for', () => {
    const ledger = new Ledger(0);
    for (let count = 0; count < 40; count++) ledger.sent();
    ledger.close(2 * second);
    expect(ledger.account(12 * second).perSecond).toBe(20);
  });
});

describe('A load', () => {
  const client = {
    must: async (_: number, __: string, path: string) => {
      if (path === '/broken') throw new Error('502 instead of 200');
      return { status: 200, body: '', headers: {} };
    },
  } as unknown as Client;
  const user = {
    reads: ['/', '/broken'],
    plain: ['/broken'],
    lasting: ['/'],
    write: async () => undefined,
    upload: async (_: Client, mark: string) => ({ path: `/media/${mark}`, content: mark }),
    submit: async (_: Client, mark: string) => mark,
  } as unknown as User;
  const made = async (kind: Kind) => {
    const load = new Load(client, user, 'test', kind);
    await new Promise((resolve) => setTimeout(resolve, 1400));
    return load.stop();
  };

  test.concurrent('reads, writes, uploads and hands in jobs', async () => {
    const account = await made('mixed');
    expect(account.written.length).toBeGreaterThan(0);
    expect(account.uploaded.length).toBeGreaterThan(0);
    expect(account.jobs.length).toBeGreaterThan(0);
    expect(account.plainFailures).toBeGreaterThan(0);
    expect([...account.failures.keys()]).toEqual(['GET /broken: 502 instead of 200']);
    expect(account.failedAt).toHaveLength(account.plainFailures);
  });

  test.concurrent('that is light does the same, seldom', async () => {
    const { perSecond, written, uploaded } = await made('light');
    expect(perSecond).toBeLessThan(10);
    expect(written.length).toBeGreaterThan(0);
    expect(uploaded.length).toBeGreaterThan(0);
  });

  test.concurrent('of what lasts reads only that', async () => {
    const { requests, failedAt, written, uploaded, jobs } = await made('lasting');
    expect(requests).toBeGreaterThan(5);
    expect([...failedAt, ...written, ...uploaded, ...jobs]).toEqual([]);
  });

  test.concurrent('of jobs hands in only these', async () => {
    const { requests, jobs } = await made('jobs');
    expect(jobs.length).toBe(requests);
  });
});
