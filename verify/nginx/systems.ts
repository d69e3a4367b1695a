/** `nginx -t` for every system, environment and tier that has a proxy, and for every way in that an environment may choose. */
import { join } from 'node:path';
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import { tiers } from '../../lib/model/schema/primitives';
import { isProxy, nginxFiles } from '../../lib/proxy';
import { Workspace } from '../../lib/workspace';
import { edgePatch, edges, planWith } from '../../test/edge/renderings';
import { proxied } from '../../test/proxy/many';
import type { Bench } from './bench';
import { accepts } from './pod';

/** Everything that decides the files: combinations that have the same are asked once. */
function filesOf(plan: Plan): string {
  const { namespace, edge } = plan;
  return JSON.stringify(plan.services.filter(isProxy).map((service) => nginxFiles(service, namespace, edge.hosts)));
}

type Variant = readonly [title: string, patch: Readonly<Record<string, unknown>>];

/** Who makes the certificate, and what browsers are told of it. */
const certificates: readonly Variant[] = [
  ['cert-manager', {}],
  ['cert-manager, HSTS', { hsts: true }],
  ['self-signed', { tls: { by: 'self-signed', issuer: null } }],
  ['a Secret, HSTS', { hsts: true, tls: { by: 'secret', secret: 'own-certificate', issuer: null } }],
];

/** A system with what its environment may say of the way in; `high` has a host for static files where the system has one. */
function variants(system: string): (readonly [title: string, plan: Plan])[] {
  return ([...edges, 'load-balancer'] as const).flatMap((edge) =>
    certificates.flatMap(([title, certificate]) =>
      (['low', 'high'] as const).map((tier) => {
        const way = edge === 'load-balancer' ? { systems: { [system]: { edge } } } : edgePatch(system, edge);
        return [
          `${edge}, ${title}, ${tier}`,
          planWith(system, 'production', { ...way, ...certificate }, tier),
        ] as const;
      }),
    ),
  );
}

export async function systems({ checks, nginx, dns }: Bench): Promise<void> {
  const workspace = new Workspace(join(__dirname, '../..'));
  const known = new Map<string, string>();
  const taken = async (title: string, plan: Plan): Promise<void> => {
    const key = filesOf(plan);
    const said = known.get(key) ?? (await accepts({ plan, nginx, dns }));
    known.set(key, said);
    checks.equal(`nginx -t: ${title}`, said, '');
  };
  for (const id of workspace.systems()) {
    for (const name of workspace.environments()) {
      const files = { system: workspace.system(id), environment: workspace.environment(name) };
      for (const tier of tiers) {
        const selection = { system: { id, raw: files.system }, environment: { name, raw: files.environment }, tier };
        const { plan, problems } = resolvePlan(selection);
        if (plan === undefined) checks.ok(`${id} ${name} ${tier} resolves`, false, JSON.stringify(problems));
        else if (plan.services.some(isProxy)) await taken(`${id} ${name} ${tier}`, plan);
      }
    }
  }
  const own = known.size;
  const withProxy = workspace.systems().filter((id) => planWith(id, 'production', {}).services.some(isProxy));
  for (const system of withProxy) {
    for (const [title, plan] of variants(system)) await taken(`${system} production, ${title}`, plan);
  }
  checks.ok('the ways in make files of their own', known.size > own + 10, `${known.size} after ${own}`);
  checks.equal('nginx -t: 1,000 services', await accepts({ plan: proxied(1000), nginx, dns }), '');
}
