/** What a request asks for, and who answers it. */
export interface Request {
  readonly host: string;
  /** As it is sent, without its query. */
  readonly path: string;
  /** @default 443 */
  readonly port?: number;
}

export type Answer =
  | { readonly kind: 'service'; readonly name: string; readonly port: number }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** Nothing leads there: 404, or what the controller has for such a case. */
  | { readonly kind: 'nobody' };

export const nobody: Answer = { kind: 'nobody' };

/** `backend`, `301 https://…` or `nobody`. */
export function written(answer: Answer): string {
  if (answer.kind === 'service') return answer.name;
  return answer.kind === 'redirect' ? `${answer.status} ${answer.location}` : 'nobody';
}

/** The elements of a path; a slash at its end makes no element of its own. */
export function elements(path: string): string[] {
  return path.split('/').filter((element, index, all) => index > 0 && !(element === '' && index === all.length - 1));
}

/** Whether a path is the prefix or lies below it, element by element. */
export function startsWithElements(path: string, prefix: string): boolean {
  const [own, wanted] = [elements(path), elements(prefix)];
  return wanted.every((element, index) => own[index] === element);
}

/** The items with the greatest measure. */
export function greatest<Item>(items: readonly Item[], measure: (item: Item) => number): Item[] {
  const most = Math.max(...items.map(measure));
  return items.filter((item) => measure(item) === most);
}
