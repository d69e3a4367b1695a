import type { Plan, PostgresPlan } from '../model/plan';

/** What a PostgreSQL and all its parts are made from. */
export interface PostgresProps {
  readonly plan: Plan;
  readonly store: PostgresPlan;
}
