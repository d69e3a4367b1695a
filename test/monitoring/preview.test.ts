import { contributionsOf } from '../../charts/contributions';
import { dashboardFiles } from '../../lib/monitoring';
import type { Dashboard, DrawnDashboard } from '../../verify/monitoring/live/dashboards';
import { page } from '../../verify/monitoring/preview/page';
import { formatted } from '../../verify/monitoring/preview/units';
import { planFor } from '../synthesis/combinations';

const plan = planFor({ system: 'lms', environment: 'production', tier: 'high' });
const dashboards = Object.values(dashboardFiles(plan, contributionsOf(plan))).map(
  (text) => JSON.parse(text) as Dashboard,
);

/** Figures as a run records them: each query has one of its own, dots are up. */
function recorded(dashboard: Dashboard): DrawnDashboard {
  let figure = 1;
  const answers = dashboard.panels.map(({ targets = [] }) =>
    targets.map((target) => {
      figure += 7;
      const last = target.instant ? '1' : String(figure);
      return {
        ...target,
        samples: [
          {
            metric: { pod: 'p-0' },
            values: [
              [0, '0.5'],
              [30, last],
            ] as [number, string][],
          },
        ],
      };
    }),
  );
  return { dashboard, answers };
}

/** As a browser shows a text. */
function shown(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** What stands between two panels' beginnings: one panel. */
function panelsOf(html: string): string[] {
  return html.split(/(?=<section |<h2 )/).slice(1);
}

test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
  'the preview of %s has every title and every figure, each in its unit and in its place',
  (title, dashboard) => {
    const drawn = recorded(dashboard);
    const html = page(drawn);
    expect(html).toContain(`<h1>${shown(title)}</h1>`);
    const panels = panelsOf(html);
    expect(panels).toHaveLength(dashboard.panels.length);
    for (const [index, panel] of dashboard.panels.entries()) {
      const text = panels[index] ?? '';
      const { x, y, w, h } = panel.gridPos;
      expect(text).toContain(`>${shown(panel.title)}<`);
      expect(text).toContain(`grid-column:${x + 1}/span ${w};grid-row:${y + 1}/span ${h}`);
      for (const { samples } of drawn.answers[index] ?? []) {
        const value = Number(samples[0]?.values.at(-1)?.[1]);
        expect([panel.title, text]).toEqual([
          panel.title,
          expect.stringContaining(`>${shown(formatted(value, panel.fieldConfig?.defaults ?? {}))}<`),
        ]);
      }
    }
  },
);

test('a panel without an answer says n/a', () => {
  const [dashboard] = dashboards;
  if (dashboard === undefined) throw new Error('no dashboard');
  const silent = page({ dashboard, answers: [] });
  const figures = dashboard.panels.filter(({ type }) => type !== 'row');
  expect(silent.match(/>n\/a</g)).toHaveLength(figures.length);
});

test.each([
  [0.42, { unit: 'percentunit' }, '42%'],
  [1536, { unit: 'bytes' }, '1.5 KiB'],
  [0.25, { unit: 's' }, '250 ms'],
  [172_800, { unit: 's' }, '2 days'],
  [12.5, { unit: 'reqps' }, '12.5 req/s'],
  [2_000_000, { unit: 'Bps' }, '2 MB/s'],
])('%d is written as Grafana does', (value, defaults, text) => {
  expect(formatted(value, defaults)).toBe(text);
});
