import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel } from '../cluster/parallel';
import { must } from '../kit/command';
import { type KubernetesObject, readObjects } from './objects';
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
  /** Where its system and environment files are, when they are not this project's. */
  root?: string;
}

interface Listing {
  systems: readonly string[];
  environments: readonly string[];
  tiers: readonly string[];
}

const PROGRAM = join(ROOT, 'bin', 'keelson.mjs');
const PROCESSES = 2;

export function title({ system, environment, tier }: Combination): string {
  return `${system} ${environment} ${tier}`;
}

/** Runs `keelson` as a user does. */
export function keelson(args: readonly string[]): Promise<string> {
  return must(process.execPath, [PROGRAM, ...args], { cwd: ROOT });
}

/** Every system × environment × tier that the program itself lists. */
export async function combinations(): Promise<Combination[]> {
  const { systems, environments, tiers } = JSON.parse(await keelson(['list', '--format', 'json'])) as Listing;
  return systems.flatMap((system) =>
    environments.flatMap((environment) => tiers.map((tier) => ({ system, environment, tier }))),
  );
}

export async function synthesize(combination: Combination, parent: string, root = ROOT): Promise<ManifestSet> {
  const { system, environment, tier } = combination;
  const folder = join(parent, system, environment, tier);
  mkdirSync(folder, { recursive: true });
  await keelson(['synth', system, environment, '--tier', tier, '--out', folder, '--root', root]);
  return { ...combination, folder, root, objects: readObjects(folder) };
}

/** The command that removes what is gone, as `keelson report` prints it. */
export async function pruneCommand({ system, environment, tier, folder, root }: ManifestSet): Promise<string> {
  const recorded = `${folder}.report.json`;
  const report = existsSync(recorded) // beside a set that was made earlier
    ? readFileSync(recorded, 'utf8')
    : await keelson(['report', system, environment, '--tier', tier, '--format', 'json', '--root', root ?? ROOT]);
  const { pruneCommand } = JSON.parse(report) as { pruneCommand?: string };
  if (pruneCommand === undefined) throw new Error(`keelson report ${system} ${environment} has no pruneCommand`);
  return pruneCommand;
}

export async function synthesizeAll(wanted: readonly Combination[], parent: string): Promise<ManifestSet[]> {
  return inParallel(wanted, PROCESSES, (combination) => synthesize(combination, parent));
}

/** Sets that were made earlier, in folders named SYSTEM/ENVIRONMENT/TIER. */
export function readSets(parent: string): ManifestSet[] {
  return readdirSync(parent).flatMap((system) =>
    readdirSync(join(parent, system)).flatMap((environment) =>
      readdirSync(join(parent, system, environment), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name: tier }) => {
          const folder = join(parent, system, environment, tier);
          return { system, environment, tier, folder, objects: readObjects(folder) };
        }),
    ),
  );
}
