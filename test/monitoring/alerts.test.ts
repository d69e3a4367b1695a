import { App } from 'cdk8s';
import { parse } from 'yaml';
import { buildCharts } from '../../charts';
import { contributionsOf } from '../../charts/contributions';
import { alertComponents, severities } from '../../lib/model/schema/monitoring';
import { type Alert, prometheusConfiguration } from '../../lib/monitoring';
import { combinations, planFor, title } from '../synthesis/combinations';
import { type Emitted, named, type Watched, watched } from './fixture';

const built = watched();

function alerts({ contributions }: Pick<Watched, 'contributions'>, name: string): Alert[] {
  return contributions.flatMap((one) => one.alerts ?? []).filter((alert) => alert.name === name);
}

function exprs(of: Pick<Watched, 'contributions'>, name: string): string {
  return alerts(of, name)
    .map(({ expr }) => expr)
    .join('\n');
}

/** The system that has everything. */
const lms = { contributions: contributionsOf(planFor({ system: 'lms', environment: 'production', tier: 'high' })) };

describe('what must be told', () => {
  test.each([
    ['a budget of errors that burns, of each service', 'ErrorBudgetBurn'],
    ['a budget of errors that burns, of the public routes', 'PublicErrorBudgetBurn'],
    ['an autoscaler at its maximum', 'AutoscalerAtMaximum'],
    ['connections near their budget', 'PostgresConnectionsHigh'],
    ['a volume that is full within days', 'VolumeFull'],
    ['replication that lags', 'PostgresReplicationLag'],
    ['replication that is cut off, which reports no lag', 'PostgresReplicationBroken'],
    ['a queue that grows', 'RabbitmqQueueBacklog'],
    ['a backup or a drill that is too old', 'BackupTooOld'],
    ['one that never succeeded', 'BackupNeverSucceeded'],
    ['a certificate near its end', 'CertificateExpiring'],
    ['a target that is missing', 'TargetMissing'],
    ["the dead man's switch", 'Watchdog'],
  ])('%s', (_, name) => {
    expect(alerts(lms, name)).not.toEqual([]);
  });

  test('drills are watched as backups are', () => {
    const jobs = alerts(lms, 'BackupTooOld').map(({ service }) => service);
    for (const job of ['db-backup', 'db-drill', 'db-dr-test', 'backup-archive']) expect(jobs).toContain(job);
  });
});

/** Told at once, and why: what they say needs no time to be true, or has had it. */
const atOnce: Readonly<Record<string, string>> = {
  Watchdog: 'it always fires',
  ContainerOutOfMemory: 'a kill happened, whatever comes after',
  BackupFailed: 'a Job that failed stays failed',
  PostgresDeadlocks: 'more than three within a quarter of an hour',
  RedisEvictions: 'a key that is gone does not come back',
  RedisRejectedConnections: 'somebody was refused',
  RabbitmqMemoryAlarm: 'publishers are blocked from now on',
  RabbitmqDiskAlarm: 'publishers are blocked from now on',
  RabbitmqUnroutableMessages: 'a message is lost',
};

