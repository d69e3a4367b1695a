import { nginxFiles } from '../../lib/proxy';
import { quoted } from '../../lib/proxy/nginx/syntax';
import { all, block, files } from './configuration';
import { proxyOf, type Shop, shopPlan } from './fixture';

const confirmedTls = { hsts: true, tls: { by: 'secret', secret: 'cert' } } as const;

describe('nginx runs as nobody on a read-only root', () => {
  const main = files()['nginx.conf'] ?? '';

  test('with its pid and all five temporary folders in /tmp', () => {
    expect(main).toContain('pid /tmp/nginx.pid;');
    expect([...main.matchAll(/_temp_path \/tmp\//g)]).toHaveLength(5);
  });

  test('with ports that need no capability', () => {
    const ports = [
      ...all({
        environment: { edge: 'load-balancer', tls: { by: 'secret', secret: 's' } },
        proxy: { tls: true },
      }).matchAll(/listen [^;]*?(\d+)[ ;]/g),
    ];
    expect(ports.map(([, port]) => Number(port)).every((port) => port > 1024)).toBe(true);
  });

  test('with as many workers as whole CPUs in its limit, and at least one', () => {
    const service = proxyOf(shopPlan());
    const workers = (cpu: number): string =>
      nginxFiles({ ...service, resources: { ...service.resources, limits: { cpu, memory: 256 } } }, 'n', [])[
        'nginx.conf'
      ] ?? '';
    expect(workers(500)).toContain('worker_processes 1;');
    expect(workers(3500)).toContain('worker_processes 3;');
  });

  test('with time to drain that ends before its grace does', () => {
    expect(main).toContain('worker_shutdown_timeout 55s;');
  });
});

describe('upstreams', () => {
  test('are found while nginx runs, in the namespace, by a name that the start script completes', () => {
    const { 'upstreams.conf': text } = files();
    expect(block(text, 'upstream backend-8000')).toContain(
      'server backend.shop-production.svc.__CLUSTER_DOMAIN__:8000 resolve max_fails=0;',
    );
    expect(block(text, 'upstream backend-8000')).toContain('zone backend-8000 64k;');
    expect(text).toContain('resolver __RESOLVERS__ valid=10s;');
  });

  test('keep connections, said in words: an nginx before 1.29.7 keeps none by itself', () => {
    const { 'upstreams.conf': text, 'proxy.conf': defaults } = files();
    expect(block(text, 'upstream backend-8000')).toContain('keepalive 32;');
    expect(defaults).toContain('proxy_http_version 1.1;');
    expect(defaults).toContain('proxy_set_header Connection "";');
  });

  test('are there once for each service and port, and never for the proxy itself', () => {
    const routes: Shop['routes'] = [
      { path: '/', to: 'proxy' },
      { path: '/a/', to: 'backend' },
      { path: '/b/', to: 'backend' },
    ];
    const text = files({ routes, proxy: { root: '/srv' } })['upstreams.conf'] ?? '';
    expect([...text.matchAll(/^upstream (\S+)/gm)].map(([, name]) => name)).toEqual(['backend-8000']);
  });
});

describe('headers', () => {
  test('stand in one place, so that no location loses them', () => {
    const { 'headers.conf': headers, ...others } = files({
      proxy: { cors: { origins: ['{origin}'], methods: ['GET'], headers: ['X'] }, methods: ['GET'] },
    });
    expect(headers).toContain('add_header X-Frame-Options DENY always;');
    expect(Object.values(others).join('')).not.toContain('add_header');
  });

  test('of an upstream give way, or they would be there twice', () => {
    const {
      'headers.conf': headers = '',
      'proxy.conf': defaults,
      'immutable.conf': immutable,
    } = files({ environment: confirmedTls });
    const own = [...headers.matchAll(/^add_header (\S+) .* always;$/gm)].map(([, name]) => name);
    for (const name of own.filter((header) => header !== 'Retry-After')) {
      expect(defaults).toContain(`proxy_hide_header ${name};`);
      expect(immutable).toContain(`proxy_hide_header ${name};`);
    }
  });

  test('have HSTS only where the environment confirmed it, and only over TLS', () => {
    expect(all()).not.toContain('add_header Strict-Transport-Security');
    const confirmed = files({ environment: confirmedTls });
    expect(confirmed['headers.conf']).toContain('add_header Strict-Transport-Security $hsts always;');
    expect(block(confirmed['nginx.conf'], 'map $forwarded_proto $hsts')).toEqual([
      'default "";',
      'https "max-age=31536000";',
    ]);
  });

  test("for other origins are the proxy's own where it has a policy, and the upstream's where it has none", () => {
    expect(all()).not.toContain('Access-Control');
    const text = all({
      proxy: { cors: { origins: ['{origin}', 'https://a.example'], methods: ['GET'], headers: ['X'] } },
    });
    expect(text).toContain('"http://shop.example.org" "http://shop.example.org";');
    expect(text).toContain('proxy_hide_header Access-Control-Allow-Origin;');
  });
});

describe('the client', () => {
  test('is believed through trusted proxies only', () => {
    const main = files({ environment: { trustedProxies: ['192.0.2.0/24'] } })['nginx.conf'] ?? '';
    expect([...main.matchAll(/set_real_ip_from (\S+);/g)].map(([, cidr]) => cidr)).toEqual(['192.0.2.0/24']);
    expect(main).toContain('real_ip_recursive on;');
    const usual = files({})['nginx.conf'] ?? '';
    expect([...usual.matchAll(/set_real_ip_from (\S+);/g)].map(([, cidr]) => cidr)).toEqual([
      ...['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
    ]);
    expect(files({ environment: { trustedProxies: [] } })['nginx.conf']).not.toContain('real_ip_header');
  });

  test('has its query in no log', () => {
    const text = all();
    expect(text).not.toMatch(/log_format[^;]*\$(request_uri|request\b|args|query_string|http_referer)/);
    expect(files()['servers.conf']).toContain('error_log stderr crit;');
  });

  test('may use the methods that are listed', () => {
    const { 'nginx.conf': main, 'servers.conf': servers } = files({ proxy: { methods: ['GET', 'POST'] } });
    expect(block(main, 'map $request_method $method_refused')).toEqual(['default 1;', 'GET 0;', 'POST 0;']);
    expect(block(servers, 'if ($method_refused)')).toEqual(['return 405;']);
    expect(all()).not.toContain('method_refused');
  });

  test('may hold as many connections as the proxy allows', () => {
    const text = all({ proxy: { connectionsPerAddress: 20 } });
    expect(text).toContain('limit_conn connections 20;');
    expect(all()).not.toContain('limit_conn connections');
  });
});

describe('TLS at the pod', () => {
  const shop: Shop = {
    proxy: { tls: true },
    environment: { edge: 'load-balancer', tls: { by: 'secret', secret: 'cert' } },
  };

  test('redirects 80 to a host of ours, and answers health there', () => {
    const { 'servers.conf': servers = '', 'nginx.conf': main } = files(shop);
    const [plain = '', secure = ''] = servers.split(/^server \{$/m).slice(1);
    expect(plain).toContain('return 301 https://$redirect_host$request_uri;');
    expect(plain).toContain('location = /livez {');
    expect(plain).not.toContain('proxy_pass');
    expect(secure).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
    expect(block(main, 'map $host $redirect_host')).toEqual([
      'default shop.example.org;',
      'shop.example.org shop.example.org;',
    ]);
  });

  test('is absent behind an Ingress, which ends it', () => {
    expect(all({ proxy: { tls: true }, environment: { tls: { by: 'secret', secret: 'cert' } } })).not.toContain('ssl_');
  });
});

describe('a value', () => {
  test('is quoted', () => {
    expect(quoted('say "a\\b"')).toBe('"say \\"a\\\\b\\""');
  });

  test.each(['$host', 'a\nb'])('that would become configuration is refused: %j', (value) => {
    expect(() => quoted(value)).toThrow('Cannot write a value into nginx.conf');
  });
});
