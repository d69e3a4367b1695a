import type { ManifestSet, Synthesis } from '../manifests/sets';
import type { Verdict } from '../report';

/** Everything a judge is given. */
export interface Bench {
  sets: readonly ManifestSet[];
  /** Production with one thing changed in the files: other providers, engines, edges, the daily changes. */
  variants: () => Promise<readonly Synthesis[]>;
}

/** One way of judging manifests; `run.ts` lists them all. */
export interface Judge {
  name: string;
  /** The programs that judge, with versions. */
  programs: () => readonly string[];
  run: (bench: Bench) => Promise<Verdict[]>;
}
