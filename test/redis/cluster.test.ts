import { App, Chart } from 'cdk8s';
import { tiers } from '../../lib/model';
import type { Plan, Tier } from '../../lib/model/plan';
import { Network } from '../../lib/network';
import { dataObjects, type Manifest, mainContainer, object, shopPlan } from '../postgres/fixture';

const system = {
  services: { backend: { arrows: { cache: { clusterAware: true } } } },
  stores: { cache: { engine: 'redis-cluster', replicas: { low: 1, medium: 2, high: 3 } } },
};

function planAt(tier: Tier): Plan {
  return shopPlan({ tier, mode: 'production' }, {}, system);
}

describe('a Redis Cluster', () => {
  const plan = planAt('medium');
  const objects = dataObjects(plan);
  const set = object(objects, 'StatefulSet', 'cache');
  const container = mainContainer(set);
  const variable = (wanted: string): string => container.env.find(({ name }: Manifest) => name === wanted).value;

  test('has three primaries and their copies in one StatefulSet, whose pods a tier does not change', () => {
    const pods = tiers.map((tier) => object(dataObjects(planAt(tier)), 'StatefulSet', 'cache').spec.replicas);
    expect(pods).toEqual([3, 6, 9]);
    expect(object(dataObjects(planAt('low')), 'StatefulSet', 'cache').spec.template).toEqual(set.spec.template);
    expect(variable('SHARDS')).toBe('3');
    expect(variable('MEMBERS').split(' ')).toHaveLength(9);
    expect(plan.stores.find(({ name }) => name === 'cache')?.claims).toHaveLength(6);
  });

  test('lets members find each other before they are ready, and starts them together', () => {
    expect(set.spec.podManagementPolicy).toBe('Parallel');
    expect(object(objects, 'Service', 'cache-pods').spec.publishNotReadyAddresses).toBe(true);
    expect(container.readinessProbe.exec.command).toEqual(['/bin/sh', '/etc/redis/ready.sh']);
  });

  test('hands over before it stops, with time to save after it', () => {
    expect(container.lifecycle.preStop.exec.command).toEqual(['/bin/sh', '/etc/redis/stop.sh']);
    expect(set.spec.template.spec.terminationGracePeriodSeconds).toBe(60);
    expect(object(objects, 'PodDisruptionBudget', 'cache').spec.maxUnavailable).toBe(1);
  });

  test('is reached at any member, and no member is a Service of its own', () => {
    expect(object(objects, 'Service', 'cache').spec.selector).toEqual(set.spec.selector.matchLabels);
    expect(objects.some(({ kind, metadata }: Manifest) => kind === 'Service' && metadata.name === 'cache-ro')).toBe(
      false,
    );
  });

  test('sends clients to names, and keeps what it knows of the others on its volume', () => {
    const text = object(objects, 'ConfigMap', 'cache-config').data['redis.conf'];
    for (const line of ['cluster-enabled yes', 'cluster-config-file /data/nodes.conf', 'cluster-port 16379'])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(/^cluster-preferred-endpoint-type hostname$/m);
  });

  test('opens its bus among its members alone', () => {
    const chart = new Chart(new App(), 'test');
    new Network(chart, 'network', { plan });
    const open = (chart.toJson() as Manifest[]).flatMap(({ metadata, spec }) =>
      ['ingress', 'egress'].flatMap((way) =>
        (spec[way] ?? [])
          .filter(({ ports }: Manifest) => ports?.some(({ port }: Manifest) => port === 16379))
          .flatMap((rule: Manifest) =>
            (rule.from ?? rule.to).map((peer: Manifest) => [
              metadata.name,
              way,
              peer.podSelector.matchLabels['app.kubernetes.io/name'],
            ]),
          ),
      ),
    );
    expect(open).toEqual([
      ['cache', 'ingress', 'cache'],
      ['cache', 'egress', 'cache'],
    ]);
  });
});
