import { edgeLimits } from '../../lib/model/checks/edge-limits';
import { type Shop, shopPlan } from '../proxy/fixture';
import { resolveShop } from './shop';

const said = (shop: Shop): string[] => edgeLimits(shopPlan(shop)).map(({ path }) => path);

const demanding: Shop['routes'] = [
  { path: '/', to: 'frontend' },
  { path: '/limited/', to: 'backend', rate: { perSecond: 1, burst: 1 } },
  { path: '/ws/', to: 'backend', websocket: true },
  { path: '/events/', to: 'backend', streaming: true },
  { path: '/upload/', to: 'backend', bodySize: '50Mi' },
  { path: '/slow/', to: 'backend', timeoutSeconds: 300 },
  { path: '/assets/', to: 'frontend', immutable: true },
];

describe('what an Ingress or a Gateway cannot do', () => {
  test('is said for each route that asks for it', () => {
    expect(said({ proxy: null, routes: demanding }).sort()).toEqual([
      'systems/shop.routes',
      'systems/shop.routes["/assets/"].immutable',
      'systems/shop.routes["/events/"].streaming',
      'systems/shop.routes["/limited/"].rate',
      'systems/shop.routes["/slow/"].timeoutSeconds',
      'systems/shop.routes["/upload/"].bodySize',
      'systems/shop.routes["/ws/"].websocket',
    ]);
  });

  test('is only ever a warning', () => {
    const problems = edgeLimits(shopPlan({ proxy: null, routes: demanding }));
    expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });

  test('is not said where a proxy does it', () => {
    expect(said({ routes: demanding })).toEqual([]);
  });

  test.each([
    ['ingress', 'Ingress API'],
    ['gateway', "Gateway API's standard channel"],
  ] as const)('is said of a whole system where nothing stands behind an %s, whatever its routes ask', (edge, api) => {
    const environment = { edge, gateway: { className: 'traefik' } };
    const [whole, ...others] = edgeLimits(shopPlan({ proxy: null, environment }));
    expect([whole?.rule, whole?.found]).toEqual([`${edge}-without-proxy`, 'no proxy in front of backend, frontend']);
    for (const feature of [
      'security headers',
      'HSTS',
      'CORS',
      'methods',
      'rates',
      'connections',
      'bodies',
      'tokens',
      api,
    ])
      expect(whole?.wanted).toContain(feature);
    expect(others).toEqual([]);
  });

  test('is HSTS where nobody is there to say it', () => {
    const hsts = (change: Parameters<typeof resolveShop>[0]): string[] =>
      resolveShop(change).problems.flatMap(({ rule, path }) => (rule.startsWith('hsts') ? [path] : []));
    const environment = { tls: { by: 'secret', secret: 'mine' }, hsts: true };
    const noProxy = { images: { nginx: null }, services: { gateway: null } };
    expect(hsts({ environment })).toEqual([]);
    expect(hsts({ environment, system: noProxy })).toEqual(['environments/prod.hsts']);
  });

  test('is the redirect from port 80 wherever TLS ends at it', () => {
    const tls = { by: 'secret', secret: 'mine' } as const;
    expect(said({ environment: { tls } })).toEqual(['environments/production.tls']);
    expect(said({ proxy: { tls: true }, environment: { tls, edge: 'load-balancer' } })).toEqual([]);
  });

  test('is the answer to an HTTP-01 challenge where a load balancer leads to the pod', () => {
    const environment = { tls: { by: 'cert-manager', issuer: 'letsencrypt' }, edge: 'load-balancer' } as const;
    expect(said({ proxy: { tls: true }, environment })).toEqual(['environments/production.tls.issuer']);
  });

  const gateway: Shop['environment'] = { edge: 'gateway', gateway: { className: 'traefik' } };
  const tls = { by: 'secret', secret: 'mine' } as const;

  test('is less at a Gateway, whose routes have time-outs', () => {
    expect(said({ proxy: null, routes: demanding, environment: gateway }).sort()).toEqual([
      'systems/shop.routes',
      'systems/shop.routes["/assets/"].immutable',
      'systems/shop.routes["/limited/"].rate',
      'systems/shop.routes["/upload/"].bodySize',
    ]);
    expect(said({ routes: demanding, environment: gateway })).toEqual([]);
  });

  test('is no redirect at a Gateway of ours, nor at one whose listener of port 80 is named', () => {
    expect(said({ environment: { ...gateway, tls } })).toEqual([]);
    const parent = { name: 'public', namespace: 'infra', sectionName: 'https' };
    expect(said({ environment: { ...gateway, tls, gateway: { parent } } })).toEqual(['environments/production.tls']);
    const redirected = { parent: { ...parent, redirectSectionName: 'http' } };
    expect(said({ environment: { ...gateway, tls, gateway: redirected } })).toEqual([]);
  });
});
