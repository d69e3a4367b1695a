/** `nginx -t` for every system, environment and tier that has a proxy. */
import { join } from 'node:path';
import { resolvePlan } from '../../lib/model/resolve';
import { tiers } from '../../lib/model/schema/primitives';
import { isProxy } from '../../lib/proxy';
import { Workspace } from '../../lib/workspace';
import type { Bench } from './bench';
import { accepts } from './pod';

export async function systems({ checks, nginx, dns }: Bench): Promise<void> {
  const workspace = new Workspace(join(__dirname, '../..'));
  for (const id of workspace.systems()) {
    for (const name of workspace.environments()) {
      const files = { system: await workspace.system(id), environment: await workspace.environment(name) };
      for (const tier of tiers) {
        const selection = { system: { id, raw: files.system }, environment: { name, raw: files.environment }, tier };
        const { plan, problems } = resolvePlan(selection);
        if (plan === undefined) checks.ok(`${id} ${name} ${tier} resolves`, false, JSON.stringify(problems));
        else if (plan.services.some(isProxy)) {
          checks.equal(`nginx -t: ${id} ${name} ${tier}`, await accepts({ plan, nginx, dns }), '');
        }
      }
    }
  }
}
