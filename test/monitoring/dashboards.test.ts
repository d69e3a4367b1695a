import { parse } from 'yaml';
import { contributionsOf } from '../../charts/contributions';
import type { Plan } from '../../lib/model/plan';
import { dashboardFiles, missingPanels } from '../../lib/monitoring';
import { combinations, planFor } from '../synthesis/combinations';
import { named, watched } from './fixture';

interface GridPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly options?: { readonly legend?: { readonly showLegend: boolean } };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string; readonly thresholds?: object } };
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly GridPanel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly regex?: string }[] };
}

function dashboardsOf(plan: Plan): Dashboard[] {
  return Object.values(dashboardFiles(plan, contributionsOf(plan))).map((text) => JSON.parse(text) as Dashboard);
}

const all = combinations
  .map(planFor)
  .filter(({ monitors }) => monitors !== undefined)
  .flatMap((plan) => dashboardsOf(plan).map((dashboard) => [plan, dashboard] as const));

/** Rows with the titles of their panels. */
function rowsOf({ panels }: Dashboard): [string, string[]][] {
  const rows: [string, string[]][] = [];
  for (const { type, title } of panels) {
    if (type === 'row') rows.push([title, []]);
    else rows.at(-1)?.[1].push(title);
  }
  return rows;
}

test('lms is exactly as drawn', () => {
  const plan = planFor({ system: 'lms', environment: 'production', tier: 'medium' });
  const drawn = dashboardsOf(plan).find(({ uid }) => uid === 'lms-production');
  expect(drawn && rowsOf(drawn)).toEqual([
    ['System Overview', ['CPU', 'Memory', 'Disk', 'Network']],
    [
      'Service Status',
      ['db', 'backend-django', 'backend-fastapi', 'frontend-admin', 'frontend-teacher', 'frontend-student', 'nginx'],
    ],
    ['Request Metrics', ['Requests/sec', 'Avg Response', 'Error Rate', 'Active Users']],
    ['Database Metrics', ['Connections', 'Query Time', 'Cache Hit', 'Size']],
  ]);
  expect(missingPanels(plan, contributionsOf(plan))).toEqual([]);
});

test('a dashboard has the address of its namespace: environments may share a Grafana', () => {
  for (const [plan, { uid }] of all) expect(uid).toMatch(new RegExp(`^${plan.namespace}(-components)?$`));
  const plan = planFor({ system: 'lms', environment: 'production', tier: 'medium' });
  const uids = ['a', 'b'].flatMap((end) => dashboardsOf({ ...plan, namespace: `${'n'.repeat(62)}${end}` }));
  expect(new Set(uids.map(({ uid }) => uid)).size).toBe(4);
  for (const { uid } of uids) expect(uid.length).toBeLessThanOrEqual(40);
});

test('curves are named, and wide enough to be told apart', () => {
  for (const [, { panels }] of all)
    for (const { type, options, gridPos } of panels.filter((panel) => panel.type === 'timeseries')) {
      expect([type, options?.legend?.showLegend]).toEqual([type, true]);
      expect(gridPos.w).toBeGreaterThanOrEqual(6);
    }
});

test('what a system’s document does not draw begins with the alerts, and counts them by severity', () => {
  for (const [plan, dashboard] of all) {
    if (plan.system.dashboard.length > 0 && dashboard.uid === plan.namespace) continue;
    expect(
      rowsOf(dashboard)
        .slice(0, 2)
        .map(([row]) => row),
    ).toEqual(['Alerts', 'Service Status']);
    expect(rowsOf(dashboard)[0]?.[1]).toEqual(['Critical', 'Warnings']);
  }
});

test('ids are unique, nothing is wider than the grid, and no panel covers another', () => {
  for (const [, { panels }] of all) {
    const ids = panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(cells.length).toBe(new Set(cells).size);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  }
});

test('each panel says what it means, in which unit, from which source, and when it is bad', () => {
  for (const [, { panels, templating }] of all) {
    const sources = templating.list.map(({ name }) => `\${${name}}`);
    for (const panel of panels.filter(({ type }) => type !== 'row')) {
      expect([panel.title, (panel.description?.length ?? 0) > 20]).toEqual([panel.title, true]);
      expect(panel.fieldConfig?.defaults.unit).toBeDefined();
      expect(panel.fieldConfig?.defaults.thresholds).toBeDefined();
      expect(sources).toContain(panel.datasource?.uid);
      const refs = (panel.targets ?? []).map(({ refId }) => refId);
      expect([panel.title, refs]).toEqual([panel.title, [...new Set(refs)]]);
      expect(refs.length).toBeGreaterThan(0);
    }
  }
});

describe('CPU, memory and volumes of the platform', () => {
  const platform = { host: 'metrics.example.com', cidrs: ['203.0.113.9/32'] };
  const resources = ['CPU', 'Memory', 'Disk', 'Network', 'CPU by pod', 'Memory by pod', 'Volumes'];
  const asks = (name: string): string => `\${${name}}`;

  function shown(environment: object): { dashboard: Dashboard; sources: { name: string; uid: string; url: string }[] } {
    const of = watched({ environment });
    const [dashboard] = dashboardsOf(of.plan);
    const [text] = Object.values(named(of, 'ConfigMap', 'grafana-datasources').data ?? {});
    const { datasources } = parse(text ?? '') as { datasources: { name: string; uid: string; url: string }[] };
    if (dashboard === undefined) throw new Error('no dashboard');
    return { dashboard, sources: datasources };
  }

  test('come from its Prometheus, which is a data source that a variable finds by its name', () => {
    const { dashboard, sources } = shown({ resourceMetrics: 'platform', monitoring: { platform } });
    expect(sources.map(({ name, uid, url }) => [name, uid, url])).toEqual([
      ['Prometheus', 'prometheus', 'http://prometheus:9090'],
      ['Platform', 'platform', 'https://metrics.example.com:443'],
    ]);
    const [, variable] = dashboard.templating.list;
    expect(variable).toMatchObject({ name: 'platform', type: 'datasource', query: 'prometheus' });
    const [, pattern = ''] = /^\/(.*)\/$/.exec(variable?.regex ?? '') ?? [];
    expect(sources.filter(({ name }) => new RegExp(pattern).test(name)).map(({ uid }) => uid)).toEqual(['platform']);
    expect(new Map(rowsOf(dashboard)).get('System Overview')).toEqual(resources);
    let row = '';
    for (const { type, title, datasource, targets = [] } of dashboard.panels) {
      if (type === 'row') row = title;
      if (type === 'row') continue;
      const uid = asks(row === 'System Overview' ? 'platform' : 'datasource');
      expect([title, datasource?.uid]).toEqual([title, uid]);
      expect(targets.filter((target) => target.datasource.uid !== uid)).toEqual([]);
    }
  });

  test.each(['kubelet', 'none'])('with %s there is neither', (resourceMetrics) => {
    const { dashboard, sources } = shown({ resourceMetrics, monitoring: { platform } });
    expect(sources.map(({ uid }) => uid)).toEqual(['prometheus']);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource']);
    expect(JSON.stringify(dashboard)).not.toContain(asks('platform'));
  });
});

test('queries name the namespace, and no fixed window where Grafana knows the right one', () => {
  for (const [plan, { panels }] of all)
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        if (!expr.startsWith('vector('))
          expect([title, expr]).toEqual([title, expect.stringContaining(`namespace="${plan.namespace}"`)]);
        expect(expr).not.toMatch(/rate\([^)]*\[\d+[smh]\]/);
      }
});
