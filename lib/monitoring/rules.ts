import { stringify } from 'yaml';
import type { Plan } from '../model/plan';
import type { Alert, Contribution } from './contract';

/** One rule as Prometheus reads it. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Where an alert's entry is: a heading of its component's page. */
export function runbookUrl(base: string, component: string, alert: string): string {
  return `${base}/${component}.md#${alert.toLowerCase()}`;
}

function alertRule(plan: Plan, { component }: Contribution, alert: Alert): Rule {
  const { name, expr, severity, service, labels, summary, description } = alert;
  return {
    alert: name,
    expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { namespace: plan.namespace, severity, component, service, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(plan.monitors?.runbooks ?? '', component, name),
    },
  };
}

/** 1 while a part works and 0 while it does not, also when nothing is known of it. */
function statusRule(plan: Plan, part: string, status: string): Rule {
  return {
    record: 'service:up',
    expr: `${status} or vector(0)`,
    labels: { namespace: plan.namespace, service: part },
  };
}

/** The rules of one part: what they share first, so that an alert never lags behind. */
export function ruleGroup(plan: Plan, contribution: Contribution): RuleGroup {
  const { part, recordings = [], alerts = [], status } = contribution;
  return {
    name: part,
    rules: [
      ...recordings.map(({ record, expr, labels = {} }) => ({ record, expr, labels })),
      ...(status === undefined ? [] : [statusRule(plan, part, status)]),
      ...alerts.map((alert) => alertRule(plan, contribution, alert)),
    ],
  };
}

/** The groups of each component, in the order in which they were contributed; one without rules is left out. */
export function ruleGroups(plan: Plan, contributions: readonly Contribution[]): Map<string, RuleGroup[]> {
  const groups = new Map<string, RuleGroup[]>();
  for (const contribution of contributions) {
    const group = ruleGroup(plan, contribution);
    if (group.rules.length === 0) continue;
    groups.set(contribution.component, [...(groups.get(contribution.component) ?? []), group]);
  }
  return groups;
}

/** A rule file. Long lines stay whole: an expression is easier to copy so. */
export function ruleFile(groups: readonly RuleGroup[]): string {
  return stringify({ groups }, { lineWidth: 0 });
}

/** Bytes of rules in one object: `kubectl apply` keeps a copy in an annotation, which may have 262,144. */
const mostBytes = 150_000;

/** A component's rules as objects that can be applied: one unless there are very many parts. */
export function ruleObjects(plan: Plan, contributions: readonly Contribution[]): Map<string, readonly RuleGroup[]> {
  const objects = new Map<string, readonly RuleGroup[]>();
  for (const [component, groups] of ruleGroups(plan, contributions)) {
    let [name, count, bytes] = [component, 1, 0];
    for (const group of groups) {
      const size = Buffer.byteLength(ruleFile([group]));
      if (bytes > 0 && bytes + size > mostBytes) {
        count += 1;
        name = `${component}-${count}`;
        bytes = 0;
      }
      bytes += size;
      objects.set(name, [...(objects.get(name) ?? []), group]);
    }
  }
  return objects;
}
