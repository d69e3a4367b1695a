import type { Inhibition } from '../../lib/monitoring/alertmanager-configuration';

/** The labels of an alert that fires. */
export interface Alerted {
  readonly alertname: string;
  readonly service: string;
  readonly namespace: string;
  readonly severity: string;
  readonly component: string;
  readonly persistentvolumeclaim?: string;
}

function labelOf(alert: Alerted, name: string): string {
  return Object.entries(alert).find(([key]) => key === name)?.[1] ?? '';
}

/** As Alertmanager reads a matcher: a regular expression is anchored, and a label that is not there is empty. */
function matches(alert: Alerted, matcher: string): boolean {
  const [, name = '', sign = '', value = ''] = /^(\w+)(=~|!=|=)"(.*)"$/.exec(matcher) ?? [];
  const label = labelOf(alert, name);
  if (sign === '=') return label === value;
  if (sign === '!=') return label !== value;
  if (sign === '=~') return new RegExp(`^(?:${value})$`).test(label);
  throw new Error(`no matcher: ${matcher}`);
}

/** Whether one alert holds another back. */
export function silences(rules: readonly Inhibition[], source: Alerted, target: Alerted): boolean {
  return rules.some(
    ({ source_matchers, target_matchers, equal }) =>
      source_matchers.every((matcher) => matches(source, matcher)) &&
      target_matchers.every((matcher) => matches(target, matcher)) &&
      equal.every((name) => labelOf(source, name) === labelOf(target, name)),
  );
}
