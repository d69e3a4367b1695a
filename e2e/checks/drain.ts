/** `kubectl drain` of a node whose users must not notice, and of the one that holds the database. */
import type { Plan } from '../../lib/model/plan';
import { controlPlane } from '../cluster/layout';
import { until } from '../cluster/until';
import { during } from '../incident';
import { settle } from '../settled';
import { doesNotApply, expect, isReady, livePods, mustKubectl, podsPath, type Stage, workloadOf } from '../stage';

/** Longer than any pod may take to end: Prometheus has five minutes. */
const PATIENCE_SECONDS = 360;

/** `quiet`: no store goes with it, so nothing may fail; `busy`: the database does. */
export type Kind = 'quiet' | 'busy';

/** Which workloads have pods on a node; a drain moves them. */
export interface Placement {
  readonly node: string;
  readonly pods: readonly string[];
}

/** What matters of a workload when its node is drained, by name. */
export interface Roles {
  /** Web services with more than one pod: one of them may go. */
  readonly web: readonly string[];
  readonly stores: readonly string[];
  readonly database: string | undefined;
  /** Who still has to see that the database, which was lost before, is back: theirs is the last drain. */
  readonly watchers: readonly string[];
  /** Its node is never drained: the edge is there. */
  readonly edge: string;
}

export interface Removal extends Placement {
  readonly kind: Kind;
}

export function rolesOf({ services, stores, monitors }: Plan): Roles {
  const { prometheus, alertmanager } = monitors?.servers ?? {};
  return {
    web: services.flatMap(({ name, kind, replicas }) => (kind === 'web' && replicas.min > 1 ? [name] : [])),
    stores: stores.map(({ name }) => name),
    database: stores.find(({ kind }) => kind === 'postgres')?.name,
    watchers: [prometheus, alertmanager].flatMap((server) => server?.workload.name ?? []),
    edge: controlPlane.name,
  };
}

/** Which kinds a system must stand. */
export function kindsOf({ web, database }: Roles): Kind[] {
  return [...(web.length > 0 ? (['quiet'] as const) : []), ...(database === undefined ? [] : (['busy'] as const))];
}

/** The next removal, of the kinds that are open; undefined where no node is fit for any. */
export function nextRemoval(
  placements: readonly Placement[],
  roles: Roles,
  open: readonly Kind[],
): Removal | undefined {
  const holds = ({ pods }: Placement, names: readonly string[]): boolean => names.some((name) => pods.includes(name));
  const isFit: Readonly<Record<Kind, (place: Placement) => boolean>> = {
    quiet: (place) => place.node !== roles.edge && holds(place, roles.web) && !holds(place, roles.stores),
    busy: ({ pods }) => roles.database !== undefined && pods.includes(roles.database),
  };
  const fit = open.flatMap((kind) => placements.filter(isFit[kind]).map((place) => ({ ...place, kind })));
  return fit.find((place) => !holds(place, roles.watchers)) ?? fit[0];
}

/** Does it while the node takes no pods. */
async function closed(node: string, deed: () => Promise<void>): Promise<void> {
  await mustKubectl(['cordon', node]);
  try {
    await deed();
  } finally {
    await mustKubectl(['uncordon', node]);
  }
}

async function drain(stage: Stage, { node, pods, kind }: Removal): Promise<void> {
  const options = ['--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${PATIENCE_SECONDS}s`];
  const deed = async (): Promise<void> => {
    await mustKubectl(['drain', node, ...options], PATIENCE_SECONDS + 10);
    await settle(stage, 'the evicted pods run elsewhere');
  };
  const what = `drain of a node with ${[...new Set(pods)].sort().join(', ')}`;
  await closed(node, async () => {
    await during(stage, what, deed, { mayFail: kind === 'quiet' ? 'none' : 'stores' });
  });
}

/** What a drain would do to the database, and to nothing else. */
async function moveAway(stage: Stage, node: string, database: string): Promise<void> {
  const find = async () => (await livePods(stage)).find((pod) => workloadOf(pod) === database);
  const deed = async (): Promise<void> => {
    const before = await find();
    expect(before !== undefined, `There is no pod of ${database}`);
    await stage.api.delete(`${podsPath(stage.namespace)}/${before.metadata.name}`);
    await until(`${database} runs elsewhere`, PATIENCE_SECONDS, async () => {
      const now = await find();
      return now !== undefined && now.spec.nodeName !== node && isReady(now);
    });
    await settle(stage, 'whoever uses it works again');
  };
  const what = `move of ${database} away from the edge's node, which cannot be drained`;
  await closed(node, async () => {
    await during(stage, what, deed, { mayFail: 'stores' });
  });
}

async function placements(stage: Stage): Promise<Placement[]> {
  const pods = await livePods(stage);
  return stage.nodes.map(({ name: node }) => ({
    node,
    pods: pods.filter(({ spec }) => spec.nodeName === node).map(workloadOf),
  }));
}

export async function checkDrain(stage: Stage): Promise<void> {
  const roles = rolesOf(stage.manifests.plan);
  let open: readonly Kind[] = kindsOf(roles);
  if (open.length === 0) doesNotApply('no web service has a second pod, and there is no database');
  while (open.length > 0) {
    const next = nextRemoval(await placements(stage), roles, open);
    expect(next !== undefined, `No node is fit for a ${open.join(' or a ')} drain`);
    if (next.node === roles.edge) await moveAway(stage, next.node, roles.database ?? '');
    else await drain(stage, next);
    open = open.filter((kind) => kind !== next.kind);
  }
}
