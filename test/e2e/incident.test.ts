import type { Account } from '../../e2e/account';
import { type Bounds, unmeasured, WELL_WITHIN, wrongs } from '../../e2e/judge';

const ended = 100_000;
const user = { upload: async () => ({ path: '', content: '' }), submit: async () => '' };
const bounds: Bounds = { kind: 'mixed', mayFail: 'none', ended, handsIn: user };

/** As a good one is, but for what is told. */
function account(changes: Partial<Account> = {}): Account {
  const failedAt = changes.failedAt ?? [];
  return {
    requests: 100,
    perSecond: 12.5,
    failures: new Map(),
    failedAt,
    plainFailures: 0,
    silentSeconds: 0.1,
    failingSeconds: failedAt.length === 0 ? 0 : (Math.max(...failedAt) - Math.min(...failedAt)) / 1000,
    written: ['a'],
    uploaded: [{ path: '/a', content: 'a' }],
    jobs: ['1'],
    ...changes,
  };
}

/** So many failures, the last of them so many seconds after the deed had ended. */
function failures(count: number, last: number, overSeconds = 1): number[] {
  return Array.from(
    { length: count },
    (_, index) => ended + (last - (index * overSeconds) / Math.max(1, count - 1)) * 1000,
  );
}

describe('An incident is judged', () => {
  test.each(['none', 'stores', 'some', 'any'] as const)('well without failures, where %s may fail', (mayFail) => {
    expect(wrongs(account(), { ...bounds, mayFail })).toEqual([]);
  });

  test('by any failure where none may be', () => {
    expect(wrongs(account({ failedAt: failures(1, -1) }), bounds)).toEqual(['1 requests failed that must not']);
  });

  test('the same for jobs: who hands one in is told that it was taken', () => {
    const jobs = account({ perSecond: 6.6, failedAt: failures(1, -1) });
    expect(wrongs(jobs, { ...bounds, kind: 'jobs' })).toEqual(['1 requests failed that must not']);
  });

  test('by failures of what asks no store, while a store starts', () => {
    const failedAt = failures(9, -1);
    expect(wrongs(account({ failedAt }), { ...bounds, mayFail: 'stores' })).toEqual([]);
    expect(wrongs(account({ failedAt, plainFailures: 2 }), { ...bounds, mayFail: 'stores' })).toEqual([
      '2 requests failed that must not',
    ]);
  });

  test.each(['stores', 'some', 'any'] as const)('by failures long after all was well, where %s may fail', (mayFail) => {
    expect(wrongs(account({ failedAt: failures(2, WELL_WITHIN - 0.1) }), { ...bounds, mayFail })).toEqual([]);
    expect(wrongs(account({ failedAt: failures(2, WELL_WITHIN + 0.1) }), { ...bounds, mayFail })).toEqual([
      '1 requests failed later than 3 s after all was well',
    ]);
  });

  test('by half of all, where another pod goes on', () => {
    const some = { ...bounds, mayFail: 'some' } as const;
    expect(wrongs(account({ failedAt: failures(49, 0) }), some)).toEqual([]);
    expect(wrongs(account({ failedAt: failures(50, 0) }), some)).toEqual(['50 of 100 requests failed: half or more']);
    expect(wrongs(account({ failedAt: failures(50, 0) }), { ...bounds, mayFail: 'any' })).toEqual([]);
  });

  test('by how long requests failed, where another pod goes on', () => {
    const failedAt = failures(5, 0, 10.1);
    const some = { ...bounds, mayFail: 'some' } as const;
    expect(wrongs(account({ failedAt }), some)).toEqual(['requests failed for 10.1 s, longer than 10 s']);
    expect(wrongs(account({ failedAt: failures(5, 0, 9.9) }), some)).toEqual([]);
    expect(wrongs(account({ failedAt, perSecond: 6.6 }), { ...some, kind: 'jobs' })).toEqual([]);
  });

  test('by a load that was not made', () => {
    expect(wrongs(account({ perSecond: 6.2 }), bounds)).toEqual(['only 6.2 of 12.5 requests a second']);
    expect(wrongs(account({ perSecond: 3 }), { ...bounds, kind: 'jobs' })).toEqual([
      'only 3.0 of 6.7 requests a second',
    ]);
  });

  test.each([
    ['write', { written: [] }],
    ['upload', { uploaded: [] }],
    ['job', { jobs: [] }],
  ])('by having measured no %s', (what, changes) => {
    const wrong = [`not measured: no ${what} was acknowledged`];
    expect(wrongs(account(changes), bounds)).toEqual(wrong);
    expect(wrongs(account(changes), { ...bounds, kind: 'light' })).toEqual(wrong);
  });
});

describe('Nothing is unmeasured', () => {
  test('that a load does not hand in', () => {
    const nothing = account({ written: [], uploaded: [], jobs: [] });
    expect(unmeasured(nothing, 'lasting', user)).toEqual([]);
    expect(unmeasured(nothing, 'jobs', user)).toEqual(['job']);
  });

  test('that a user does not do', () => {
    expect(unmeasured(account({ uploaded: [], jobs: [] }), 'mixed', {})).toEqual([]);
  });
});
