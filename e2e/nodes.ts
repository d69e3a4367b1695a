/** How many nodes a system needs, each with this machine's cores. */
import { cpus } from 'node:os';
import type { Plan } from '../lib/model/plan';

/** Room for what the cluster itself runs, millicores. */
const CLUSTER = 300;

/**
 * Requests of the plain figure and of one more pod of every workload while it rolls, and one node more, so that a drained
 * one's pods find a place.
 */
export function nodesFor(plan: Plan): number {
  const needed = plan.workloads
    .filter(({ controller }) => controller === 'Deployment' || controller === 'StatefulSet')
    .map(({ controller, replicas, resources }) => {
      const rolling = controller === 'Deployment' ? 1 : 0;
      return (replicas.min + rolling) * resources.requests.cpu;
    })
    .reduce((sum, cpu) => sum + cpu, CLUSTER);
  return Math.max(2, Math.ceil(needed / (cpus().length * 1000))) + 1;
}
