/** `nginx -t` for every system, environment and tier that has a proxy. */
import { join } from 'node:path';
import { systemOf } from '../../bench/generate';
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import { tiers } from '../../lib/model/schema/primitives';
import type { System } from '../../lib/model/schema/system';
import { isProxy, nginxFiles } from '../../lib/proxy';
import { Workspace } from '../../lib/workspace';
import type { Bench } from './bench';
import { accepts } from './pod';

/** What many services behind one proxy need: a configuration of several ConfigMaps, in parts. */
function thousand(): Plan {
  const { images, services, ...rest } = systemOf(1000);
  const proxy: System['services'][string] = {
    kind: 'web',
    description: 'The proxy',
    image: 'nginx',
    ports: { http: 80 },
    arrows: Object.fromEntries(Object.keys(services).map((name) => [name, {}])),
    proxy: {},
  };
  const nginx = 'nginxinc/nginx-unprivileged:1.30.4-alpine';
  const raw = { ...rest, images: { ...images, nginx }, services: { ...services, proxy } };
  const environment = { description: 'x', mode: 'production', tier: 'low', domain: 'example.org', tls: { by: 'none' } };
  const { plan, problems } = resolvePlan({
    system: { id: 'many', raw },
    environment: { name: 'production', raw: environment },
  });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

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
  checks.equal('nginx -t: 1,000 services', await accepts({ plan: thousand(), nginx, dns }), '');
}
