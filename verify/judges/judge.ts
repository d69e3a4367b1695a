import type { ManifestSet } from '../manifests/sets';
import type { Verdict } from '../report';

/** Everything a judge is given. */
export interface Bench {
  sets: readonly ManifestSet[];
}

/** One way of judging manifests; `run.ts` lists them all. */
export interface Judge {
  name: string;
  /** The programs that judge, with versions. */
  programs: () => readonly string[];
  run: (bench: Bench) => Promise<Verdict[]>;
}
