import { contributionsOf } from '../../../charts/contributions';
import type { Plan } from '../../../lib/model/plan';
import { dashboardFiles } from '../../../lib/monitoring';
import type { PrometheusServer, Sample } from './servers';

export interface Target {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly options?: { readonly legend?: { readonly showLegend?: boolean } };
  readonly fieldConfig?: { readonly defaults: Defaults; readonly overrides?: readonly Override[] };
}

/** What is drawn otherwise than its panel, by its legend. */
export interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

export interface Defaults {
  readonly unit?: string;
  readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
  readonly mappings?: readonly unknown[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly tags?: readonly string[];
  readonly panels: readonly Panel[];
}

/** What a panel's query gave. */
export interface Drawn extends Target {
  readonly samples: readonly Sample[];
}

/** A dashboard with what its queries gave, in the order of its panels; rows have none. */
export interface DrawnDashboard {
  readonly dashboard: Dashboard;
  readonly answers: readonly (readonly Drawn[])[];
}

export function dashboardsOf(plan: Plan): Dashboard[] {
  return Object.values(dashboardFiles(plan, contributionsOf(plan))).map((text) => JSON.parse(text) as Dashboard);
}

/** Every query of every panel, as Grafana asks it: dots for this moment, all others over the time that is shown. */
export async function draw(plan: Plan, prometheus: PrometheusServer, seconds: number): Promise<DrawnDashboard[]> {
  const step = plan.monitors?.intervalSeconds ?? 0;
  const now = Math.floor(Date.now() / 1000);
  const ask = async (target: Target): Promise<Drawn> => {
    // Grafana's: four looks, so that a rate has something to go by when one is missed.
    const expr = target.expr.replaceAll('$__rate_interval', `${4 * step}s`);
    const samples = target.instant ? prometheus.query(expr) : prometheus.range(expr, now - seconds, now, step);
    return { ...target, samples: await samples };
  };
  const drawn: DrawnDashboard[] = [];
  for (const dashboard of dashboardsOf(plan)) {
    const answers: Drawn[][] = [];
    for (const { targets = [] } of dashboard.panels) answers.push(await Promise.all(targets.map(ask)));
    drawn.push({ dashboard, answers });
  }
  return drawn;
}

function hasData({ samples }: Drawn): boolean {
  return samples.some(({ values }) => Number.isFinite(Number(values.at(-1)?.[1])));
}

/** Queries that gave nothing, as `dashboard / panel / legend`. */
export function silent(drawn: readonly DrawnDashboard[]): string[] {
  return drawn.flatMap(({ dashboard, answers }) =>
    answers.flatMap((list, index) =>
      list
        .filter((one) => !hasData(one))
        .map(
          ({ legendFormat }) => `${dashboard.uid} / ${dashboard.panels[index]?.title ?? ''} / ${legendFormat ?? ''}`,
        ),
    ),
  );
}
