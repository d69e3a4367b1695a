/** The order of a first start: nobody's main container runs before what it needs is there. */
import type { Plan } from '../lib/model/plan';

/** Moments of a workload's first start, in seconds since the apply. */
export interface Moments {
  /** The main container of its first pod. */
  readonly running: number;
  /** Ready, or done where it is a Job. */
  readonly ready: number;
}

/** One workload that starts after another one. */
export interface After {
  readonly name: string;
  readonly before: string;
}

/** What the Plan waits for: ports, and schemas that a migration brings up to date. */
export function planned({ services }: Pick<Plan, 'services'>): After[] {
  const migrations = services.flatMap(({ migration }) => migration ?? []);
  const waits = [...services, ...migrations].flatMap(({ name, waits }) =>
    waits.map(({ name: before }) => ({ name, before })),
  );
  const schemas = services.flatMap(({ name, image, migration, awaitSchema }) => {
    const others = awaitSchema ? migrations.filter((other) => other.image === image) : [];
    return [...new Set([...(migration ? [migration] : []), ...others])].map((other) => ({ name, before: other.name }));
  });
  return [...waits, ...schemas];
}

/** What a document draws, one step after the other: everybody of a step after everybody of the one before. */
export function drawn(steps: readonly (readonly string[])[]): After[] {
  return steps
    .slice(1)
    .flatMap((step, index) => step.flatMap((name) => (steps[index] ?? []).map((before) => ({ name, before }))));
}

/**
 * What is not so. Kubernetes keeps whole seconds, and a schema is there a moment before the Job that made it has ended.
 */
export function misordered(wanted: readonly After[], found: ReadonlyMap<string, Moments>): string[] {
  return wanted.flatMap(({ name, before }) => {
    const [own, awaited] = [found.get(name), found.get(before)];
    if (own === undefined) return [`nothing is known of the start of ${name}`];
    if (awaited === undefined) return [`nothing is known of the start of ${before}`];
    if (own.running + 1 >= awaited.ready) return [];
    return [`${name} started at ${own.running} s, before ${before} was Ready at ${awaited.ready} s`];
  });
}
