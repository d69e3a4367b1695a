import type { Defaults, Drawn, DrawnDashboard, Panel } from '../live/dashboards';
import type { Sample } from '../live/servers';
import { formatted } from './units';

const named: Readonly<Record<string, string>> = { green: '#73bf69', orange: '#ff9830', red: '#f2495c' };
const lines = ['#73bf69', '#5794f2', '#ff9830', '#b877d9', '#f2cc0c', '#8ab8ff', '#ff7383', '#96d98d'];
const cell = 38;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The last figure that is one. */
function last({ values }: Sample): number | undefined {
  const figures = values.map(([, value]) => Number(value)).filter(Number.isFinite);
  return figures.at(-1);
}

function colorOf({ thresholds }: Defaults, value: number): string {
  const steps = thresholds?.steps ?? [];
  const reached = steps.filter((step) => step.value === null || value >= step.value).at(-1);
  return named[reached?.color ?? 'green'] ?? '#ccccdc';
}

/** Whether a figure is one that others are compared with: then it has the colour of text. */
function isPlain({ fieldConfig }: Panel, name: string): boolean {
  return (fieldConfig?.overrides ?? []).some(({ matcher, properties }) => {
    const named = matcher.id === 'byName' && matcher.options === name;
    return named && properties.some(({ id, value }) => id === 'color' && JSON.stringify(value).includes('"text"'));
  });
}

/** `{{pod}}` of a legend, filled from the series. */
function legend({ legendFormat = '' }: Drawn, { metric }: Sample): string {
  return legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => metric[name] ?? '');
}

interface Figure {
  readonly name: string;
  readonly sample: Sample;
  readonly value: number | undefined;
}

function figuresOf(drawn: readonly Drawn[]): Figure[] {
  return drawn.flatMap((one) =>
    one.samples.map((sample) => ({ name: legend(one, sample), sample, value: last(sample) })),
  );
}

