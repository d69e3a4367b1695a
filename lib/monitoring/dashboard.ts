import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  MappingType,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardRow, Panel, Query, Step } from './contract';

/** Grafana's grid. */
const columns = 24;

/** Narrower, and neither a name nor the legend of a curve can be read. */
const leastSpans = { figure: 3, curve: 6 } as const;

/** Heights of what has a figure, and of what has a curve. */
const heights = { dot: 3, stat: 4, timeseries: 8 } as const;

/** What a limit is drawn in. */
const plain = { id: 'color', value: { mode: 'fixed', fixedColor: 'text' } } as const;

const green: readonly Step[] = [[null, 'green']];
const upOrDown: readonly Step[] = [
  [null, 'red'],
  [1, 'green'],
];

/** The data sources a dashboard asks, by the name of the variable that chooses them. */
export const dataSources = { own: 'datasource', platform: 'platform' } as const;

/** A dashboard: its place in the address bar never changes, so that links to it hold. */
export interface DashboardProps {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly rows: readonly DashboardRow[];
}

function source({ resource }: Panel): { readonly type: string; readonly uid: string } {
  return { type: 'prometheus', uid: `\${${resource ? dataSources.platform : dataSources.own}}` };
}

function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

function targets(panel: Panel): DataqueryBuilder[] {
  return panel.queries.map(({ expr, legend }: Query, index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(source(panel))
      .expr(expr)
      .legendFormat(legend);
    return panel.shape === 'dot' ? query.instant() : query.range();
  });
}

function stat(id: number, panel: Panel, span: number): StatBuilder {
  const dot = panel.shape === 'dot';
  const built = new StatBuilder()
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .datasource(source(panel))
    .unit(panel.unit)
    .noValue('n/a')
    .span(span)
    .height(heights[panel.shape])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(panel.steps ?? (dot ? upOrDown : green)))
    .colorMode(BigValueColorMode.Value)
    .graphMode(dot ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .textMode(panel.queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .targets(targets(panel));
  for (const { legend } of panel.queries.filter(({ limit }) => limit)) built.overrideByName(legend, [plain]);
  if (!dot) return built;
  const options = { '0': { text: '● down', color: 'red', index: 0 }, '1': { text: '● up', color: 'green', index: 1 } };
  return built.mappings([{ type: MappingType.ValueToText, options }]);
}

/** Which curve is which pod, and what it says now; Grafana's library leaves legends out. */
function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull']);
}

function timeseries(id: number, panel: Panel, span: number): TimeseriesBuilder {
  const built = new TimeseriesBuilder()
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .datasource(source(panel))
    .unit(panel.unit)
    .min(0)
    .noValue('n/a')
    .span(span)
    .height(heights.timeseries)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .thresholds(thresholds(panel.steps ?? green))
    .targets(targets(panel));
  for (const { legend } of panel.queries.filter(({ limit }) => limit)) built.overrideByName(legend, [plain]);
  return built;
}

/** As wide as fits beside its neighbours; many of them go on in further lines, about as many in each. */
function spanOf({ length }: readonly Panel[], least: number): number {
  const lines = Math.ceil(length / (columns / least));
  return Math.floor(columns / Math.ceil(length / Math.max(lines, 1)));
}

/** Figures first, in lines of their own: beside a curve, which is higher, they would leave holes. */
function addPanels(dashboard: DashboardBuilder, panels: readonly Panel[], idOf: (panel: Panel) => number): void {
  const curves = panels.filter(({ shape }) => shape === 'timeseries');
  const figures = panels.filter(({ shape }) => shape !== 'timeseries');
  for (const panel of figures) dashboard.withPanel(stat(idOf(panel), panel, spanOf(figures, leastSpans.figure)));
  for (const panel of curves) dashboard.withPanel(timeseries(idOf(panel), panel, spanOf(curves, leastSpans.curve)));
}

function addRow(dashboard: DashboardBuilder, row: DashboardRow, firstId: number): void {
  dashboard.withRow(new RowBuilder(row.title).id(firstId));
  addPanels(dashboard, row.panels, (panel) => firstId + row.panels.indexOf(panel) + 1);
}

function variable(name: string, label: string): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder(name).type('prometheus').label(label);
}

/** The dashboard as Grafana stores it. Ids count from row to row, so that adding a row moves no panel of another. */
export function dashboardJson({ uid, title, tags, rows }: DashboardProps): string {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .tags([...tags])
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(variable(dataSources.own, 'Data source'));
  if (rows.some(({ panels }) => panels.some(({ resource }) => resource))) {
    dashboard.withVariable(variable(dataSources.platform, 'Platform').regex('/[Pp]latform/'));
  }
  for (const [index, row] of rows.entries()) addRow(dashboard, row, (index + 1) * 100);
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}
