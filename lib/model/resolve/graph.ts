import { alg, Graph } from '@dagrejs/graphlib';
import type { Context } from './context';

/** For each workload the number of its cycle: two with the same number reach each other. */
export function cycles(context: Context): ReadonlyMap<string, number> {
  const graph = new Graph();
  for (const [name, service] of context.services) {
    graph.setNode(name);
    for (const target of Object.keys(service.arrows)) if (context.services.has(target)) graph.setEdge(name, target);
  }
  return new Map(alg.tarjan(graph).flatMap((members, index) => members.map((name) => [name, index] as const)));
}