/** A curve through the values, between 0 and the highest. */
function path({ values }: Sample, from: number, to: number, most: number, width: number, height: number): string {
  const points = values
    .filter(([, value]) => Number.isFinite(Number(value)))
    .map(([time, value]) => {
      const x = ((time - from) / Math.max(to - from, 1)) * width;
      const y = height - (Number(value) / most) * height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
  return points.length ? `M${points.join('L')}` : '';
}

function extent(figures: readonly Figure[]): { from: number; to: number; most: number } {
  const all = figures.flatMap(({ sample }) => sample.values);
  const times = all.map(([time]) => time);
  const values = all.map(([, value]) => Number(value)).filter(Number.isFinite);
  return { from: Math.min(...times), to: Math.max(...times), most: Math.max(...values, 0) * 1.1 || 1 };
}

function stat(panel: Panel, drawn: readonly Drawn[]): string {
  const figures = figuresOf(drawn);
  if (figures.length === 0) return '<div class="none">n/a</div>';
  const defaults = panel.fieldConfig?.defaults ?? {};
  const shown = figures.map(({ name, sample, value }) => {
    const text = value === undefined ? 'n/a' : formatted(value, defaults);
    const label = figures.length > 1 ? `<small>${escaped(name)}</small>` : '';
    const color = value === undefined ? '#8e8e9b' : isPlain(panel, name) ? '#ccccdc' : colorOf(defaults, value);
    const { from, to, most } = extent([{ name, sample, value }]);
    const curve = panel.targets?.[0]?.instant ? '' : spark(path(sample, from, to, most, 100, 30), color);
    return `<div class="figure" style="color:${color}">${label}<b>${escaped(text)}</b>${curve}</div>`;
  });
  return `<div class="figures">${shown.join('')}</div>`;
}

function spark(curve: string, color: string): string {
  return `<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none"><path d="${curve}L100,30L0,30Z" fill="${color}" opacity=".15"/><path d="${curve}" fill="none" stroke="${color}" vector-effect="non-scaling-stroke"/></svg>`;
}

function timeseries(panel: Panel, drawn: readonly Drawn[]): string {
  const figures = figuresOf(drawn);
  if (figures.length === 0) return '<div class="none">n/a</div>';
  const { from, to, most } = extent(figures);
  const defaults = panel.fieldConfig?.defaults ?? {};
  const colors = figures.map(({ name }, index) => (isPlain(panel, name) ? '#ccccdc' : lines[index % lines.length]));
  const curves = figures.map(
    ({ sample }, index) =>
      `<path d="${path(sample, from, to, most, 300, 100)}" fill="none" stroke="${colors[index]}" stroke-width="1.5" vector-effect="non-scaling-stroke"/>`,
  );
  const grid = [0, 0.5, 1].map((share) => {
    const text = formatted(most * share, defaults);
    return `<span style="bottom:${share * 100}%">${escaped(text)}</span>`;
  });
  const names = figures.map(
    ({ name, value }, index) =>
      `<li style="--c:${colors[index]}">${escaped(name)}<em>${value === undefined ? 'n/a' : escaped(formatted(value, defaults))}</em></li>`,
  );
  const list = panel.options?.legend?.showLegend ? `<ul>${names.join('')}</ul>` : '';
  return `<div class="chart"><div class="axis">${grid.join('')}</div><svg viewBox="0 0 300 100" preserveAspectRatio="none"><path d="M0,0H300M0,50H300M0,100H300" stroke="#2c3235" vector-effect="non-scaling-stroke"/>${curves.join('')}</svg></div>${list}`;
}

function panelHtml(panel: Panel, drawn: readonly Drawn[]): string {
  const { x, y, w, h } = panel.gridPos;
  const place = `grid-column:${x + 1}/span ${w};grid-row:${y + 1}/span ${h}`;
  if (panel.type === 'row') return `<h2 style="${place}">${escaped(panel.title)}</h2>`;
  const body = panel.type === 'timeseries' ? timeseries(panel, drawn) : stat(panel, drawn);
  return `<section style="${place}" title="${escaped(panel.description ?? '')}"><h3>${escaped(panel.title)}</h3>${body}</section>`;
}

const style = `
body{margin:0;background:#111217;color:#ccccdc;font:14px/1.3 Inter,"DejaVu Sans",sans-serif}
header{padding:16px 16px 0}h1{font-size:18px;margin:0}header p{margin:4px 0 0;color:#8e8e9b}
main{display:grid;grid-template-columns:repeat(24,1fr);grid-auto-rows:${cell - 8}px;gap:8px;padding:12px 16px 24px}
h2{font-size:15px;margin:0;align-self:center}
section{background:#181b1f;border:1px solid #25282d;border-radius:2px;padding:6px 8px;overflow:hidden;display:flex;flex-direction:column;min-width:0}
h3{font-size:13px;font-weight:500;margin:0 0 2px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.none{margin:auto;color:#8e8e9b;font-size:22px}
.figures{flex:1;display:flex;flex-wrap:wrap;gap:4px;min-height:0;overflow:hidden}
.figure{flex:1;min-width:90px;display:flex;flex-direction:column;justify-content:center;align-items:center;position:relative;min-height:40px;padding-bottom:12px}
.figure b{font-size:24px;font-weight:500;z-index:1;white-space:nowrap}.figure small{color:#ccccdc;z-index:1;text-align:center;overflow-wrap:anywhere;font-size:11px}
.spark{position:absolute;inset:auto 0 0;width:100%;height:32%}
.chart{flex:1;display:flex;min-height:0;padding:6px 0}.chart svg{flex:1;height:100%;min-width:0}
.axis{position:relative;width:72px;font-size:11px;color:#8e8e9b}.axis span{position:absolute;right:8px;transform:translateY(50%);white-space:nowrap}
ul{list-style:none;margin:2px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:2px 14px;font-size:12px;max-height:34px;overflow:hidden}
li::before{content:"";display:inline-block;width:14px;height:4px;border-radius:2px;background:var(--c);margin-right:6px;vertical-align:middle}
li em{font-style:normal;color:#8e8e9b;margin-left:6px}
`;

/** A dashboard as a page of its own: its grid, titles, units and thresholds as Grafana would read them, and a run's figures. */
export function page({ dashboard, answers }: DrawnDashboard): string {
  const panels = dashboard.panels.map((panel, index) => panelHtml(panel, answers[index] ?? []));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=1280"><title>${escaped(dashboard.title)}</title><style>${style}</style><header><h1>${escaped(dashboard.title)}</h1><p>${escaped((dashboard.tags ?? []).join(' · '))} · a preview of what Grafana draws, with the figures of a live run</p></header><main>${panels.join('')}</main></html>\n`;
}
