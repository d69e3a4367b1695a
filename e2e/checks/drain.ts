/** `kubectl drain` of a node that holds stateless pods, and of one that holds the database. */
import { until } from '../cluster/until';
import { during } from '../incident';
import { livePods, mustKubectl, type Stage, unsettled, workloadOf } from '../stage';

const SECONDS = 240;

async function drain(stage: Stage, node: string): Promise<void> {
  await mustKubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'], 130);
  await until('the evicted pods run elsewhere', SECONDS, async () => (await unsettled(stage)).length === 0, 500);
}

/** What there is one of, or whose pods share a node: its users notice. */
function alone(stage: Stage): Set<string> {
  const { services, stores } = stage.manifests.plan;
  const shared = services.filter(({ sameNodeAs, replicas }) => sameNodeAs.length > 0 || replicas.min < 2);
  return new Set([...stores, ...shared].map(({ name }) => name));
}

export async function checkDrain(stage: Stage): Promise<void> {
  const single = alone(stage);
  const drainable = stage.nodes.slice(1).map(({ name }) => name); // the edge is on the first
  const pods = await livePods(stage);
  const on = (node: string): string[] => pods.filter(({ spec }) => spec.nodeName === node).map(workloadOf);
  const isWeb = (name: string): boolean =>
    stage.manifests.plan.services.some((it) => it.name === name && it.kind === 'web');
  const quiet = drainable.find(
    (node) => on(node).some(isWeb) && !on(node).some((name) => single.has(name) && name !== 'celery-beat'),
  );
  const database = stage.manifests.plan.stores.find(({ kind }) => kind === 'postgres')?.name ?? '';
  const busy = drainable.find((node) => on(node).includes(database));
  for (const [node, mayFail] of [
    [quiet, false],
    [busy, true],
  ] as const) {
    if (node === undefined) {
      stage.say(`  no node to drain: ${mayFail ? 'the database is beside the edge' : 'a store is on each'}`);
      continue;
    }
    const what = `drain of a node with ${[...new Set(on(node))].sort().join(', ')}`;
    await during(stage, what, () => drain(stage, node), { mayFail });
    await mustKubectl(['uncordon', node]);
  }
}
