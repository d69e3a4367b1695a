import { App, Chart } from 'cdk8s';
import type { Plan } from '../../lib/model/plan';
import { configMaps, NginxProxy, nginxFiles } from '../../lib/proxy';
import { proxyOf, shopPlan } from './fixture';
import { proxied } from './many';

type Manifest = { kind: string; metadata: { name: string }; data?: Record<string, string>; spec: unknown };

function objects(plan: Plan): Manifest[] {
  const chart = new Chart(new App(), 'test');
  new NginxProxy(chart, 'proxy', { plan, service: proxyOf(plan) });
  return chart.toJson() as Manifest[];
}

describe('the configuration of the proxy', () => {
  const shop = shopPlan();
  const small = nginxFiles(proxyOf(shop), shop.namespace, shop.edge.hosts);

  test('is one ConfigMap as long as it fits', () => {
    expect(configMaps(small)).toEqual([small]);
  });

  test('of 1,000 services is several, each small enough, that hold every line once', () => {
    const plan = proxied(1000);
    const files = nginxFiles(proxyOf(plan), plan.namespace, plan.edge.hosts);
    const maps = objects(plan).filter(({ kind }) => kind === 'ConfigMap');
    expect(maps.map(({ metadata }) => metadata.name).slice(0, 3)).toEqual([
      'proxy-nginx',
      'proxy-nginx-2',
      'proxy-nginx-3',
    ]);
    for (const { data } of maps) expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(200_000);
    const pieces = Object.assign({}, ...maps.map(({ data }) => data)) as Record<string, string>;
    expect(Object.keys(pieces)).toHaveLength(maps.flatMap(({ data = {} }) => Object.keys(data)).length);
    for (const [name, text] of Object.entries(files)) {
      const own = Object.keys(pieces).filter((key) => key === name || key.startsWith(`${name}.`));
      expect(
        own
          .sort()
          .map((key) => pieces[key])
          .join(''),
      ).toBe(text);
    }
    const deployment = objects(plan).find(({ kind }) => kind === 'Deployment');
    const spec = deployment?.spec as
      | { template: { spec: { volumes: unknown[]; initContainers?: unknown } } }
      | undefined;
    const { volumes = [], initContainers } = spec?.template.spec ?? {};
    expect(volumes[0]).toEqual({
      name: 'config',
      projected: { sources: maps.map(({ metadata }) => ({ configMap: { name: metadata.name } })) },
    });
    // A thousand waits, one after the other, would outlast whatever they wait for.
    expect(initContainers).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(deployment))).toBeLessThan(200_000);
  });
});
