import type { ClaimPlan, Controller, Workload } from '../../lib/model/plan';
import { quotaOf } from '../../lib/model/quota';

const resources = { requests: { cpu: 1000, memory: 1024 }, limits: { cpu: 2000, memory: 2048 }, ephemeral: 512 };

function workload(controller: Controller, most: number, own: Partial<Workload['resources']> = {}): Workload {
  return {
    name: 'app',
    description: 'An app',
    component: 'web',
    controller,
    image: 'app:1',
    ports: [],
    replicas: { min: 1, max: most },
    resources: { ...resources, ...own },
    user: 10001,
    group: 10001,
    zone: undefined,
    apiServer: false,
  };
}

function claim(size: number): ClaimPlan {
  return {
    name: 'data-db-0',
    owner: 'db',
    component: 'database',
    size,
    storageClass: undefined,
    accessMode: 'ReadWriteOnce',
  };
}

describe('quotaOf', () => {
  test('counts a Deployment twice at its maximum, for pods that terminate count as well, and 10 % on top', () => {
    expect(quotaOf([workload('Deployment', 100)], [])).toMatchObject({
      pods: 220,
      requests: { cpu: 220_000, memory: 225_280 },
      limits: { cpu: 440_000, memory: 450_560 },
      ephemeral: 112_640,
    });
  });

  test.each<[Controller, number]>([
    ['Deployment', 220],
    ['StatefulSet', 110],
    ['Job', 220],
    ['CronJob', 220],
  ])('counts the pods of a %s', (controller, pods) => {
    expect(quotaOf([workload(controller, 100)], []).pods).toBe(pods);
  });

  test('adds workloads up', () => {
    const both = quotaOf([workload('Deployment', 100), workload('StatefulSet', 100)], []);
    expect(both).toMatchObject({ pods: 330, requests: { cpu: 330_000 }, limits: { memory: 675_840 } });
  });

  test("leaves room in a small system for four of cert-manager's solvers, or one pod that states nothing", () => {
    const small = { requests: { cpu: 10, memory: 16 }, limits: { cpu: 100, memory: 64 }, ephemeral: 32 };
    expect(quotaOf([workload('StatefulSet', 1, small)], [])).toEqual({
      pods: 1 + 4,
      requests: { cpu: 10 + 4 * 10, memory: 16 + 4 * 64 },
      limits: { cpu: 100 + 4 * 100, memory: 64 + 4 * 64 },
      ephemeral: 32 + 4 * 64,
      claims: 0,
      largest: { cpu: 250, memory: 256, ephemeral: 64 },
    });
  });

  test('gives a container that states no limits at least what the largest one requests', () => {
    const tall = { requests: { cpu: 300, memory: 4096 }, ephemeral: 100 };
    const wide = { requests: { cpu: 3000, memory: 128 }, ephemeral: 900 };
    expect(quotaOf([workload('Deployment', 1, tall), workload('Job', 1, wide)], []).largest).toEqual({
      cpu: 3000,
      memory: 4096,
      ephemeral: 900,
    });
  });

  test('counts claims twice, for those of removed stores and of higher tiers stay', () => {
    expect(quotaOf([], [claim(10_240), claim(1_024)])).toMatchObject({ claims: 5 });
  });

  test('rounds up to whole units', () => {
    const odd = { requests: { cpu: 333, memory: 333 }, limits: { cpu: 4441, memory: 4441 }, ephemeral: 3333 };
    const { requests, limits, ephemeral } = quotaOf([workload('Deployment', 3, odd)], []);
    for (const figure of [requests.cpu, requests.memory, limits.cpu, limits.memory, ephemeral]) {
      expect(Number.isInteger(figure)).toBe(true);
    }
  });
});
