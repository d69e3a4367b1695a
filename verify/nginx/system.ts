/** A system that uses everything the proxy can do, on the ports of running upstreams. */
import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';

export interface Ports {
  readonly backend: number;
  readonly frontend: number;
}

function system(ports: Ports, root: string): System {
  return {
    title: 'Edge',
    description: 'Everything the proxy can do',
    images: { web: { own: 'web:1.0.0' }, nginx: 'nginxinc/nginx-unprivileged:1.30.4-alpine' },
    services: {
      proxy: {
        kind: 'web',
        description: 'The proxy',
        image: 'nginx',
        ports: { http: 80 },
        health: { path: '/health' },
        arrows: { backend: {}, frontend: {} },
        proxy: {
          root,
          tls: true,
          brotli: true,
          bodySize: '1Mi',
          connectionsPerAddress: 12,
          methods: ['GET', 'HEAD', 'POST'],
          cors: { origins: ['https://friend.example'], methods: ['GET', 'POST'], headers: ['Authorization'] },
        },
      },
      backend: {
        kind: 'web',
        description: 'The backend',
        image: 'web',
        ports: { http: ports.backend },
        health: { path: '/health' },
      },
      frontend: {
        kind: 'web',
        description: 'The frontend',
        image: 'web',
        ports: { http: ports.frontend },
        health: { path: '/health' },
      },
    },
    routes: [
      { path: '/', to: 'frontend' },
      { path: '/api/', to: 'backend' },
      { path: '/api/limited', to: 'backend', rate: { perSecond: 2, burst: 3 } },
      { path: '/api/upload/', to: 'backend', bodySize: '3Mi' },
      { path: '/api/brief/', to: 'backend', timeoutSeconds: 1 },
      { path: '/exact', match: 'exact', to: 'backend' },
      { path: '/ws', to: 'backend', websocket: true },
      { path: '/events/', to: 'backend', streaming: true },
      { path: '/cached/', to: 'backend', immutable: true },
      { path: '/app/', to: 'proxy' },
      { path: '/assets/', to: 'proxy', immutable: true },
    ],
  };
}

/** The loopback stands for the cluster: the client is the proxy in front when `trusted` holds it. */
function environment(edge: 'ingress' | 'load-balancer', trusted: readonly string[]): Environment {
  return {
    description: 'Edge',
    mode: 'production',
    tier: 'low',
    domain: 'example.org',
    edge,
    hsts: true,
    tls: { by: 'secret', secret: 'edge-tls' },
    trustedProxies: [...trusted],
  };
}

export function planOf(
  ports: Ports,
  root: string,
  edge: 'ingress' | 'load-balancer',
  trusted: readonly string[],
): Plan {
  const { plan, problems } = resolvePlan({
    system: { id: 'edge', raw: system(ports, root) },
    environment: { name: 'production', raw: environment(edge, trusted) },
  });
  if (plan === undefined) throw new Error(problems.map(({ path, wanted }) => `${path}: ${wanted}`).join('\n'));
  return plan;
}
