/** For each alert: series under which it fires, and a near miss under which it does not. */

/** Series as promtool writes them: `metric{labels} values`, with `@` for namespace and job. */
export interface Proof {
  /** A system or a variety of one. @default lms */
  readonly of?: string;
  /** Which of the alerts of this name. */
  readonly labels?: string;
  /** When it must fire. */
  readonly at: string;
  readonly fires: readonly string[];
  readonly silent: readonly string[];
}

/** By the alert's name. */
export type Proofs = Readonly<Record<string, readonly Proof[]>>;

/** Of kube-state-metrics. */
export const objects = '@kube-state-metrics';

export const MiB = 1024 * 1024;
