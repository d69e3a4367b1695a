import { nearest } from './nearest';
import type { Problem } from './problem';

/** Where problems are gathered. Every rule of the model speaks through it, so that all of them come at once. */
export class Problems {
  readonly #list: Problem[] = [];

  error(rule: string, path: string, found: string, wanted: string, near?: string): void {
    this.#list.push({ severity: 'error', rule, path, found, wanted, ...(near === undefined ? {} : { nearest: near }) });
  }

  warning(rule: string, path: string, found: string, wanted: string): void {
    this.#list.push({ severity: 'warning', rule, path, found, wanted });
  }

  /** A name that must be one of those that exist. Returns whether it is. */
  known(rule: string, path: string, word: string, what: string, names: Iterable<string>): boolean {
    if (names instanceof Set && names.has(word)) return true;
    const list = [...names];
    if (list.includes(word)) return true;
    const wanted = list.length ? `${what}: ${list.join(', ')}` : `${what}, but there is none`;
    this.error(rule, path, JSON.stringify(word), wanted, nearest(word, list));
    return false;
  }

  add(problems: readonly Problem[]): void {
    this.#list.push(...problems);
  }

  /** What only repeats another problem. */
  drop(repeats: (problem: Problem) => boolean): void {
    this.#list.splice(0, this.#list.length, ...this.#list.filter((problem) => !repeats(problem)));
  }

  get all(): readonly Problem[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#list.some(({ severity }) => severity === 'error');
  }
}