test('each alert says what is wrong and how bad it is, in every system, environment and tier', () => {
  const immediate = new Set<string>();
  for (const combination of combinations) {
    const watched = planFor(combination);
    for (const { component, alerts: own = [] } of contributionsOf(watched))
      for (const alert of own) {
        const at = `${title(combination)}: ${alert.name}`;
        const wrong = [
          ...(alert.summary.trim().length < 8 ? ['summary'] : []),
          ...(alert.description.trim().length < 20 ? ['description'] : []),
          ...([...severities, 'none'].includes(alert.severity) ? [] : ['severity']),
          ...((alertComponents as readonly string[]).includes(component) ? [] : ['component']),
          ...(alert.service.trim() === '' ? ['service'] : []),
          ...(alert.for === undefined ? [] : /^[1-9]\d*[mh]$/.test(alert.for) ? [] : ['for']),
          ...(alert.for === undefined && atOnce[alert.name] === undefined ? ['neither for nor a reason'] : []),
          ...(/undefined|NaN|\[object/.test(JSON.stringify(alert)) ? ['a hole'] : []),
        ];
        expect([at, wrong]).toEqual([at, []]);
        if (alert.for === undefined) immediate.add(alert.name);
      }
  }
  // A reason for nothing is none.
  expect([...immediate].sort()).toEqual(Object.keys(atOnce).sort());
});

test('every job that is collected has somebody who speaks up when it is gone', () => {
  for (const combination of combinations) {
    const plan = planFor(combination);
    if (plan.monitors?.servers === undefined) continue;
    const contributions = contributionsOf(plan);
    const { scrape_configs: configs } = parse(prometheusConfiguration(plan, contributions)) as {
      scrape_configs: { job_name: string; relabel_configs?: { target_label?: string; replacement?: string }[] }[];
    };
    const jobs = configs.map(
      ({ job_name, relabel_configs = [] }) =>
        relabel_configs.find(({ target_label }) => target_label === 'job')?.replacement ?? job_name,
    );
    const told = new Set(alerts({ contributions }, 'TargetMissing').map(({ service }) => service));
    const down = exprs({ contributions }, 'TargetDown');
    for (const job of new Set(jobs)) {
      expect([title(combination), job, told.has(job)]).toEqual([title(combination), job, true]);
      expect([job, new RegExp(`job=~?"([^"]*\\|)?${job}(\\|[^"]*)?"`).test(down)]).toEqual([job, true]);
    }
  }
});

describe('a threshold is the Plan’s', () => {
  test('the autoscaler’s maximum', () => {
    const scaled = (low: number): Watched =>
      watched({ system: { services: { web: { scaling: { low, medium: low, high: low } } } } });
    const [some, more] = [scaled(2), scaled(3)];
    const most = (of: Watched): number => of.plan.services.find(({ name }) => name === 'web')?.replicas.max ?? 0;
    for (const one of [some, more]) expect(exprs(one, 'AutoscalerAtMaximum')).toContain(`>= ${most(one)}`);
    expect(most(more)).toBeGreaterThan(most(some));
  });

  test('the age of a backup: its schedule, and the time of one run', () => {
    const weekly = watched({ system: { stores: { db: { backup: { schedule: '@weekly' } } } } });
    const age = (of: Watched): number => Number(/> (\d+)/.exec(exprs(of, 'BackupTooOld'))?.[1]);
    expect(age(built)).toBeLessThan(2 * 86_400);
    expect(age(weekly)).toBeGreaterThan(7 * 86_400);
  });

  test('a queue: what it may hold', () => {
    const short = watched({ system: { stores: { queue: { queues: { mail: { maxLength: 500 } } } } } });
    expect(exprs(built, 'RabbitmqQueueBacklog')).toContain('queue="mail"}) > 1000');
    expect(exprs(short, 'RabbitmqQueueBacklog')).toContain('queue="mail"}) > 400');
  });

  test('the size of a database: its claim', () => {
    const larger = watched({ system: { stores: { db: { size: '40Gi' } } } });
    expect(exprs(built, 'PostgresSizeNearClaim')).toContain(`${10 * 1024} * 1024 * 1024`);
    expect(exprs(larger, 'PostgresSizeNearClaim')).toContain(`${40 * 1024} * 1024 * 1024`);
  });
});

test('realtime-game has the stack that its document lists', () => {
  const plan = planFor({ system: 'realtime-game', environment: 'production', tier: 'medium' });
  const app = new App({ outdir: '/nowhere' });
  buildCharts(app, plan);
  const objects = app.charts.flatMap((chart) => chart.toJson() as Emitted[]);
  const data = (name: string): Readonly<Record<string, string>> =>
    objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data ?? {};
  const { scrape_configs: jobs } = parse(data('prometheus-config')['prometheus.yml'] ?? '') as {
    scrape_configs: { job_name: string }[];
  };
  const names = jobs.map(({ job_name: name }) => name);
  for (const job of ['front-end', 'postgres', 'redis', 'back-end']) expect(names).toContain(job);
  expect(data('prometheus-rules-postgres')['postgres.yml']).toContain('PostgresDown');
  expect(data('alertmanager-config')['alertmanager.yml']).toContain('receivers:');
  expect(data('grafana-config')['grafana.ini']).toContain('[security]');
  expect(Object.keys(data('grafana-datasources'))).toHaveLength(1);
  expect(Object.keys(data('grafana-dashboard-providers'))).toHaveLength(1);
  expect(JSON.parse(data('grafana-dashboards')['realtime-game-production.json'] ?? '')).toMatchObject({
    uid: 'realtime-game-production',
  });
});

describe('an operator’s rules', () => {
  type Groups = readonly { readonly name: string; readonly rules: readonly unknown[] }[];

  function groupsOf(objects: readonly Emitted[]): Map<string, unknown> {
    const files = objects
      .filter(({ metadata }) => metadata.name.startsWith('prometheus-rules-'))
      .flatMap(({ data = {} }) => Object.values(data));
    const own = files.flatMap((text) => (parse(text) as { groups: Groups }).groups);
    const theirs = objects
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => (spec?.groups ?? []) as unknown as Groups);
    return new Map([...own, ...theirs].map(({ name, rules }) => [name, rules]));
  }

  test('are ours, group by group; only what watches our own servers is not there', () => {
    const receivers = { chat: { by: 'slack', channel: '#alerts' } };
    const operated = watched({ environment: { monitoring: { mode: 'operator', receivers } } });
    const [own, theirs] = [groupsOf(built.objects), groupsOf(operated.objects)];
    expect([...theirs.keys()].sort()).toEqual([...own.keys()].sort());
    for (const [name, rules] of theirs) if (name !== 'monitoring') expect([name, rules]).toEqual([name, own.get(name)]);
    expect(theirs.get('monitoring')).not.toEqual([]);
  });

  test('and so are the dashboards', () => {
    const operated = watched({ environment: { monitoring: { mode: 'operator' } } });
    const data = named(built, 'ConfigMap', 'grafana-dashboards').data;
    expect(data).toBeDefined();
    expect(named(operated, 'ConfigMap', 'dashboards').data).toEqual(data);
  });
});
