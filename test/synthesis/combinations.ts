/** Every system in every environment at every tier, synthesized at most once in each test process. */
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { buildCharts } from '../../charts';
import { planOf } from '../../lib/choice';
import type { Plan } from '../../lib/model/plan';
import { formatProblem } from '../../lib/model/problem';
import { type Tier, tiers } from '../../lib/model/schema/primitives';
import { Workspace } from '../../lib/workspace';
import type { Manifest } from '../invariants/manifest';
import { ObjectSet } from '../invariants/objects';

export const root = join(__dirname, '..', '..');
export const workspace = new Workspace(root);

export interface Combination {
  readonly system: string;
  readonly environment: string;
  readonly tier: Tier;
}

export interface Synthesized {
  readonly plan: Plan;
  readonly objects: ObjectSet;
}

export function title({ system, environment, tier }: Combination): string {
  return `${system} in ${environment} at ${tier}`;
}

/** Found as the program finds them, so that a sixth system is tested without being named here. */
export const combinations: readonly Combination[] = workspace
  .systems()
  .flatMap((system) =>
    workspace.environments().flatMap((environment) => tiers.map((tier) => ({ system, environment, tier }))),
  );

/** @throws Error with every problem when the combination is refused */
export function planFor(combination: Combination): Plan {
  const { plan, problems } = planOf(workspace, combination);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (plan === undefined || errors.length) throw new Error(errors.map(formatProblem).join('\n'));
  return plan;
}

/** The objects of a Plan in the order of `kubectl apply -f`, as JSON: what the YAML is printed from. */
export function objectsOf(plan: Plan): ObjectSet {
  const app = new App();
  buildCharts(app, plan);
  const charts = app.node.children.filter(Chart.isChart).sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
  return new ObjectSet(
    charts.flatMap((chart) => {
      const manifests = chart.toJson() as Omit<Manifest, 'file'>[];
      return manifests.map((manifest): Manifest => ({ ...manifest, file: chart.node.id }) as Manifest);
    }),
  );
}

const made = new Map<string, Synthesized>();

export function synthesized(combination: Combination): Synthesized {
  const key = title(combination);
  const known = made.get(key);
  if (known !== undefined) return known;
  const plan = planFor(combination);
  const fresh = { plan, objects: objectsOf(plan) };
  made.set(key, fresh);
  return fresh;
}

/** The name that stays: a Job's ends with the hash of its content. */
export function lastingName({ kind, metadata }: Manifest): string {
  return kind === 'Job' ? metadata.name.replace(/-[0-9a-f]{8}$/, '-HASH') : metadata.name;
}
