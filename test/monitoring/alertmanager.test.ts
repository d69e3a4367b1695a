import { parse } from 'yaml';
import { alertmanagerConfiguration, type Contribution } from '../../lib/monitoring';
import { inhibitions } from '../../lib/monitoring/alertmanager-configuration';
import type { Change } from '../model/shop';
import { named, type Watched, watched } from './fixture';
import { type Alerted, silences } from './inhibition';

interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

const receivers = {
  chat: { by: 'slack', channel: '#shop' },
  'on-call': { by: 'pagerduty', severities: ['critical'] },
  heartbeat: { by: 'heartbeat' },
};
const built = watched({ environment: { monitoring: { receivers } } });
const operated = watched({ environment: { monitoring: { mode: 'operator', receivers } } });

function rootOf({ plan, contributions }: Watched): Route {
  return (parse(alertmanagerConfiguration(plan, contributions)) as { route: Route }).route;
}

function all(route: Route): Route[] {
  return [route, ...(route.routes ?? []).flatMap(all)];
}

function waits({ group_wait, group_interval, repeat_interval }: Route): (string | undefined)[] {
  return [group_wait, group_interval, repeat_interval];
}

describe('messages are grouped', () => {
  test('by what is wrong with which service, so that all its pods are one message', () => {
    const root = rootOf(built);
    expect(root.group_by).toEqual(['alertname', 'namespace', 'service']);
    // No route below splits or joins otherwise.
    expect(all(root).filter((route) => route !== root && route.group_by !== undefined)).toEqual([]);
  });

  test('they wait for their like, except for what is urgent and for the heartbeat', () => {
    const root = rootOf(built);
    expect(waits(root)).toEqual(['30s', '5m', '12h']);
    const of = (receiver: string) => root.routes?.find((route) => route.receiver === receiver);
    for (const name of ['chat', 'on-call']) {
      expect(of(name) && waits(of(name) as Route)).toEqual([undefined, undefined, undefined]);
      expect(of(name)?.routes).toEqual([
        { matchers: ['severity="critical"'], group_wait: '10s', repeat_interval: '1h' },
      ]);
    }
    expect(of('heartbeat') && waits(of('heartbeat') as Route)).toEqual(['0s', '1m', '50s']);
  });

  test('in the same way by an operator', () => {
    const { route } = named(operated, 'AlertmanagerConfig', 'alerts').spec as unknown as {
      route: { groupBy: string[]; groupWait: string; groupInterval: string; repeatInterval: string; routes: object[] };
    };
    // It adds the namespace to every matcher by itself.
    expect(route).toMatchObject({
      groupBy: ['alertname', 'service'],
      groupWait: '30s',
      groupInterval: '5m',
      repeatInterval: '12h',
    });
    expect(JSON.stringify(route.routes)).not.toContain('groupBy');
  });
});

describe('what a lost part takes with it is not told', () => {
  const pooled: Change = { system: { stores: { db: { pooler: 'pgbouncer' } } } };
  const alert = (alertname: string, service: string, of: Partial<Alerted> = {}): Alerted => ({
    alertname,
    service,
    namespace: 'shop-prod',
    severity: 'critical',
    component: 'application',
    ...of,
  });
  const rulesOf = (change: Change): ReturnType<typeof inhibitions> => inhibitions(contributionsWith(change));
  const contributionsWith = (change: Change): readonly Contribution[] => watched(change).contributions;

  const web = alert('ErrorBudgetBurn', 'web');
  const worker = alert('WorkerDown', 'worker');
  const db = alert('PostgresDown', 'db', { component: 'postgres' });
  const cache = alert('RedisDown', 'cache', { component: 'redis' });
  const queue = alert('RabbitmqDown', 'queue', { component: 'rabbitmq' });
  const pooler = alert('PostgresPoolerDown', 'db-pooler', { component: 'postgres' });
  const slow = alert('PostgresLongTransaction', 'db', { component: 'postgres', severity: 'warning' });
  const full = { component: 'workload', persistentvolumeclaim: 'data-db-0' };

  test.each<[string, Change, Alerted, Alerted, boolean]>([
    ['a database, its clients', {}, db, web, true],
    ['a database, what else is wrong with it', {}, db, slow, true],
    ['a database, no worker that never asks it', {}, db, worker, false],
    ['a database, not itself', {}, db, db, false],
    ['a database of another environment', {}, db, { ...web, namespace: 'shop-staging' }, false],
    ['a Redis, its clients', {}, cache, web, true],
    ['a Redis, no worker that never asks it', {}, cache, worker, false],
    ['a Redis, no database', {}, cache, slow, false],
    ['a RabbitMQ, those who publish', {}, queue, web, true],
    ['a RabbitMQ, its workers', {}, queue, worker, true],
    ['a RabbitMQ, no other store', {}, queue, cache, false],
    ['a database behind a pooler, those who ask the pooler', pooled, db, web, true],
    ['a pooler, those who ask it', pooled, pooler, web, true],
    ['a pooler, no other store', pooled, pooler, cache, false],
    ['a pooler, and the database is told all the same', pooled, pooler, db, false],
    ['a pod of a database is no lost database', {}, { ...db, alertname: 'PostgresMemberDown' }, web, false],
    [
      'a warning beside its own critical',
      {},
      alert('VolumeFull', 'namespace', full),
      alert('VolumeFull', 'namespace', { ...full, severity: 'warning' }),
      true,
    ],
    [
      'a warning of another volume',
      {},
      alert('VolumeFull', 'namespace', full),
      alert('VolumeFull', 'namespace', { ...full, persistentvolumeclaim: 'data-queue-0', severity: 'warning' }),
      false,
    ],
  ])('%s', (_, change, source, target, held) => {
    expect(silences(rulesOf(change), source, target)).toBe(held);
  });
});
