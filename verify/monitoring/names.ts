import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import type { Contribution } from '../../lib/monitoring';

const FOLDER = join(__dirname, 'names');

/** Names that no scrape here can show, and why they are believed. */
const documented: Readonly<Record<string, string>> = {
  app_active_users: 'the application exports it, as docs/monitoring.md asks of it; without it the panel says n/a',
  container_cpu_usage_seconds_total: "cAdvisor's documentation, prometheus.md",
  container_memory_working_set_bytes: "cAdvisor's documentation, prometheus.md",
  container_network_receive_bytes_total: "cAdvisor's documentation, prometheus.md",
  container_network_transmit_bytes_total: "cAdvisor's documentation, prometheus.md",
  kubelet_volume_stats_available_bytes: "Kubernetes' metrics reference",
  kubelet_volume_stats_capacity_bytes: "Kubernetes' metrics reference",
  up: 'Prometheus itself, for every target',
};

/** Everything that the exporters were seen to give, or that kube-state-metrics documents. */
export function knownNames(): Set<string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
  const recorded = files.flatMap((file) => readFileSync(join(FOLDER, file), 'utf8').split('\n'));
  return new Set([...recorded, ...Object.keys(documented)].filter((name) => name !== ''));
}

/** Grafana fills it in. */
export function filled(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m');
}

/** The metrics that an expression names. @throws Error where it does not parse */
export function metricsOf(expr: string): string[] {
  const text = filled(expr);
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`Cannot parse at ${node.from}: ${text}`);
      if (node.name !== 'VectorSelector') return;
      const found = /^[a-zA-Z_:][\w:]*/.exec(text.slice(node.from, node.to))?.[0];
      if (found !== undefined) names.push(found);
    },
  });
  return names;
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

/** Names that nothing gives. */
export function unknownNames(contributions: readonly Contribution[]): string[] {
  const recorded = contributions.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
  const known = new Set([...knownNames(), ...recorded, 'service:up']);
  return expressionsOf(contributions).flatMap(({ where, expr }) =>
    metricsOf(expr)
      .filter((name) => !known.has(name))
      .map((name) => `${where}: no exporter gives ${name}`),
  );
}
