import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../cluster/client';
import type { Cluster } from '../cluster/cluster';
import { at } from '../manifests/objects';
import type { Verdict } from '../report';

const DRAIN_SECONDS = 90;

/** Drains one node of each zone, one after the other: each ends, and no budget is ever broken. */
export async function drainNodes(cluster: Cluster): Promise<Verdict> {
  const problems: string[] = [];
  const seen = { budgets: 0 };
  for (const node of ['node-0', 'node-1', 'node-2']) {
    const watching = { active: true };
    const broken = watchBudgets(cluster.client, watching, seen);
    const drain = ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${DRAIN_SECONDS}s`];
    const { status, stderr } = await cluster.kubectl(drain, { timeoutSeconds: DRAIN_SECONDS + 30 });
    if (status !== 0) problems.push(`${node} cannot be drained: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
    watching.active = false;
    problems.push(...(await broken));
    await cluster.kubectl(['uncordon', node]);
  }
  return { subject: 'a drain of a node in each zone', checked: seen.budgets, problems };
}

/** Budgets that had fewer healthy pods than they promise at any moment while the drain went on. */
async function watchBudgets(
  client: ApiClient,
  watching: { active: boolean },
  seen: { budgets: number },
): Promise<string[]> {
  const broken = new Set<string>();
  while (watching.active) {
    const budgets = await client.list('/apis/policy/v1/poddisruptionbudgets');
    seen.budgets = Math.max(seen.budgets, budgets.length);
    for (const budget of budgets) {
      const healthy = Number(at(budget, 'status', 'currentHealthy') ?? 0);
      const desired = Number(at(budget, 'status', 'desiredHealthy') ?? 0);
      const { namespace, name } = budget.metadata;
      if (healthy < desired) broken.add(`budget ${namespace}/${name}: ${healthy} healthy pods, ${desired} promised`);
    }
    await sleep(200);
  }
  return [...broken];
}
