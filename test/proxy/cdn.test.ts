import type { Plan } from '../../lib/model/plan';
import { resolvePlan } from '../../lib/model/resolve';
import { nginxFiles } from '../../lib/proxy';
import lms from '../../systems/lms';
import { planWith } from '../edge/renderings';
import { block } from './configuration';
import { proxyOf } from './fixture';

function filesOf(plan: Plan): Record<string, string> {
  return nginxFiles(proxyOf(plan), plan.namespace, plan.edge.hosts);
}

const plain = { description: 'x', mode: 'production', tier: 'high', domain: 'example.com', tls: { by: 'none' } };

describe('the host of static files', () => {
  const plan = planWith('lms', 'production', {}, 'high');
  const files = filesOf(plan);
  const servers = files['servers.conf'] ?? '';
  const server = servers.slice(servers.indexOf('server_name static.lms.example.com;'));

  test('is there at the tier that has a network in front, and nowhere else', () => {
    expect(plan.edge.cdn?.host).toBe('static.lms.example.com');
    const medium = filesOf(planWith('lms', 'production', {}, 'medium'));
    expect(Object.keys(medium).filter((name) => name.startsWith('cdn'))).toEqual([]);
    expect(medium['servers.conf']).not.toContain('server_name static');
  });

  test('has the paths of the network and no other, and takes no other methods than reading', () => {
    expect(server.match(/location \S+ "[^"]+"/g)).toEqual(['location = "/static"', 'location ^~ "/static/"']);
    expect(block(server, 'location /')).toEqual(['return 404;']);
    expect(block(server, 'if ($request_method !~ "^(GET|HEAD)$")')).toEqual(['return 405;']);
  });

  test('lets every origin read, so that fonts load whatever the network keeps', () => {
    const headers = files['cdn-headers.conf'] ?? '';
    expect(headers).toContain('add_header Access-Control-Allow-Origin "*" always;');
    expect(headers).not.toContain('Vary');
    expect(files['cdn-proxy.conf']).toContain('proxy_hide_header Access-Control-Allow-Origin;');
  });

  test('asks the upstream for the main host, without a cookie, and hides cookies', () => {
    const proxy = files['cdn-proxy.conf'] ?? '';
    expect(proxy).toContain('proxy_set_header Host lms.example.com;');
    expect(proxy).toContain('proxy_set_header X-Forwarded-Host lms.example.com;');
    expect(proxy).toContain('proxy_set_header Cookie "";');
    expect(proxy).toContain('proxy_hide_header Set-Cookie;');
    expect(proxy.match(/proxy_set_header Host /g)).toHaveLength(1);
  });

  test('keeps a file briefly where its upstream says nothing', () => {
    const map = block(files['nginx.conf'], 'map "$cache_control:$upstream_http_cache_control" $cdn_cache_control');
    expect(map).toEqual(['default $cache_control;', '":" "public, max-age=300";']);
  });

  test('has rates of its own, and no limit of connections: a network has few addresses', () => {
    expect(server).toMatch(/limit_req zone=cdn_rate_0 /);
    expect(files['nginx.conf']).toContain('zone=cdn_rate_0:4m');
    expect(server).not.toContain('limit_conn');
    expect(servers).toContain('limit_conn connections 200;');
  });

  test('has TLS where TLS ends at the pod, and is redirected to itself', () => {
    const atPod = planWith('lms', 'production', { systems: { lms: { edge: 'load-balancer' } } }, 'high');
    const found = filesOf(atPod);
    expect(found['servers.conf']?.match(/listen 8443 ssl( default_server)?;/g)).toEqual([
      'listen 8443 ssl default_server;',
      'listen 8443 ssl;',
    ]);
    expect(found['nginx.conf']).toContain('static.lms.example.com static.lms.example.com;');
  });

  test('has a certificate of its own, which the others do not wait for', () => {
    expect([plan.edge.tls, plan.edge.cdn?.secret]).toEqual([
      expect.objectContaining({ secret: 'edge-tls' }),
      'edge-cdn-tls',
    ]);
    const named = { by: 'secret', secret: 'mine', issuer: null };
    expect(planWith('lms', 'production', { tls: named }, 'high').edge.cdn?.secret).toBe('mine');
  });

  test('is where pages may load fonts from', () => {
    expect(proxyOf(plan).proxy.contentSecurityPolicy).toContain("font-src 'self' https://static.lms.example.com;");
  });

  test('serves what lies below its paths by its own routes, and takes the route around a path that has none', () => {
    const routes = [
      { path: '/', to: 'frontend-admin' },
      { path: '/static/live/', to: 'backend-fastapi', websocket: true },
      { path: '/static/favicon.ico', match: 'exact', to: 'backend-django' },
    ];
    const { plan: cut } = resolvePlan({
      system: { id: 'lms', raw: { ...lms, routes } },
      environment: { name: 'production', raw: plain },
      tier: 'high',
    });
    const found = cut?.services.find(({ proxy }) => proxy)?.proxy?.cdn?.routes;
    expect(found?.map(({ path, to, websocket }) => [path, to, websocket])).toEqual([
      ['/static/favicon.ico', 'backend-django', false],
      ['/static/live/', 'backend-fastapi', false],
      ['/static/', 'frontend-admin', false],
    ]);
  });
});
