/** A system in the environment `e2e`, as `keelson synth` would write it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFiles } from '../cli/synthesize';
import { planOf } from '../lib/choice';
import type { Plan } from '../lib/model/plan';
import { formatProblem } from '../lib/model/problem';
import { Workspace } from '../lib/workspace';
import { type KubernetesObject, readObjects } from '../verify/manifests/objects';
import { ROOT } from '../verify/manifests/root';
import { folders } from './cluster/layout';

const ENVIRONMENT = 'e2e';

/** The project's systems, and the test's environment. */
class TestWorkspace extends Workspace {
  readonly #own = new Workspace(__dirname);

  override environments(): string[] {
    return [...super.environments(), ENVIRONMENT];
  }

  override environment(name: string): unknown {
    return name === ENVIRONMENT ? this.#own.environment(name) : super.environment(name);
  }
}

export interface Manifests {
  readonly plan: Plan;
  /** What `kubectl apply -f` is given. */
  readonly folder: string;
  readonly objects: readonly KubernetesObject[];
}

export interface Wanted {
  readonly system: string;
  readonly tier: string;
  /** The team's images, by name, at another tag: a release. */
  readonly images?: Readonly<Record<string, string>>;
}

/** @throws Error with every problem of the system */
export function synthesize({ system, tier, images = {} }: Wanted): Manifests {
  const choice = { system, environment: ENVIRONMENT, tier };
  const { plan, problems } = planOf(new TestWorkspace(ROOT), choice, { [system]: images });
  if (plan === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  const folder = join(folders.manifests, `${system}-${tier}-${Object.values(images).join('').replace(/\W/g, '-')}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of renderFiles(plan)) writeFileSync(join(folder, name), text);
  return { plan, folder, objects: readObjects(folder) };
}
