import { App } from 'cdk8s';
import { ServicesChart } from '../../charts/services';
import type { Plan } from '../../lib/model';
import { serviceOf, shopPlan } from '../application/fixture';

function objects(plan: Plan): string[] {
  const manifests = new ServicesChart(new App(), plan).toJson() as { kind: string; metadata: { name: string } }[];
  return manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

/** The fixture's backend, many times over. */
function many(count: number): Plan {
  const plan = shopPlan();
  const backend = serviceOf(plan, 'backend');
  const services = Array.from({ length: count }, (_, index) => ({
    ...backend,
    name: `s${index}`,
    migration: undefined,
  }));
  return { ...plan, services };
}

/** How often the chart reads an element of the Plan's lists: a search in each service's turn would show here. */
function reads(plan: Plan): number {
  let count = 0;
  const counted = <T extends object>(list: T): T =>
    new Proxy(list, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) count += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  const { services, volumes, stores } = plan;
  const watched = { ...plan, services: counted(services), volumes: counted(volumes), stores: counted(stores) };
  new ServicesChart(new App(), watched);
  return count;
}

describe('40-services', () => {
  test('is called so, because its name is its file', () => {
    expect(new ServicesChart(new App(), shopPlan()).node.id).toBe('40-services');
  });

  test('has claims, settings, migrations and services in the order in which they are applied', () => {
    const order = objects(shopPlan());
    const place = (name: string) => order.indexOf(name);
    expect(order).toContain('PersistentVolumeClaim/media');
    expect(place('PersistentVolumeClaim/media')).toBeLessThan(place('ConfigMap/backend'));
    expect(place('ConfigMap/backend')).toBeLessThan(place('Job/backend-migrate'));
    expect(place('Job/backend-migrate')).toBeLessThan(place('Deployment/backend'));
  });

  test('has what each kind of service needs, and no more', () => {
    expect(objects(shopPlan())).toMatchInlineSnapshot(`
[
  "PersistentVolumeClaim/media",
  "ConfigMap/backend",
  "ServiceAccount/backend-migrate",
  "Job/backend-migrate",
  "ServiceAccount/backend",
  "Deployment/backend",
  "Service/backend",
  "HorizontalPodAutoscaler/backend",
  "PodDisruptionBudget/backend",
  "ServiceAccount/beat",
  "Deployment/beat",
  "ServiceAccount/cleanup",
  "CronJob/cleanup",
  "ServiceAccount/frontend",
  "Deployment/frontend",
  "Service/frontend",
  "HorizontalPodAutoscaler/frontend",
  "ServiceAccount/worker",
  "Deployment/worker",
  "HorizontalPodAutoscaler/worker",
  "PodDisruptionBudget/worker",
]
`);
  });

  test('at one replica each has no autoscaler and no budget', () => {
    const kinds = objects(shopPlan({ tier: 'low' })).map((name) => name.split('/')[0]);
    expect(kinds).not.toContain('HorizontalPodAutoscaler');
    expect(kinds).not.toContain('PodDisruptionBudget');
  });

  test('leaves the proxy to 50-edge', () => {
    const gate = {
      kind: 'web',
      description: 'nginx',
      image: 'nginx',
      ports: { http: 80 },
      proxy: { root: '/srv' },
    } as const;
    const plan = shopPlan({
      system: {
        images: { nginx: 'nginx:1.30.4' },
        services: { gate },
        stores: {},
        volumes: {},
        routes: [{ path: '/', to: 'gate' }],
      },
    });
    expect(objects(plan)).toEqual([]);
  });

  test('reads the Plan’s lists once, however many services there are', () => {
    expect(reads(many(1000)) - reads(many(100))).toBe(900);
  });
});
