/** What the documents draw, written down by hand: who may open a connection to whom, and nothing else may. */

export type EnvironmentName = 'development' | 'staging' | 'production' | 'cloud';
export type TierName = 'low' | 'medium' | 'high';

/**
 * Lines such as `backend celery → db:5432 redis:6379`, with container ports; some hold in some environments or tiers only.
 * Besides workloads there are the ends of `world.ts`, `anywhere` for all of those, and `public` for the public addresses.
 */
export interface Lines {
  readonly environments?: readonly EnvironmentName[];
  readonly tiers?: readonly TierName[];
  readonly open: readonly string[];
}

export interface Drawing {
  readonly system: string;
  readonly lines: readonly Lines[];
  /** What the document forbids in so many words: tested by name as well, although everything else is closed anyhow. */
  readonly never: readonly string[];
}

/** Where stores run in the cluster, and the bootstrap makes their passwords. */
export const ownStores = ['development', 'staging', 'production'] as const;
export const managedStores = ['cloud'] as const;
/** Where cert-manager gets the certificates. */
export const withCertManager = ['staging', 'production', 'cloud'] as const;

/** What holds for all five. */
export const common: readonly Lines[] = [
  // The API server's address is the environment's to narrow; until then it may be any.
  { environments: ownStores, open: ['bootstrap → anywhere:443,6443'] },
];

const solver: Lines = { environments: withCertManager, open: ['ingress → solver:8089'] };

/** Where a system is reachable by cert-manager's HTTP-01 solver. */
export const solvers: readonly Lines[] = [solver];
