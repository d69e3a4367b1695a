/**
 * What is wrong with the input, in the user's words. All problems of a run are shown together; `error` stops it,
 * `warning` is said and goes on.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** The rule's name: stable, and what the tests and the documentation call it. */
  readonly rule: string;
  /** Where, as the user wrote it: `systems/shop.services.web.arrows.dbb`. */
  readonly path: string;
  /** What was found there. */
  readonly found: string;
  /** What is wanted instead. */
  readonly wanted: string;
  /** The nearest name, for a misspelt one. */
  readonly nearest?: string;
}

/** Wrong input: carries every problem. The command line prints them and exits 1. */
export class ProblemsError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ProblemsError';
  }
}

/** One problem as text: the path, what was found, what is wanted, the nearest name. */
export function formatProblem(problem: Problem): string {
  const hint = problem.nearest === undefined ? '' : `, did you mean "${problem.nearest}"?`;
  return `${problem.severity}: ${problem.path}: found ${problem.found}, wanted ${problem.wanted}${hint} [${problem.rule}]`;
}
