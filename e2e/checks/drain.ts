/** `kubectl drain` of a node that holds stateless pods, and of one that holds the database. */
import { until } from '../cluster/until';
import { during } from '../incident';
import { expect, livePods, mustKubectl, type Stage, unsettled, workloadOf } from '../stage';

const SECONDS = 240;

/** Drains a node while it is used, and lets pods on it again. */
async function drain(stage: Stage, node: string, names: string[], mayFail: 'none' | 'stores'): Promise<void> {
  const deed = async (): Promise<void> => {
    await mustKubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'], 130);
    await until('the evicted pods run elsewhere', SECONDS, async () => (await unsettled(stage)).length === 0, 500);
  };
  await during(stage, `drain of a node with ${[...new Set(names)].sort().join(', ')}`, deed, { mayFail });
  await mustKubectl(['uncordon', node]);
}

/** The node of the database; and another one where that has no web service on it whose users must not notice. */
export async function checkDrain(stage: Stage): Promise<void> {
  const { services, stores } = stage.manifests.plan;
  const drainable = stage.nodes.slice(1).map(({ name }) => name); // the edge is on the first
  const pods = await livePods(stage);
  const on = (node: string): string[] => pods.filter(({ spec }) => spec.nodeName === node).map(workloadOf);
  const hasWeb = (node: string): boolean =>
    services.some(({ name, kind, replicas }) => kind === 'web' && replicas.min > 1 && on(node).includes(name));
  const isQuiet = (node: string): boolean => !stores.some(({ name }) => on(node).includes(name));
  const database = stores.find(({ kind }) => kind === 'postgres')?.name ?? '';
  const busy = drainable.find((node) => on(node).includes(database));
  if (busy !== undefined) await drain(stage, busy, on(busy), 'stores');
  else stage.say('  the database is beside the edge, whose node is never drained');
  if (busy !== undefined && hasWeb(busy)) return;
  const quiet = drainable.find((node) => hasWeb(node) && isQuiet(node));
  expect(busy !== undefined || quiet !== undefined, 'There is no node to drain');
  if (quiet !== undefined) await drain(stage, quiet, on(quiet), 'none');
}
