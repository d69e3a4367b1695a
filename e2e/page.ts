/** `docs/reliability.md`: what the run measured. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../verify/manifests/root';
import type { Incident, Stage } from './stage';
import type { Use } from './usage';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function incidentRow({ what, requests, failed, silentSeconds, lost, seconds }: Incident): string[] {
  return [what, `${seconds.toFixed(0)} s`, `${failed} of ${requests}`, `${silentSeconds.toFixed(1)} s`, lost];
}

function useRow([name, use]: [string, Use]): string[] {
  const average = use.cpuSum / Math.max(1, use.samples);
  const cpu = `${average.toFixed(0)}m, ${use.cpuPeak.toFixed(0)}m`;
  return [name, use.requestedCpu, cpu, use.requestedMemory, `${use.memoryPeak.toFixed(0)}Mi`, use.limitMemory];
}

export function writePage(stage: Stage, uses: ReadonlyMap<string, Use>): void {
  const facts = [...stage.facts].map(([title, text]) => [title, text]);
  const use = [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(useRow);
  const text = `# Reliability, measured

\`make e2e\` writes this page: \`${stage.system}\` on ${stage.nodes.length} real nodes (kubelet, containerd, kube-proxy; Kubernetes 1.36) that share
one machine with ${cpus().length} cores, the manifests as synthesized, no request lowered. The stores and the proxy are Debian's PostgreSQL,
Redis and nginx under the names of the published images; the application is a small Django project of ours under gunicorn and
Celery. Every user's request is a new TLS connection through the edge, 20 in a second; one of twelve writes, one hands in a job.

${table(['measured', 'found'], facts)}

## What was done to it, while it was used

_Silent_ is the longest time without a good answer. _Lost_ counts what was acknowledged (writes, jobs) and is not there afterwards.

${table(['what', 'until all is well', 'requests failed', 'silent', 'lost'], stage.incidents.map(incidentRow))}

## What it used, next to what it requests

CPU: average and peak over the run, samples of ten seconds. Requests are those of the design document; the stand-in application is
smaller than a real one.

${table(['container', 'CPU requested', 'CPU used', 'memory requested', 'memory peak', 'memory limit'], use)}
`;
  writeFileSync(join(ROOT, 'docs', 'reliability.md'), text);
}
