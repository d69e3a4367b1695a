import type { RoutePlan } from '../../lib/model/plan';
import { tiers } from '../../lib/model/schema/primitives';
import { readPage } from '../docs/page';
import { environments } from '../simulation/systems';
import { greatest, startsWithElements, written } from './answer';
import { answerByGateway } from './http-route';
import { answerByIngress } from './ingress';
import { type Edge, edgePatch, edges, foreignGateway, planWith, rendered, withoutProxy } from './renderings';
import { differences, requests, staticRequests } from './requests';

type Ask = (path: string, host: string, port?: number) => string;

/** Asks the way in of a plan by the words of its standard. */
function asking(manifests: readonly unknown[], edge: Edge, usualPort: number): Ask {
  return (path, host, port = usualPort) =>
    edge === 'ingress'
      ? written(answerByIngress(manifests[0], { host, path }))
      : written(answerByGateway(manifests, { host, path, port }));
}

function portOf(environment: string): number {
  return environment === 'development' ? 80 : 443;
}

const cases = Object.entries(requests).flatMap(([system, tables]) =>
  environments.flatMap((environment) =>
    edges.map((edge) => {
      const answers = tables
        .filter((table) => table.environments.includes(environment))
        .flatMap((table) => table.answers);
      return [system, environment, edge, answers] as const;
    }),
  ),
);

describe('the route table of each system', () => {
  test.each(cases)('%s in %s by %s', (system, environment, edge, answers) => {
    for (const tier of tiers) {
      const plan = withoutProxy(
        planWith(system, environment, edgePatch(system, edge, environment !== 'development'), tier),
      );
      if (answers.length === 0) {
        expect(plan.edge.kind).toBe('none');
        continue;
      }
      const ask = asking(rendered(plan), edge, portOf(environment));
      for (const host of plan.edge.hosts) {
        expect(answers.map(([path]) => [path, ask(path, host)])).toEqual(answers);
      }
      expect(ask('/', 'stranger.example')).toBe('nobody');
    }
  });

  test.each(edges)('by %s leads everything to the proxy where there is one', (edge) => {
    for (const [system, proxy] of Object.entries({ 'django-react': 'proxy', microservices: 'gateway', lms: 'nginx' })) {
      const plan = planWith(system, 'production', edgePatch(system, edge));
      const ask = asking(rendered(plan), edge, 443);
      const [host = ''] = plan.edge.hosts;
      expect(['/', '/api/x', '/x/../y'].map((path) => ask(path, host))).toEqual([proxy, proxy, proxy]);
    }
  });
});

/** Of the routes that match a path, the longest: prefixes by whole elements. */
function routeOf(routes: readonly RoutePlan[], path: string): RoutePlan | undefined {
  const fitting = routes.filter((route) =>
    route.match === 'exact' ? route.path === path : startsWithElements(path, route.path),
  );
  return fitting.length ? greatest(fitting, (route) => route.path.length)[0] : undefined;
}

test.each(Object.entries(requests))('every route of %s is asked for', (system, tables) => {
  for (const environment of environments) {
    const plan = withoutProxy(planWith(system, environment, {}, 'high'));
    const { routes } = plan.edge;
    const asked = tables.filter((table) => table.environments.includes(environment)).flatMap(({ answers }) => answers);
    const reached = asked.map(([path]) => routeOf(routes, path.split('/..')[0] ?? path));
    const never = routes.filter((route) => !reached.some((each) => each?.path === route.path));
    expect([environment, never.map(({ path }) => path)]).toEqual([environment, []]);
  }
});

describe('the host of static files', () => {
  test.each(edges)('by %s has the paths of the network alone', (edge) => {
    for (const [system, answers] of Object.entries(staticRequests)) {
      const straight = withoutProxy(planWith(system, 'production', edgePatch(system, edge), 'high'));
      const ask = asking(rendered(straight), edge, 443);
      const host = straight.edge.cdn?.host ?? '';
      expect(answers.map(([path]) => [path, ask(path, host)])).toEqual(answers);
    }
  });

  test.each(edges)('by %s leads the same paths to the proxy', (edge) => {
    const plan = planWith('lms', 'production', edgePatch('lms', edge), 'high');
    const ask = asking(rendered(plan), edge, 443);
    const found = ['/static/a.css', '/', '/api/'].map((path) => ask(path, 'static.lms.example.com'));
    expect(found).toEqual(['nginx', 'nobody', 'nobody']);
  });
});

