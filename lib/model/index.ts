export type * from './plan';
export { formatProblem, type Problem, ProblemsError } from './problem';
export { type PlanResult, resolvePlan, type Selection } from './resolve';
export { modes, tiers } from './schema/primitives';
