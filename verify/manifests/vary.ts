import { join } from 'node:path';
import { isRecord, mergePatch } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import { type Combination, errors, type ManifestSet, type Synthesis, workspace, write } from './sets';
import { VARIANTS, type Variant } from './variants';

/** The smallest tier that has everything: more pods would show nothing more, and take their time. */
export const VARIED_TIER = 'medium';
export const ENVIRONMENT = 'production';

/** Every variant of every system that has something to vary, from production. */
export function varyAll(sets: readonly ManifestSet[], parent: string): Synthesis[] {
  const bases = sets.filter(({ environment, tier }) => environment === ENVIRONMENT && tier === VARIED_TIER);
  return bases.flatMap((base) => VARIANTS.flatMap((variant) => vary(base, variant, parent)));
}

/** What a Plan becomes by a variant; undefined where the system has nothing to vary. */
export function varied(plan: Plan, variant: Variant): ReturnType<typeof resolvePlan> | undefined {
  const { id } = plan.system;
  const system = workspace.system(id);
  if (!isRecord(system)) return undefined;
  const patches = [variant.environment, variant.system, variant.images].map((patch) => patch?.({ plan, system }));
  const [environmentPatch, systemPatch, images] = patches;
  if (patches.every((patch) => patch === undefined)) return undefined;
  return resolvePlan({
    system: { id, raw: patched(system, systemPatch) },
    environment: {
      name: ENVIRONMENT,
      raw: patched(workspace.environment(ENVIRONMENT), environmentPatch),
      images: images ?? workspace.images(ENVIRONMENT),
    },
    tier: VARIED_TIER,
  });
}

function vary(base: ManifestSet, variant: Variant, parent: string): Synthesis[] {
  const result = base.plan && varied(base.plan, variant);
  if (result === undefined) return [];
  const combination: Combination = {
    system: base.system,
    environment: `${ENVIRONMENT}, ${variant.title}`,
    tier: VARIED_TIER,
  };
  const { refusedBy = [] } = variant;
  if (result.plan === undefined) return [{ ...combination, refusedBy, problems: errors(result.problems) }];
  const folder = join(parent, 'variants', base.system, variant.title);
  const made = { ...write(combination, result.plan, folder), refusedBy };
  return isSame(base, made) ? [] : [made];
}

/** Not every system has what a variant varies. */
function isSame(base: ManifestSet, { set }: Synthesis): boolean {
  return set !== undefined && JSON.stringify(set.objects) === JSON.stringify(base.objects);
}

function patched(raw: unknown, patch: unknown): unknown {
  return patch === undefined ? raw : mergePatch(raw, patch);
}
