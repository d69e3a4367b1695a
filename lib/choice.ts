/** From a choice of files to a Plan: what `cdk8s synth` and `keelson` have in common. */
import { nearest } from './model/nearest';
import type { Problem } from './model/problem';
import { type PlanResult, resolvePlan } from './model/resolve';
import { type Tier, tiers } from './model/schema/primitives';
import type { Workspace } from './workspace';

/** What is synthesized, by name; the names need not exist yet. */
export interface Choice {
  readonly system: string;
  readonly environment: string;
  /** @default - the environment's */
  readonly tier?: string;
}

/** What is synthesized where nothing is chosen. */
export const defaultChoice = { system: 'django-react', environment: 'production' } as const;

function isTier(word: string): word is Tier {
  return tiers.some((tier) => tier === word);
}

function unknownName(rule: string, path: string, word: string, what: string, names: readonly string[]): Problem {
  const near = nearest(word, names);
  const wanted = names.length === 0 ? `${what}, but there is none` : `${what}: ${names.join(', ')}`;
  return {
    severity: 'error',
    rule,
    path,
    found: `"${word}"`,
    wanted,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

/** Two files of one name, `shop.ts` and `shop.yaml`: neither is preferred silently. */
function ambiguous(path: string, word: string, names: readonly string[]): Problem[] {
  if (names.filter((name) => name === word).length < 2) return [];
  return [{ severity: 'error', rule: 'ambiguous-file', path, found: 'two files of that name', wanted: 'one' }];
}

/** The names of a choice that do not exist, or not once. */
function nameProblems(workspace: Workspace, choice: Choice): Problem[] {
  const { system, environment, tier } = choice;
  const known = { systems: workspace.systems(), environments: workspace.environments() };
  return [
    ...ambiguous(`systems/${system}`, system, known.systems),
    ...ambiguous(`environments/${environment}`, environment, known.environments),
    ...(known.systems.includes(system)
      ? []
      : [unknownName('unknown-system', `systems/${system}`, system, 'a system', known.systems)]),
    ...(known.environments.includes(environment)
      ? []
      : [
          unknownName(
            'unknown-environment',
            `environments/${environment}`,
            environment,
            'an environment',
            known.environments,
          ),
        ]),
    ...(tier === undefined || isTier(tier) ? [] : [unknownName('unknown-tier', 'tier', tier, 'a tier', tiers)]),
  ];
}

/** What a file holds, or the problem that keeps it from being read. */
export type Loaded = { readonly raw: unknown } | { readonly problem: Problem };

/** Reads a file of the user's: one that throws while loading is a problem like any other. */
export function loaded(path: string, read: () => unknown): Loaded {
  try {
    const raw = read();
    if (raw instanceof Promise) {
      raw.catch(() => undefined); // it is refused whatever becomes of it
      const wanted = 'the value itself: `export default system`';
      return { problem: { severity: 'error', rule: 'promise-export', path, found: 'a promise', wanted } };
    }
    if (raw !== undefined) return { raw };
    const wanted = 'a default export: `export default system`';
    return { problem: { severity: 'error', rule: 'no-default-export', path, found: 'none', wanted } };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Who asked for a missing module is our own machinery.
    const [message = ''] = text.split('\nRequire stack:');
    const found = `an error while loading it: ${message.trim().replace(/\s*\n\s*/g, ' | ')}`;
    return { problem: { severity: 'error', rule: 'unreadable-file', path, found, wanted: 'a file that loads' } };
  }
}

/**
 * The Plan of a choice, with every problem: names that do not exist, files that do not load, and all the model finds.
 * @param images the environment's releases; the file that `keelson image` keeps, unless given
 */
export function planOf(workspace: Workspace, choice: Choice, images?: unknown): PlanResult {
  const { system, environment, tier } = choice;
  const unknown = nameProblems(workspace, choice);
  if (unknown.length) return { plan: undefined, problems: unknown };
  const what = loaded(`systems/${system}`, () => workspace.system(system));
  const where = loaded(`environments/${environment}`, () => workspace.environment(environment));
  const releases = loaded(`environments/${environment}.images.json`, () => images ?? workspace.images(environment));
  const problems = [what, where, releases].flatMap((file) => ('problem' in file ? [file.problem] : []));
  if ('problem' in what || 'problem' in where || 'problem' in releases) return { plan: undefined, problems };
  return resolvePlan({
    system: { id: system, raw: what.raw },
    environment: { name: environment, raw: where.raw, images: releases.raw },
    systems: workspace.systems(),
    environments: workspace.environments(),
    exists: (path) => workspace.exists(path),
    ...(tier !== undefined && isTier(tier) ? { tier } : {}),
  });
}
