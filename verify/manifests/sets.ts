import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFiles } from '../../cli/synthesize';
import { planOf } from '../../lib/choice';
import type { Plan } from '../../lib/model/plan';
import { formatProblem, type Problem, ProblemsError } from '../../lib/model/problem';
import { tiers } from '../../lib/model/schema/primitives';
import { Workspace } from '../../lib/workspace';
import { type KnownDocuments, type KubernetesObject, readObjects } from './objects';
import { ROOT } from './root';

export interface Combination {
  system: string;
  environment: string;
  tier: string;
}

/** What one system, environment and tier become. */
export interface ManifestSet extends Combination {
  folder: string;
  objects: readonly KubernetesObject[];
  /** Absent for sets that were made elsewhere. */
  plan?: Plan;
}

/** Manifests, or why there are none. */
export interface Synthesis extends Combination {
  set?: ManifestSet;
  problems: readonly string[];
  /** Rules by which keelson may refuse it, where it is a change. */
  refusedBy?: readonly string[];
}

export const workspace = new Workspace(ROOT);

export function title({ system, environment, tier }: Combination): string {
  return `${system} ${environment} ${tier}`;
}

/** Every system × environment × tier that there is. */
export function combinations(): Combination[] {
  return workspace
    .systems()
    .flatMap((system) =>
      workspace.environments().flatMap((environment) => tiers.map((tier) => ({ system, environment, tier }))),
    );
}

/** In this process, for speed; that `keelson synth` writes the same bytes is a test of its own. */
export function synthesize(combination: Combination, parent: string): Synthesis {
  const { system, environment, tier } = combination;
  const { plan, problems } = planOf(workspace, combination);
  return plan === undefined
    ? { ...combination, problems: errors(problems) }
    : write(combination, plan, join(parent, system, environment, tier));
}

const known: KnownDocuments = new Map();

/** Renders a Plan into a folder as `keelson synth` does. */
export function write(combination: Combination, plan: Plan, folder: string): Synthesis {
  try {
    const files = renderFiles(plan);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    return { ...combination, problems: [], set: { ...combination, folder, plan, objects: readObjects(folder, known) } };
  } catch (error) {
    return { ...combination, problems: error instanceof ProblemsError ? errors(error.problems) : [String(error)] };
  }
}

export function errors(problems: readonly Problem[]): string[] {
  return problems.filter(({ severity }) => severity === 'error').map(formatProblem);
}

/** Sets that were made earlier, in folders named SYSTEM/ENVIRONMENT/TIER. */
export function readSets(parent: string): Synthesis[] {
  return folders(parent).flatMap((system) =>
    folders(join(parent, system)).flatMap((environment) =>
      folders(join(parent, system, environment)).map((tier) => {
        const folder = join(parent, system, environment, tier);
        const combination = { system, environment, tier };
        return { ...combination, problems: [], set: { ...combination, folder, objects: readObjects(folder) } };
      }),
    ),
  );
}

function folders(parent: string): string[] {
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
