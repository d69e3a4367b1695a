/** The public API: the types of system and environment files, and the way from them to a Plan. */

export {
  formatProblem,
  modes,
  type PlanResult,
  type Problem,
  ProblemsError,
  resolvePlan,
  type Selection,
  tiers,
} from './model';
export type * from './model/plan';
export type { Environment } from './model/schema/environment';
export type { System } from './model/schema/system';
export { Workspace } from './workspace';
