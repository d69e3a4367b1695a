/** What the emitted rules say of outages, and what Alertmanager makes of it. */
import { parse } from 'yaml';
import type { KubernetesObject } from '../verify/manifests/objects';

/** An alert that tells that nothing of a service or store works. */
export interface DownAlert {
  readonly name: string;
  readonly service: string;
  readonly component: string;
  /** How long it must be so before anybody is told. */
  readonly seconds: number;
}

/** An alert as Alertmanager has it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' };
}

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @throws Error on what is no duration of Prometheus */
function secondsOf(duration: string): number {
  if (!/^(\d+[smhd])+$/.test(duration)) throw new Error(`${duration} is no duration`);
  const parts = [...duration.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
}

function rulesOf({ kind, data }: KubernetesObject): Rule[] {
  if (kind !== 'ConfigMap' || typeof data !== 'object' || data === null) return [];
  const files = Object.entries(data).filter(([name]) => name.endsWith('.yml'));
  return files.flatMap(([, text]) => {
    const { groups = [] } = (parse(String(text)) ?? {}) as { groups?: readonly { readonly rules: readonly Rule[] }[] };
    return groups.flatMap(({ rules }) => rules);
  });
}

/** Nothing answers, or no pod is available. */
const NOTHING_WORKS = /^(service:up|max\(kube_deployment_status_replicas_available)\{.* == 0$/;

/** Every critical alert on an outage. */
export function downAlerts(objects: readonly KubernetesObject[]): DownAlert[] {
  return objects.flatMap(rulesOf).flatMap(({ alert, expr, for: pending = '0s', labels = {} }) => {
    const { severity, service, component } = labels;
    if (alert === undefined || service === undefined || component === undefined) return [];
    if (severity !== 'critical' || !NOTHING_WORKS.test(expr)) return [];
    return [{ name: alert, service, component, seconds: secondsOf(pending) }];
  });
}

/** Of an application's alerts, those of these services: what a lost store takes with it. */
export function isOf({ labels }: Pick<Alert, 'labels'>, services: ReadonlySet<string>): boolean {
  return labels['component'] === 'application' && services.has(labels['service'] ?? '');
}

export function isAlert({ labels }: Pick<Alert, 'labels'>, { name, service }: DownAlert): boolean {
  return labels['alertname'] === name && labels['service'] === service;
}

/** `ServiceDown of a, b`, each once. */
export function titleOf(alerts: readonly Pick<Alert, 'labels'>[]): string {
  const services = new Map<string, Set<string>>();
  for (const { labels } of alerts) {
    const name = labels['alertname'] ?? '';
    services.set(name, (services.get(name) ?? new Set()).add(labels['service'] ?? ''));
  }
  return [...services].map(([name, of]) => `${name} of ${[...of].sort().join(', ')}`).join('; ');
}

/** Whether all that are required have fired. */
export function haveFired(all: readonly Alert[], required: readonly DownAlert[]): boolean {
  return required.every((one) => all.some((alert) => isAlert(alert, one)));
}

/**
 * The alerts of these services.
 * @throws Error when one of them reaches people
 */
export function silenced(all: readonly Alert[], services: ReadonlySet<string>): readonly Alert[] {
  const alerts = all.filter((alert) => isOf(alert, services));
  const loud = alerts.filter(({ status }) => status.state !== 'suppressed');
  if (loud.length > 0) throw new Error(`Alerts of clients are not silenced: ${titleOf(loud)}`);
  return alerts;
}
