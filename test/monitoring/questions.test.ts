import { parse } from 'yaml';
import { named, type Watched, watched } from './fixture';

const page = { kind: 'web', description: 'A part', image: 'web', ports: { http: 8000 } } as const;
const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };

function part(health: string, ports: Readonly<Record<string, number>> = page.ports): object {
  return { ...page, ports, health: { path: health }, resources };
}

/** What the black-box exporter is told to ask from outside, by the way of asking. */
function asked({ plan }: Watched): string[] {
  return (plan.monitors?.checks ?? []).filter((check) => check.public).map(({ url, expects }) => `${expects} ${url}`);
}

const host = 'http://shop.example.com';

/** The shop with more services behind its proxy, and other routes. */
function changed(services: Readonly<Record<string, object>>, routes: readonly object[]): object {
  const arrows = Object.fromEntries(Object.keys(services).map((name) => [name, {}]));
  return { services: { ...services, gateway: { arrows } }, routes };
}

function withRoutes(services: Readonly<Record<string, object>>, routes: readonly object[]): Watched {
  return watched({ system: changed(services, routes) });
}

describe('public routes', () => {
  test('are each asked once: by the health page that lies under them, else by their own path', () => {
    const services = { api: part('/api/v1/health/'), pages: part('/up') };
    const routes = [
      { path: '/', to: 'web' },
      { path: '/api/', to: 'api' },
      { path: '/docs/', to: 'pages' },
      { path: '/robots.txt', match: 'exact', to: 'pages' },
    ];
    expect(asked(withRoutes(services, routes))).toEqual([
      `any ${host}/robots.txt`,
      `any ${host}/docs/`,
      `page ${host}/api/v1/health/`,
      `any ${host}/`,
    ]);
  });

  test('a health page that a longer route hands to somebody else proves nothing of this one', () => {
    const services = { pages: part('/api/health'), api: part('/up') };
    const routes = [
      { path: '/', to: 'pages' },
      { path: '/api/', to: 'api' },
    ];
    expect(asked(withRoutes(services, routes))).toEqual([`any ${host}/api/`, `any ${host}/`]);
  });

  test('nor does one that the proxy answers itself', () => {
    const routes = [{ path: '/', to: 'web' }];
    expect(asked(withRoutes({}, routes))).toEqual([`any ${host}/`]);
    const bare = watched({ system: { images: { nginx: null }, services: { gateway: null }, routes } });
    expect(asked(bare)).toEqual([`page ${host}/health`]);
  });

  test('nor does one of another port', () => {
    const services = { api: part('/api/up', { http: 8000, other: 9000 }) };
    const routes = [{ path: '/api/', to: 'api', port: 'other' }];
    expect(asked(withRoutes(services, routes))).toEqual([`any ${host}/api/`]);
  });

  test('a WebSocket’s are left out; where there is nothing else, the host is still asked', () => {
    const services = { live: part('/up') };
    const socket = { path: '/ws/', to: 'live', websocket: true };
    expect(asked(withRoutes(services, [socket, { path: '/', to: 'web' }]))).toEqual([`any ${host}/`]);
    expect(asked(withRoutes(services, [socket]))).toEqual([`any ${host}/`]);
  });

  test('every way of asking is one that the exporter knows, in both modes', () => {
    const services = { api: part('/api/health') };
    const routes = [
      { path: '/', to: 'web' },
      { path: '/api/', to: 'api' },
      { path: '/docs/', to: 'api' },
    ];
    const known = ({ objects }: Watched): string[] => {
      const found = objects.find(({ metadata }) => metadata.name === 'blackbox-exporter-config');
      return Object.keys((parse(found?.data?.['blackbox.yml'] ?? '') as { modules: object }).modules);
    };
    const built = withRoutes(services, routes);
    const text = named(built, 'ConfigMap', 'prometheus-config').data?.['prometheus.yml'] ?? '';
    const used = [...text.matchAll(/__param_module: (\w+)/g)].map(([, name]) => name);
    expect(used.sort()).toEqual(known(built));
    const change = { system: changed(services, routes), environment: { monitoring: { mode: 'operator' as const } } };
    const operator = watched(change);
    const probes = operator.objects
      .filter(({ kind }) => kind === 'Probe')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        text: JSON.stringify(spec),
      }));
    const outside = probes.filter(({ name }) => name.startsWith('public-'));
    // One object holds all routes that are asked in the same way.
    expect(outside.map(({ name }) => name)).toEqual(['public-0-reachable', 'public-0-page']);
    expect(outside[0]?.text).toContain(`"static":["${host}/docs/","${host}/"]`);
    expect(outside[1]?.text).toContain(`"static":["${host}/api/health"]`);
    const modules = probes.map(({ text: one }) => /"module":"(\w+)"/.exec(one)?.[1] ?? '');
    expect([...new Set(modules)].sort()).toEqual(known(operator));
  });
});
