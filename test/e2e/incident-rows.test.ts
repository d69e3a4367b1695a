import { during, withoutLoad } from '../../e2e/incident';
import { incidentRow, rate } from '../../e2e/page';
import { type Incident, keepPromises, type Stage } from '../../e2e/stage';
import type { User } from '../../e2e/users/user';

jest.mock('../../e2e/users/client', () => ({
  Client: class {
    must = async () => ({ status: 200 });
  },
}));

const user = {
  reads: ['/'],
  plain: ['/'],
  lasting: ['/'],
  write: async () => undefined,
  upload: async (_, mark) => ({ path: `/media/${mark}`, content: mark }),
  missing: async () => [],
} satisfies Partial<User>;

function lateJobs(count: number): Partial<User> {
  return {
    submit: async (_, mark) => mark,
    undone: async () => [],
    late: async (_, jobs) => jobs.slice(0, count),
  };
}

function stageOf(changes: Partial<User> = {}) {
  const kept = { incidents: [] as Incident[], promises: [] as Promise<string[]>[], say: () => undefined };
  const stage = { ...kept, user: { ...user, ...changes }, manifests: { plan: { edge: { hosts: [] } } } };
  return stage as unknown as Stage;
}

/** Cells of the only row. */
function cells({ incidents: [incident] }: Stage): string[] {
  return incident === undefined ? [] : incidentRow(incident);
}

describe('A deed under load', () => {
  const quick = { afterSeconds: 0 };

  test.concurrent('is a row, of what was lost too', async () => {
    const stage = stageOf();
    await during(stage, 'deed', async () => undefined, quick);
    await keepPromises(stage);
    expect(cells(stage)).toEqual([
      'deed',
      '0 s',
      expect.stringMatching(/^0 of /),
      '0.0 s',
      expect.any(String),
      'nothing',
    ]);
  });

  test.concurrent('that fails is a row all the same', async () => {
    const stage = stageOf();
    const deed = during(stage, 'deed', async () => Promise.reject(new Error('not Ready')), quick);
    await expect(deed).rejects.toThrow('not Ready');
    await keepPromises(stage);
    expect(cells(stage).slice(0, 2)).toEqual(['deed', 'never']);
  });

  test.concurrent('after which something acknowledged is gone says so', async () => {
    const stage = stageOf({ missing: async (_, __, uploads = []) => uploads.map(({ path }) => path) });
    await during(stage, 'deed', async () => undefined, quick);
    await expect(keepPromises(stage)).rejects.toThrow(/^deed: lost 1 of \d+ writes and uploads$/);
    expect(cells(stage).at(-1)).toMatch(/^1 of \d+ writes and uploads$/);
  });

  test.concurrent('after which a few jobs had to be handed in again tells of them', async () => {
    const stage = stageOf(lateJobs(3));
    await during(stage, 'deed', async () => undefined, { ...quick, load: 'jobs', mayFail: 'some' });
    await keepPromises(stage);
    expect(cells(stage).at(-1)).toMatch(/^nothing, late: 3 of \d+ jobs$/);
  });

  test.concurrent.each([
    ['more of them had to be', 4, 'some'],
    ['one had to be, and nothing may fail', 1, 'none'],
  ] as const)('after which %s says so', async (_, count, mayFail) => {
    const stage = stageOf(lateJobs(count));
    await during(stage, 'deed', async () => undefined, { ...quick, load: 'jobs', mayFail });
    await expect(keepPromises(stage)).rejects.toThrow(/^deed: late are \d of \d+ jobs$/);
  });

  test.concurrent('of which nothing was acknowledged fails, and says so', async () => {
    const stage = stageOf({ write: async () => Promise.reject(new Error('500')) });
    const deed = during(stage, 'deed', async () => undefined, { ...quick, mayFail: 'any' });
    await expect(deed).rejects.toThrow('deed: not measured: no write was acknowledged');
    expect(cells(stage).at(-1)).toBe('not measured');
  });

  test.concurrent('of what hands nothing in has nothing to lose', async () => {
    const stage = stageOf();
    await during(stage, 'deed', async () => undefined, { ...quick, load: 'lasting' });
    expect(cells(stage).at(-1)).toBe('–');
  });
});

describe('A deed without load', () => {
  test('is a row without requests', async () => {
    const stage = stageOf();
    await withoutLoad(stage, 'deed', async () => undefined);
    expect(cells(stage)).toEqual(['deed', '0 s', '–', '–', '–', '–']);
  });

  test('fails where something is lost, and is a row', async () => {
    const stage = stageOf();
    const lost = async () => '3 of 5 samples';
    await expect(withoutLoad(stage, 'deed', async () => undefined, lost)).rejects.toThrow('deed: lost 3 of 5 samples');
    expect(cells(stage)).toEqual(['deed', '0 s', '–', '–', '–', '3 of 5 samples']);
  });

  test('that fails is a row all the same', async () => {
    const stage = stageOf();
    await expect(withoutLoad(stage, 'deed', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cells(stage)).toEqual(['deed', 'never', '–', '–', '–', 'not measured']);
  });
});

describe('The page', () => {
  const row: Incident = {
    what: 'deed',
    kind: 'jobs',
    requests: 36,
    perSecond: 6.6,
    failed: 4,
    silentSeconds: 1,
    failingSeconds: 1,
    lost: 'nothing',
    seconds: 4.4,
  };

  test('says of jobs how many were taken', () => {
    expect(incidentRow(row)).toEqual(['deed', '4 s', '32 of 36 jobs taken', '–', '–', 'nothing']);
  });

  test('knows the rates of users, and only theirs', () => {
    const mixed = (perSecond: number): Incident => ({ ...row, kind: 'mixed', perSecond });
    expect(rate([row, mixed(19.7), mixed(16.2), { ...row, kind: 'lasting', perSecond: 30 }])).toBe('16.2 to 19.7');
    expect(rate([mixed(19.7)])).toBe('19.7');
    expect(rate([row])).toBe('none');
  });
});
