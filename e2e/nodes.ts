/** How many nodes a system needs, each as large as this machine. */
import { cpus, totalmem } from 'node:os';
import type { Capacity, Plan } from '../lib/model/plan';

/** Room for what the cluster itself runs in pods: DNS, the metrics server, the edge. Nothing of it runs on every node. */
const CLUSTER: Capacity = { cpu: 300, memory: 512 };

/** What a kubelet keeps for itself, of memory: it evicts below that (`cluster/node.ts`). */
const KEPT = 100;

function machine(): Capacity {
  return { cpu: cpus().length * 1000, memory: Math.floor(totalmem() / 1024 ** 2) - KEPT };
}

/**
 * Requests of the plain figure and of one more pod of every workload while it rolls, and one node more, which leaves
 * room for a drained one's pods. Small pods may leave no node with room for the largest one: it is counted once more.
 */
export function nodesFor({ workloads }: Pick<Plan, 'workloads'>, node = machine()): number {
  const lasting = workloads.filter(({ controller }) => controller === 'Deployment' || controller === 'StatefulSet');
  const nodesBy = (amount: keyof Capacity): number => {
    const needed = lasting
      .map(({ controller, replicas, resources }) => {
        const rolling = controller === 'Deployment' ? 1 : 0;
        return (replicas.min + rolling) * resources.requests[amount];
      })
      .reduce((sum, each) => sum + each, CLUSTER[amount]);
    const largest = Math.max(0, ...lasting.map(({ resources }) => resources.requests[amount]));
    return Math.ceil((needed + largest) / node[amount]);
  };
  return Math.max(2, nodesBy('cpu'), nodesBy('memory')) + 1;
}
