import { moments } from '../../e2e/checks/start';
import { drawn, type Moments, misordered, planned } from '../../e2e/order';
import type { Pod } from '../../e2e/stage';
import type { Plan } from '../../lib/model/plan';

const start = Date.parse('2026-01-01T00:00:00Z');

function at(seconds: number): string {
  return new Date(start + seconds * 1000).toISOString();
}

interface Given {
  readonly name: string;
  readonly running: number;
  readonly ready?: number;
  readonly ended?: number;
}

/** With a second container, whose status comes first, as the kubelet sorts them. */
function pod({ name, running, ready, ended }: Given): Pod {
  const state =
    ended === undefined
      ? { running: { startedAt: at(running) } }
      : { terminated: { startedAt: at(running), finishedAt: at(ended), exitCode: 0 } };
  const beside = { name: 'aside', restartCount: 0, state: { running: { startedAt: at(0) } } };
  const conditions = ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }];
  return {
    metadata: { name: `${name}-0`, uid: name, namespace: 'n', labels: { 'app.kubernetes.io/name': name } },
    spec: { containers: [{ name: 'main' }, { name: 'aside' }] },
    status: { conditions, containerStatuses: [beside, { name: 'main', restartCount: 0, state }] },
  };
}

test('A first start is that of the main container of the first pod, Ready or done', () => {
  const pods = [
    pod({ name: 'web', running: 9, ready: 12 }),
    pod({ name: 'web', running: 8, ready: 13 }),
    pod({ name: 'migrate', running: 3, ended: 5 }),
    pod({ name: 'slow', running: 4 }),
  ];
  expect([...moments(pods, start)]).toEqual([
    ['web', { running: 8, ready: 12 }],
    ['migrate', { running: 3, ready: 5 }],
  ]);
});

const migration = { name: 'migrate', image: 'app', waits: [{ name: 'db' }] };
const plan = {
  services: [
    { name: 'web', image: 'app', waits: [{ name: 'db' }], migration, awaitSchema: { command: [] } },
    { name: 'worker', image: 'app', waits: [], awaitSchema: { command: [] } },
    { name: 'page', image: 'page', waits: [{ name: 'web' }] },
  ],
} as unknown as Pick<Plan, 'services'>;

test('The Plan waits for ports and for schemas', () => {
  const lines = planned(plan).map(({ name, before }) => `${name} after ${before}`);
  expect(lines.sort()).toEqual([
    'migrate after db',
    'page after web',
    'web after db',
    'web after migrate',
    'worker after migrate',
  ]);
});

const steps = [['db', 'redis'], ['migrate'], ['web'], ['page']];
const good: Readonly<Record<string, Moments>> = {
  db: { running: 2, ready: 5 },
  redis: { running: 2, ready: 6 },
  migrate: { running: 7, ready: 9 },
  web: { running: 9, ready: 12 },
  page: { running: 12, ready: 14 },
};

function wrong(change: Readonly<Record<string, Moments | undefined>>): string[] {
  const entries = Object.entries({ ...good, ...change });
  return misordered(drawn(steps), new Map(entries.flatMap(([name, it]) => (it ? [[name, it] as const] : []))));
}

test('The order that a document draws holds', () => {
  expect(wrong({})).toEqual([]);
});

test.each<[string, Readonly<Record<string, Moments | undefined>>, string]>([
  [
    'one that starts before its turn',
    { page: { running: 6, ready: 14 } },
    'page started at 6 s, before web was Ready at 12 s',
  ],
  ['one of a step that is late', { redis: { running: 2, ready: 20 } }, 'migrate started at 7 s, before redis'],
  ['one that nothing is known of', { migrate: undefined }, 'nothing is known of the start of migrate'],
  ['the first of them, too', { db: undefined }, 'nothing is known of the start of db'],
])('It notices %s', (_, change, message) => {
  expect(wrong(change).join('\n')).toContain(message);
});
