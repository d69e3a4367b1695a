/** What a person must know of a system before it is applied: pure functions of its Plan. */
import type { Manifest } from '../kubernetes/patches';
import type { ConnectionBudget, Plan, Tier } from '../model/plan';
import { type CreateCommand, createCommands } from '../secrets/commands';
import { type Exposed, exposedPorts, type PortForward, portForwards } from './access';
import { type CapacityReport, capacityOf } from './capacity';
import {
  type ClaimLine,
  claimLines,
  type ExemptionLine,
  exemptionsOf,
  type ImageLine,
  imagesOf,
  type SecretLine,
  secretsOf,
} from './contents';
import { type Prerequisite, prerequisitesOf } from './prerequisites';
import { type Prune, pruneOf } from './prune';

export type { Demand, DocumentedTotals, TierDemand } from './capacity';
export { pruneOf } from './prune';

/** The report as data. Its keys are stable: programs read them. CPU in millicores, memory and storage in MiB. */
export interface Report {
  readonly system: { readonly id: string; readonly title: string; readonly description: string };
  readonly environment: { readonly name: string; readonly description: string };
  readonly tier: Tier;
  readonly namespace: string;
  readonly capacity: CapacityReport;
  readonly claims: readonly ClaimLine[];
  /** Database connections at the autoscalers' maximum, by store. */
  readonly connections: Readonly<Record<string, ConnectionBudget>>;
  readonly prerequisites: readonly Prerequisite[];
  readonly secrets: readonly SecretLine[];
  /** The commands that make the Secrets which nobody else makes. */
  readonly secretCommands: readonly CreateCommand[];
  readonly images: readonly ImageLine[];
  readonly exposed: readonly Exposed[];
  readonly portForwards: readonly PortForward[];
  readonly exemptions: readonly ExemptionLine[];
  readonly prune: Prune;
  readonly pruneCommand: string;
}

export interface ReportOptions {
  /** The system in the same environment at every tier that has no problems. */
  readonly byTier: ReadonlyMap<Tier, Plan>;
  /** What the Plan becomes: which findings of analysers are kept depends on the objects. @default - none */
  readonly manifests?: readonly Manifest[];
  /** Where the manifests are. @default dist/ */
  readonly folder?: string;
}

export function reportOf(plan: Plan, { byTier, manifests = [], folder = 'dist/' }: ReportOptions): Report {
  const { id, title, description } = plan.system;
  const budgets = plan.stores.flatMap((store) =>
    store.kind === 'postgres' ? [[store.name, store.budget] as const] : [],
  );
  const prune = pruneOf(plan, folder);
  return {
    system: { id, title, description },
    environment: { name: plan.environment.name, description: plan.environment.description },
    tier: plan.tier,
    namespace: plan.namespace,
    capacity: capacityOf(plan, byTier),
    claims: claimLines(plan),
    connections: Object.fromEntries(budgets),
    prerequisites: prerequisitesOf(plan),
    secrets: secretsOf(plan),
    secretCommands: createCommands(plan),
    images: imagesOf(plan),
    exposed: exposedPorts(plan),
    portForwards: portForwards(plan),
    exemptions: exemptionsOf(manifests),
    prune,
    pruneCommand: prune.command,
  };
}
