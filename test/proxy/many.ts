import { systemOf } from '../../bench/generate';
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import type { System } from '../../lib/model/schema/system';

/** Services behind a proxy, each with a route and a rate of its own. */
export function proxied(count: number): Plan {
  const { images, services, ...rest } = systemOf(count);
  const proxy: System['services'][string] = {
    kind: 'web',
    description: 'The proxy',
    image: 'nginx',
    ports: { http: 80 },
    health: { path: '/health' },
    arrows: Object.fromEntries(Object.keys(services).map((name) => [name, {}])),
    proxy: { rate: { perSecond: 10, burst: 10 } },
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
