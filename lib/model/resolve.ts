import type { Plan, Tier } from './plan';
import type { Problem } from './problem';

/** What a Plan is made from: the files as found, and the choice of tier. */
export interface Selection {
  readonly system: { readonly id: string; readonly raw: unknown };
  readonly environment: { readonly name: string; readonly raw: unknown; readonly images: unknown };
  /** @default - the environment's */
  readonly tier?: Tier;
}

/** The Plan where no error was found, and every problem, warnings included. */
export interface PlanResult {
  readonly plan: Plan | undefined;
  readonly problems: readonly Problem[];
}

/** parse → resolve → check. Pure: it reads nothing but its argument. */
export function resolvePlan(_selection: Selection): PlanResult {
  throw new Error('not built yet');
}
