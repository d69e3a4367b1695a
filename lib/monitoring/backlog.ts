import type { Plan } from '../model/plan';
import type { Alert } from './contract';

/** Messages that may wait in a queue of which nothing else is said. */
export const usualBacklog = 1000;

/** A queue or list that services work off, and how much its workers at their maximum are meant to have before them. */
export interface WorkedOff {
  readonly name: string;
  readonly database: number;
  readonly depth: number;
}

/** Every one of a store, each once, in the order of the services. */
export function workedOff({ services }: Plan, store: string): WorkedOff[] {
  const found = new Map<string, WorkedOff>();
  for (const { work, replicas } of services) {
    if (work?.store !== store) continue;
    const { name, database } = work;
    const key = `${database} ${name}`;
    found.set(key, { name, database, depth: (found.get(key)?.depth ?? 0) + work.depth * replicas.max });
  }
  return [...found.values()];
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