describe('what the standards force', () => {
  test.each(edges)('%s reads paths as they are sent', (edge) => {
    for (const [system, those] of Object.entries(differences)) {
      const plan = withoutProxy(planWith(system, 'production', edgePatch(system, edge)));
      const ask = asking(rendered(plan), edge, 443);
      const [host = ''] = plan.edge.hosts;
      expect(those.map(({ path }) => [path, ask(path, host)])).toEqual(
        those.map(({ path, standards }) => [path, standards]),
      );
    }
  });

  /** The rows about paths, which are read alike by both standards: the first cell, and what nginx makes of it. */
  function rowsAboutPaths(): (readonly [first: string, nginx: string])[] {
    const [, section = ''] = readPage('docs/edge.md').split('\n## What differs\n');
    const rows = section.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const alike = (cell = ''): boolean => ['read as sent', 'a path like any other'].includes(cell);
    return rows.flatMap(([, first = '', ingress, route, nginx = '']) =>
      alike(ingress) && ingress === route ? [[first, nginx] as const] : [],
    );
  }

  test.each(Object.values(differences).flat())('$why, and the page says so in its row', ({ row, nginx }) => {
    const found = rowsAboutPaths().filter(([first]) => first.startsWith(row));
    expect(found.map((cells) => cells[1] === '400')).toEqual([nginx === '400']);
  });

  test('the page names no path that is not asked for', () => {
    const asked = Object.values(differences).flat();
    const rows = rowsAboutPaths().map(([first]) => first);
    expect(rows.filter((first) => !asked.some(({ row }) => first.startsWith(row)))).toEqual([]);
    expect(rows.length).toBeGreaterThan(5);
  });

  test.each(['gateway', 'parent'] as const)('a %s redirects from port 80, which an Ingress has no word for', (edge) => {
    const plan = planWith('lms', 'production', edgePatch('lms', edge), 'high');
    const ask = asking(rendered(plan), edge, 80);
    expect(ask('/teacher/', 'lms.example.com')).toBe('301 https://lms.example.com/teacher/');
    expect(ask('/static/a', 'static.lms.example.com')).toBe('301 https://static.lms.example.com/static/a');
    expect(ask('/', 'stranger.example')).toBe('nobody');
    const plain = planWith('lms', 'development', edgePatch('lms', edge, false));
    expect(asking(rendered(plain), edge, 80)('/teacher/', plain.edge.hosts[0] ?? '')).toBe('nginx');
  });
});

test("routes attach to the Gateway that is named, and to no other of the same owner's", () => {
  const routes = rendered(withoutProxy(planWith('lms', 'production', edgePatch('lms', 'parent')))).slice(0, -1);
  const answered = (gateways: readonly unknown[]): string =>
    asking([...routes, ...gateways], 'parent', 443)('/api/files/7/content', 'lms.example.com');
  expect([[], [foreignGateway('internal')], [foreignGateway()]].map(answered)).toEqual([
    'nobody',
    'nobody',
    'backend-fastapi',
  ]);
});

test("a challenge of cert-manager comes in at a Gateway's port 80, beside the redirect", () => {
  const plan = planWith('lms', 'production', edgePatch('lms', 'gateway'), 'high');
  const path = '/.well-known/acme-challenge/token';
  const [host = ''] = plan.edge.hosts;
  // As cert-manager makes it for its solver's Service.
  const solver = {
    kind: 'HTTPRoute',
    metadata: { name: 'cm-acme-http-solver-x7k2p', namespace: plan.namespace },
    spec: {
      parentRefs: [{ name: 'edge', namespace: plan.namespace }],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'Exact', value: path } }],
          backendRefs: [{ name: 'cm-acme-http-solver-9k4w2', port: 8089 }],
        },
      ],
    },
  };
  const ask = asking([...rendered(plan), solver], 'gateway', 80);
  expect(ask(path, host)).toBe('cm-acme-http-solver-9k4w2');
  expect(ask('/.well-known/other', host)).toBe(`301 https://${host}/.well-known/other`);
});

test('an evaluator notices a table that is read wrongly', () => {
  const plan = withoutProxy(planWith('lms', 'production', edgePatch('lms', 'gateway')));
  const swapped = plan.edge.routes.map((route) => ({
    ...route,
    path: route.path.replace('/api/files/', '/api/file/'),
  }));
  const ask = asking(rendered({ ...plan, edge: { ...plan.edge, routes: swapped } }), 'gateway', 443);
  expect(ask('/api/files/7/content', 'lms.example.com')).toBe('backend-django');
});
