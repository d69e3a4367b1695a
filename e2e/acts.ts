/** Every check, and the order in which they are made. */
import { checkBackup, checkLostNamespace } from './checks/backup';
import { checkDrain } from './checks/drain';
import { checkHonesty } from './checks/honesty';
import {
  checkMonitoringKills,
  checkScaledKills,
  checkSingletonKills,
  checkStoreKills,
  checkWebKills,
  checkWorkerKills,
} from './checks/kill';
import { checkLostDatabase } from './checks/lost-database';
import { checkDashboards, checkMonitoring } from './checks/monitoring';
import { checkPolicies } from './checks/policies';
import { checkNegativeControl, checkRelease, spoilControl } from './checks/rolling';
import { checkScaleDown, checkScaleUp } from './checks/scaling';
import { checkSecrets } from './checks/secrets';
import { checkSession, checkStart } from './checks/start';
import { checkTiers } from './checks/tiers';
import { settle } from './settled';
import { keepPromises, type Stage } from './stage';

export type Check = (stage: Stage) => Promise<void>;

/** A check by its name, or several of them. */
export type Act =
  | { readonly name: string; readonly check: Check; readonly essential: boolean }
  | { readonly inTurn: readonly Act[] }
  | { readonly atOnce: readonly Act[] };

function check(name: string, by: Check): Act {
  return { name, check: by, essential: false };
}

/** Where it fails, nothing that comes after it would mean anything. */
function essential(name: string, by: Check): Act {
  return { name, check: by, essential: true };
}

/** One after the other, also when one fails. */
function inTurn(...acts: Act[]): Act {
  return { inTurn: acts };
}

/** At the same time: none disturbs what another one measures. */
function atOnce(...acts: Act[]): Act {
  return { atOnce: acts };
}

/** Pods are listed once: none may come or go meanwhile, and a kill or a restart was before. */
async function checkPoliciesInPeace(stage: Stage): Promise<void> {
  await settle(stage);
  await checkPolicies(stage);
}

/** What was acknowledged, before that goes which answers for it: each name says what was done meanwhile. */
const promises = {
  kills: check('promises-kills', keepPromises),
  losses: check('promises-losses', keepPromises),
  releases: check('promises-releases', keepPromises),
} as const;

/**
 * An autoscaler goes down five minutes after the load has ended, and begins them anew where its pods work, as they do when
 * they are killed and start again. So it is loaded first; what lets them be takes up the five minutes, with a drain at
 * their end (a new pod's figures count only once it is Ready); the rest comes after them.
 */
export const acts: Act = inTurn(
  essential('start', checkStart),
  atOnce(
    // It mostly waits.
    check('monitoring', checkMonitoring),
    check('session', checkSession),
    // Afterwards, pods and objects are compared with those of before: none may restart, and nothing may change. Beside
    // it nobody hands in jobs, but the session one at its beginning, and all stores are there.
    inTurn(check('scale-up', checkScaleUp), atOnce(check('secrets', checkSecrets), check('honesty', checkHonesty))),
    // Panels show the age of the first backup.
    inTurn(check('backup', checkBackup), check('dashboards', checkDashboards)),
  ),
  // No worker stands on a request's way; a job that is not taken meanwhile is a request that a web service's kill has cost.
  atOnce(check('kill-web', checkWebKills), check('kill-workers', checkWorkerKills)),
  atOnce(
    check('kill-stores', checkStoreKills),
    // Nobody's request is theirs: they are killed without a load.
    inTurn(check('kill-singletons', checkSingletonKills), check('kill-monitoring', checkMonitoringKills)),
    check('spoil', spoilControl),
  ),
  promises.kills,
  atOnce(
    inTurn(
      // Asked by programs beside the pods, so no pod works for it; and long before the autoscaler takes one away.
      check('policies', checkPoliciesInPeace),
      check('lost-database', checkLostDatabase),
      // The control's load asks no store: it need not wait until the database is back.
      atOnce(
        check('recovery', (stage) => settle(stage)),
        check('control', checkNegativeControl),
      ),
      check('drain', checkDrain),
    ),
    check('scale-down', checkScaleDown),
  ),
  check('kill-scaled', checkScaledKills),
  promises.losses,
  check('lost-namespace', checkLostNamespace),
  check('release', checkRelease),
  check('tiers', checkTiers),
  promises.releases,
);

/** What a run makes besides what it was asked for. */
export const always: ReadonlySet<string> = new Set(['start', 'recovery', ...Object.values(promises).flatMap(namesOf)]);

export function namesOf(act: Act): string[] {
  if ('name' in act) return [act.name];
  return ('inTurn' in act ? act.inTurn : act.atOnce).flatMap(namesOf);
}

export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  readonly result: 'passed' | 'failed' | 'does not apply';
  /** Unless it passed. */
  readonly why?: string;
}

/** What a run ends with: what did not apply is counted neither way. */
export function countLine(outcomes: readonly Outcome[]): string {
  const count = (wanted: Outcome['result']): number => outcomes.filter(({ result }) => result === wanted).length;
  return `tests: ${count('passed')} passed, ${count('failed')} failed`;
}

/** Makes the checks that are wanted; how one check is made and judged is the caller's. */
export async function perform(act: Act, one: (name: string, check: Check) => Promise<Outcome[]>): Promise<Outcome[]> {
  if ('name' in act) return one(act.name, act.check);
  if ('atOnce' in act) return (await Promise.all(act.atOnce.map((it) => perform(it, one)))).flat();
  const outcomes: Outcome[] = [];
  for (const next of act.inTurn) {
    const found = await perform(next, one);
    outcomes.push(...found);
    if ('name' in next && next.essential && found.some(({ result }) => result === 'failed')) break;
  }
  return outcomes;
}
