import type { Plan } from '../model/plan';
import type { Alert } from './contract';

/** Messages that may wait in a queue of which nothing else is said. */
export const usualBacklog = 1000;

/** What the workers of a queue at their maximum are meant to have before them; none where nobody works there. */
export function depthOf({ services }: Plan, store: string, queue: string, database = 0): number | undefined {
  const depths = services.flatMap(({ work, replicas }) =>
    work?.store === store && work.name === queue && work.database === database ? [work.depth * replicas.max] : [],
  );
  return depths.length > 0 ? depths.reduce((sum, depth) => sum + depth, 0) : undefined;
}

export interface BacklogProps {
  readonly name: string;
  readonly service: string;
  /** The gauge of messages that wait. */
  readonly waiting: string;
  /** The labels that make a queue. */
  readonly by: string;
  /** The one that is its name. */
  readonly called: string;
  readonly most: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Too many wait, and they do not become fewer: a long queue that is being worked off needs nobody. */
export function backlogAlert({ name, service, waiting, by, called, most, labels }: BacklogProps): Alert {
  return {
    name,
    expr: `max by (${by}) (${waiting}) > ${most} and max by (${by}) (delta(${waiting}[10m])) >= 0`,
    for: '10m',
    severity: 'warning',
    service,
    labels,
    summary: 'a queue grows',
    description: `{{ $labels.${called} }}: {{ $value }} messages wait, more than ${most}, and do not become fewer.`,
  };
}
