/** `nginx -t` for every system, environment and tier that has a proxy. */
import { join } from 'node:path';
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import { tiers } from '../../lib/model/schema/primitives';
import { isProxy, nginxFiles } from '../../lib/proxy';
import { Workspace } from '../../lib/workspace';
import { proxied } from '../../test/proxy/many';
import type { Bench } from './bench';
import { accepts } from './pod';

/** Everything that decides the files: combinations that have the same are asked once. */
function filesOf(plan: Plan): string {
  const { namespace, edge } = plan;
  return JSON.stringify(plan.services.filter(isProxy).map((service) => nginxFiles(service, namespace, edge.hosts)));
}

export async function systems({ checks, nginx, dns }: Bench): Promise<void> {
  const workspace = new Workspace(join(__dirname, '../..'));
  const known = new Map<string, string>();
  for (const id of workspace.systems()) {
    for (const name of workspace.environments()) {
      const files = { system: workspace.system(id), environment: workspace.environment(name) };
      for (const tier of tiers) {
        const selection = { system: { id, raw: files.system }, environment: { name, raw: files.environment }, tier };
        const { plan, problems } = resolvePlan(selection);
        if (plan === undefined) checks.ok(`${id} ${name} ${tier} resolves`, false, JSON.stringify(problems));
        else if (plan.services.some(isProxy)) {
          const key = filesOf(plan);
          const said = known.get(key) ?? (await accepts({ plan, nginx, dns }));
          known.set(key, said);
          checks.equal(`nginx -t: ${id} ${name} ${tier}`, said, '');
        }
      }
    }
  }
  checks.equal('nginx -t: 1,000 services', await accepts({ plan: proxied(1000), nginx, dns }), '');
}
