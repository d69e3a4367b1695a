import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import type { Plan } from '../../lib/model/plan';
import type { Contribution } from '../../lib/monitoring';
import { blackboxJob, kubeletJob, objectsJob } from '../../lib/monitoring/promql';

const FOLDER = join(__dirname, 'names');

/** Names that no scrape here can show, and why they are believed. */
const documented = {
  application: {
    app_active_users: 'the application exports it, as docs/monitoring.md asks of it; without it the panel says n/a',
  },
  kubelet: {
    container_cpu_usage_seconds_total: "cAdvisor's documentation, prometheus.md",
    container_memory_working_set_bytes: "cAdvisor's documentation, prometheus.md",
    container_network_receive_bytes_total: "cAdvisor's documentation, prometheus.md",
    container_network_transmit_bytes_total: "cAdvisor's documentation, prometheus.md",
    kubelet_volume_stats_available_bytes: "Kubernetes' metrics reference",
    kubelet_volume_stats_capacity_bytes: "Kubernetes' metrics reference",
  },
  target: { up: 'Prometheus itself, for every target' },
} as const;

/** Every name that a program was seen to give, or that kube-state-metrics documents; without its version. */
function recorded(program: string): readonly string[] {
  const files = readdirSync(FOLDER).filter((file) => file.replace(/-[\d.]+\.txt$/, '') === program);
  if (files.length !== 1) throw new Error(`${files.length} recordings of ${program}`);
  return files.flatMap((file) => readFileSync(join(FOLDER, file), 'utf8').split('\n')).filter((name) => name !== '');
}

const applications = { django: 'django-prometheus', http: 'prometheus-fastapi-instrumentator' } as const;

/** What gives the metrics of each job. */
function programsOf({ monitors, services, stores }: Plan): Map<string, string> {
  const servers = monitors?.servers;
  return new Map([
    [objectsJob, 'kube-state-metrics'],
    [blackboxJob, 'blackbox'],
    ...(servers ? [[servers.prometheus.workload.name, 'prometheus'] as const] : []),
    ...(servers ? [[servers.alertmanager.workload.name, 'alertmanager'] as const] : []),
    ...services.flatMap(({ name, metrics }) => (metrics ? [[name, applications[metrics.exports]] as const] : [])),
    ...stores.flatMap(({ name, kind }) => (kind === 'rabbitmq' ? [[name, kind] as const] : [])),
    ...(monitors?.exporters ?? []).map(({ of, kind }) => [of, `${kind}-exporter`] as const),
  ]);
}

const seen = new Map<string, readonly string[]>();

function namesOf(program: string): readonly string[] {
  const known = seen.get(program) ?? recorded(program);
  seen.set(program, known);
  return known;
}

/** Names by the job that gives them, and under `''` those that are asked for without one. */
function givenNames(plan: Plan, contributions: readonly Contribution[]): Map<string, Set<string>> {
  const always = Object.keys(documented.target);
  const given = new Map<string, Set<string>>([[kubeletJob, new Set([...always, ...Object.keys(documented.kubelet)])]]);
  for (const { scrapes = [] } of contributions) for (const { job } of scrapes) given.set(job, new Set(always));
  for (const [job, program] of programsOf(plan)) given.set(job, new Set([...always, ...namesOf(program)]));
  const all = ['service:up', ...Object.keys(documented.application)];
  for (const { scrapes = [], recordings = [] } of contributions) {
    const own = recordings.map(({ record }) => record);
    all.push(...own);
    for (const { job } of scrapes) for (const name of own) given.get(job)?.add(name);
  }
  return given.set('', new Set(all));
}

/** Grafana fills it in. */
export function filled(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m');
}

/** A metric that an expression asks for, and whose. */
export interface Selector {
  readonly name: string;
  /** One, none, or those of a regular expression. */
  readonly jobs: readonly string[];
}

function selectorOf(text: string): Selector[] {
  const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0];
  const jobs = /[{,]\s*job=~?"([^"]*)"/.exec(text)?.[1]?.split('|') ?? [];
  return name === undefined ? [] : [{ name, jobs }];
}

const parsed = new Map<string, readonly Selector[]>();

/** What an expression asks for. @throws Error where it does not parse */
function selectorsOf(expr: string): readonly Selector[] {
  const known = parsed.get(expr);
  if (known !== undefined) return known;
  const text = filled(expr);
  const found: Selector[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`Cannot parse at ${node.from}: ${text}`);
      if (node.name === 'VectorSelector') found.push(...selectorOf(text.slice(node.from, node.to)));
    },
  });
  parsed.set(expr, found);
  return found;
}

/** The metrics that an expression names. @throws Error where it does not parse */
export function metricsOf(expr: string): string[] {
  return selectorsOf(expr).map(({ name }) => name);
}

/** Every expression of rules and dashboards, with where it stands. */
export function expressionsOf(contributions: readonly Contribution[]): { where: string; expr: string }[] {
  return contributions.flatMap(({ part, recordings = [], alerts = [], status, row, panels = {} }) => [
    ...recordings.map(({ record, expr }) => ({ where: `${part}: ${record}`, expr })),
    ...(status === undefined ? [] : [{ where: `${part}: status`, expr: status }]),
    ...alerts.map(({ name, expr }) => ({ where: `${part}: ${name}`, expr })),
    ...[...(row?.panels ?? []), ...Object.values(panels)].flatMap(({ title, queries }) =>
      queries.map(({ expr }) => ({ where: `${part}: ${title}`, expr })),
    ),
  ]);
}

/** Names that are not given by whom they are asked of: another's exporter is nobody's. */
export function unknownNames(plan: Plan, contributions: readonly Contribution[]): string[] {
  const given = givenNames(plan, contributions);
  return expressionsOf(contributions).flatMap(({ where, expr }) =>
    selectorsOf(expr).flatMap(({ name, jobs }) =>
      (jobs.length > 0 ? jobs : [''])
        .filter((job) => given.get(job)?.has(name) !== true)
        .map((job) => `${where}: ${job || 'nothing'} gives no ${name}`),
    ),
  );
}
