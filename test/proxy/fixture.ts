import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';
import { isProxy, type ProxyService } from '../../lib/proxy';

type Service = System['services'][string];

/** What a test says of the proxy and its routes; the rest is the least that a system needs. */
export interface Shop {
  readonly proxy?: Service['proxy'];
  readonly routes?: System['routes'];
  readonly environment?: Partial<Environment>;
}

const proxied: System['routes'] = [
  { path: '/', to: 'frontend' },
  { path: '/api/', to: 'backend' },
];

function system({ proxy = {}, routes = proxied }: Shop): System {
  const web = (port: number): Service => ({
    kind: 'web',
    description: 'A part',
    image: 'own',
    ports: { http: port },
    health: { path: '/health' },
  });
  const service: Service = {
    kind: 'web',
    description: 'The proxy',
    image: 'nginx',
    ports: { http: 80 },
    health: { path: '/health' },
    arrows: { backend: {}, frontend: {} },
    proxy,
  };
  return {
    title: 'Shop',
    description: 'A shop',
    images: {
      own: { own: 'shop:1.0.0' },
      ...(proxy === null ? {} : { nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine' }),
    },
    services: { ...(proxy === null ? {} : { proxy: service }), backend: web(8000), frontend: web(3000) },
    routes,
  };
}

/** The Plan of a small shop behind a proxy; `proxy: null` leaves the proxy out. */
export function shopPlan(shop: Shop = {}): Plan {
  const environment: Environment = {
    description: 'Production',
    mode: 'production',
    tier: 'medium',
    domain: 'example.org',
    tls: { by: 'none' },
    ...shop.environment,
  };
  const { plan, problems } = resolvePlan({
    system: { id: 'shop', raw: system(shop) },
    environment: { name: 'production', raw: environment },
  });
  if (plan === undefined)
    throw new Error(problems.map(({ path, found, wanted }) => `${path}: ${found}, ${wanted}`).join('\n'));
  return plan;
}

export function proxyOf(plan: Plan): ProxyService {
  const service = plan.services.find(isProxy);
  if (service === undefined) throw new Error('The plan has no proxy');
  return service;
}
