/** `kubectl drain` of a node that holds stateless pods, and of one that holds the database. */
import { during } from '../incident';
import { settle } from '../settled';
import { expect, livePods, mustKubectl, type Stage, workloadOf } from '../stage';

/** Drains a node while it is used, and lets pods on it again. */
async function drain(stage: Stage, node: string, names: string[], mayFail: 'none' | 'stores'): Promise<void> {
  const deed = async (): Promise<void> => {
    await mustKubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'], 130);
    await settle(stage, 'the evicted pods run elsewhere');
  };
  await during(stage, `drain of a node with ${[...new Set(names)].sort().join(', ')}`, deed, { mayFail });
  await mustKubectl(['uncordon', node]);
}

/** Which workloads have pods on a node, now: a drain moves them. */
async function placed(stage: Stage): Promise<(node: string) => string[]> {
  const pods = await livePods(stage);
  return (node) => pods.filter(({ spec }) => spec.nodeName === node).map(workloadOf);
}

/** The node of the database; and another one where that has no web service on it whose users must not notice. */
export async function checkDrain(stage: Stage): Promise<void> {
  const { services, stores } = stage.manifests.plan;
  const drainable = stage.nodes.slice(1).map(({ name }) => name); // the edge is on the first
  const hasWeb = (names: string[]): boolean =>
    services.some(({ name, kind, replicas }) => kind === 'web' && replicas.min > 1 && names.includes(name));
  const isQuiet = (names: string[]): boolean => !stores.some(({ name }) => names.includes(name));
  const database = stores.find(({ kind }) => kind === 'postgres')?.name ?? '';
  const before = await placed(stage);
  const busy = drainable.find((node) => before(node).includes(database));
  if (busy === undefined) stage.say('  the database is beside the edge, whose node is never drained');
  else await drain(stage, busy, before(busy), 'stores');
  if (busy !== undefined && hasWeb(before(busy))) return;
  const after = await placed(stage);
  const quiet = drainable.find((node) => hasWeb(after(node)) && isQuiet(after(node)));
  expect(busy !== undefined || quiet !== undefined, 'There is no node to drain');
  if (quiet !== undefined) await drain(stage, quiet, after(quiet), 'none');
}
