export type * from './plan';
export { formatProblem, type Problem, ProblemsError } from './problem';
export { type PlanResult, resolvePlan } from './resolve';
export { modes, tiers } from './schema/primitives';
export type { Selection } from './selection';
