import { nodesFor } from '../../e2e/nodes';
import type { Plan } from '../../lib/model/plan';

type Workload = Plan['workloads'][number];

function workload(controller: Workload['controller'], pods: number, cpu: number, memory: number): Workload {
  const resources = { requests: { cpu, memory }, limits: { cpu, memory }, ephemeral: 0 };
  return { name: controller, controller, replicas: { min: pods, max: pods }, resources } as Workload;
}

const node = { cpu: 2000, memory: 4096 };

test.each<[string, readonly Workload[], number]>([
  ['two nodes at least, and one to drain', [], 3],
  ['what CPU needs', [workload('StatefulSet', 5, 1000, 64)], 5],
  ['what memory needs, where that is more', [workload('StatefulSet', 5, 100, 1500)], 4],
  ['one pod more of what rolls', [workload('Deployment', 1, 1500, 64)], 4],
  ['no more of what does not', [workload('StatefulSet', 1, 1500, 64)], 3],
  ['nothing for what ends', [workload('Job', 1, 50_000, 64), workload('CronJob', 1, 50_000, 64)], 3],
])('As many nodes as there must be: %s', (_, workloads, count) => {
  expect(nodesFor({ workloads }, node)).toBe(count);
});

test('A machine with more of it needs fewer of them', () => {
  const workloads = [workload('Deployment', 3, 2000, 2048)];
  expect(nodesFor({ workloads }, node)).toBe(7);
  expect(nodesFor({ workloads }, { cpu: 16_000, memory: 65_536 })).toBe(3);
});
