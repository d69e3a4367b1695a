import type { Alert } from './contract';

/**
 * Windows in which an error budget is looked at: how much faster than allowed it burns, over a long window and, so that
 * the alert ends when the trouble does, over a short one. The first pair spends 2 % of a month's budget in an hour.
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export const burnWindows = [
  { factor: 14.4, long: '1h', short: '5m', for: '2m', severity: 'critical' },
  { factor: 6, long: '6h', short: '30m', for: '15m', severity: 'critical' },
  { factor: 3, long: '1d', short: '2h', for: '1h', severity: 'warning' },
  { factor: 1, long: '3d', short: '6h', for: '3h', severity: 'warning' },
] as const;

/** Every window of the above, shortest first. */
export const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** The share of requests that may fail. Nine digits: 0.1 + 0.2 is no budget. */
export function budgetOf(objectivePercent: number): number {
  return Number((1 - objectivePercent / 100).toFixed(9));
}

export interface BurnProps {
  readonly name: string;
  readonly service: string;
  /** Percent. */
  readonly objective: number;
  /** The share of failures over a window. */
  readonly ratio: (window: string) => string;
  /** What must hold as well: below it a share over the long window means nothing. */
  readonly floor: (long: string) => string;
  /** What fails, in the plural. */
  readonly what: string;
}

/** One alert for each pair of windows. */
export function burnAlerts(props: BurnProps): Alert[] {
  const budget = budgetOf(props.objective);
  return burnWindows.map(({ factor, long, short, severity, ...rest }) => {
    const limit = `${factor} * ${budget}`;
    return {
      name: props.name,
      expr: `${props.ratio(long)} > ${limit} and ${props.ratio(short)} > ${limit} and ${props.floor(long)}`,
      for: rest.for,
      severity,
      service: props.service,
      labels: { long, short },
      summary: `${props.service} fails too often`,
      description: `{{ $value | humanizePercentage }} of ${props.what} failed in ${long}; the objective is ${props.objective} %.`,
    };
  });
}
