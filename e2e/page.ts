/** `docs/reliability.md`: what the run measured. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { goProgramVersion } from '../verify/kit/go';
import { NODE_PROGRAMS } from '../verify/kit/tools';
import { ROOT } from '../verify/manifests/root';
import type { Incident, Stage } from './stage';
import type { Use } from './usage';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

export function incidentRow(incident: Incident): string[] {
  const { what, kind, requests, failed, silentSeconds, failingSeconds, lost, seconds } = incident;
  const noticed = {
    none: ['–', '–', '–'],
    jobs: [`${requests - failed} of ${requests} jobs taken`, '–', '–'],
    seen: [`${failed} of ${requests}`, `${failingSeconds.toFixed(1)} s`, `${silentSeconds.toFixed(1)} s`],
  }[kind === 'none' || kind === 'jobs' ? kind : 'seen'];
  return [what, seconds === undefined ? 'never' : `${seconds.toFixed(0)} s`, ...noticed, lost];
}

/** Of the loads that users are, the slowest and the fastest; a whole number could be more than is ever sent. */
export function rate(incidents: readonly Incident[]): string {
  const rates = incidents.filter(({ kind }) => kind === 'mixed').map(({ perSecond }) => perSecond);
  if (rates.length === 0) return 'none';
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map((it) => it.toFixed(1));
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** What this checkout is at, and whether anything but the page itself was changed since. */
function commit(): string {
  const git = (...args: string[]): string =>
    spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() ?? '';
  const changed = git('status', '--porcelain', '--', '.', ':!docs/reliability.md') !== '';
  return `${git('rev-parse', '--short=12', 'HEAD') || 'unknown'}${changed ? ' with changes' : ''}`;
}

function useRow(documented: ReadonlySet<string>, [name, use]: [string, Use]): string[] {
  const average = use.cpuSum / Math.max(1, use.samples);
  const cpu = `${average.toFixed(0)}m, ${use.cpuPeak.toFixed(0)}m`;
  const memory = [use.requestedMemory, `${use.memoryPeak.toFixed(0)}Mi`, use.limitMemory];
  return [name, documented.has(name) ? 'document' : 'Keelson', use.requestedCpu, cpu, ...memory];
}

/** Fills `{name}` in the text of the page. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (blank, name: string) => values[name] ?? blank);
}

export function writePage(stage: Stage, uses: ReadonlyMap<string, Use>): void {
  const documented = new Set(stage.manifests.plan.system.documented?.services ?? []);
  const used = [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map((use) => useRow(documented, use));
  const memory = ['memory requested', 'memory peak', 'memory limit'];
  const text = filled(readFileSync(join(__dirname, 'page.md'), 'utf8'), {
    system: stage.system,
    nodes: String(stage.nodes.length),
    cores: String(cpus().length),
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    kubernetes: NODE_PROGRAMS.map(goProgramVersion)[0] ?? '',
    rate: rate(stage.incidents),
    facts: table(['measured', 'found'], [...stage.facts]),
    incidents: table(
      ['what', 'until all is well', 'requests failed', 'within', 'silent', 'lost'],
      stage.incidents.map(incidentRow),
    ),
    uses: table(['container', 'figure of', 'CPU requested', 'CPU used', ...memory], used),
  });
  writeFileSync(join(ROOT, 'docs', 'reliability.md'), text);
}
