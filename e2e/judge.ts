/** What users may notice of an incident, and what not. */
import type { Account } from './account';
import { isMixed, type Kind, wantedPerSecond } from './load';
import type { User } from './users/user';

/**
 * Which requests may fail until all is well. `stores`: those that ask a store, of which there is one; `some`: those that
 * another pod, which goes on, does not get; `any`: all.
 */
export type MayFail = 'none' | 'stores' | 'some' | 'any';

/** All is well once the deed has ended: edge, name servers and nodes' rules hear of a Ready pod within a second. */
export const WELL_WITHIN = 3;
/** Nothing fails for as long: it is over. */
export const CALM_SECONDS = 1;
/** Where another pod goes on; measured: 0.7 s, and 3 s until the killed one is Ready again. */
const FAILING_SECONDS = 10;
/** Of the rate that is wanted. A request waits for no other: a lower rate is this process's own fault, and says little. */
const SLOWEST = 0.5;

/** What the load of an incident hands in, and was acknowledged nothing of: whether it is lost cannot be told. */
export function unmeasured(
  { written, uploaded, jobs }: Account,
  kind: Kind | 'none',
  handsIn: Pick<User, 'upload' | 'submit'>,
): string[] {
  const mixed = isMixed(kind);
  return [
    ...(mixed && written.length === 0 ? ['write'] : []),
    ...(mixed && handsIn.upload !== undefined && uploaded.length === 0 ? ['upload'] : []),
    ...((mixed || kind === 'jobs') && handsIn.submit !== undefined && jobs.length === 0 ? ['job'] : []),
  ];
}

export interface Bounds {
  readonly kind: Kind;
  readonly mayFail: MayFail;
  /** When the deed had ended, in milliseconds since 1970. */
  readonly ended: number;
  readonly handsIn: Pick<User, 'upload' | 'submit'>;
}

/** What users noticed that they must not. */
export function wrongs(account: Account, { kind, mayFail, ended, handsIn }: Bounds): string[] {
  const { requests, perSecond, failedAt, plainFailures, failingSeconds } = account;
  const found = unmeasured(account, kind, handsIn).map((what) => `not measured: no ${what} was acknowledged`);
  const wanted = wantedPerSecond(kind);
  if (perSecond < wanted * SLOWEST)
    found.push(`only ${perSecond.toFixed(1)} of ${wanted.toFixed(1)} requests a second`);
  const strict = mayFail === 'none' ? failedAt.length : mayFail === 'stores' ? plainFailures : 0;
  if (strict > 0) found.push(`${strict} requests failed that must not`);
  const late = failedAt.filter((moment) => moment > ended + WELL_WITHIN * 1000).length;
  if (late > 0) found.push(`${late} requests failed later than ${WELL_WITHIN} s after all was well`);
  if (mayFail !== 'some') return found;
  if (failedAt.length * 2 >= requests) found.push(`${failedAt.length} of ${requests} requests failed: half or more`);
  // Jobs are handed in beside kills of web services, several of them in a row.
  if (kind !== 'jobs' && failingSeconds > FAILING_SECONDS)
    found.push(`requests failed for ${failingSeconds.toFixed(1)} s, longer than ${FAILING_SECONDS} s`);
  return found;
}
