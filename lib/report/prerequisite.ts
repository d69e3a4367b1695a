/** Something the cluster must have before the manifests are applied, why, and how to see whether it has. */
export interface Prerequisite {
  readonly what: string;
  readonly why: string;
  /** A command that shows it, where there is one. */
  readonly check: string | null;
}

export function prerequisite(what: string, why: string, check: string | null = null): Prerequisite {
  return { what, why, check };
}
