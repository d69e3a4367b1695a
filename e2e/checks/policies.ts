/** Every pair of pods and every port, tried from inside the pods, and compared with the simulation of the policies. */
import { join } from 'node:path';
import { Simulation } from '../../test/simulation';
import { must } from '../../verify/kit/command';
import { API_PORT, controlPlane, KUBELET_PORT } from '../cluster/layout';
import { ctr } from '../cluster/node';
import { until } from '../cluster/until';
import { type IdlePod, idlePods, startIdle, stopIdle } from '../idle';
import { OBJECT_STORAGE, webhookPort } from '../outside/names';
import { type Answer, demandsOf, everyWish, type Found, faultOf, type Place, type Wish } from '../reach';
import { expect, isReady, keptPods, type Pod, podsPath, type Stage, workloadOf } from '../stage';
import { together } from '../together';

const PROBE = join(__dirname, 'probe.mjs');
const PATIENCE_SECONDS = 180;

/** A place that a connection can be opened from. */
interface Inside extends Place {
  /** One of its containers. */
  readonly container: string;
}

function placeOf(stage: Stage, pod: Pod, idle: readonly IdlePod[]): Inside {
  const { name, namespace, labels = {} } = pod.metadata;
  const ports = pod.spec.containers.flatMap(({ ports: own = [] }) =>
    own.map((port) => ({ ...port, protocol: port.protocol ?? ('TCP' as const) })),
  );
  const address = pod.status.podIP ?? '';
  const ours = namespace === stage.namespace;
  return {
    title: ours ? workloadOf(pod) || name : `${namespace}/${name}`,
    ours,
    idle: idle.some((it) => it.name === name),
    end: { kind: 'pod', namespace, name, labels, ports, ip: address },
    address,
    ports: ports.flatMap(({ protocol, containerPort }) => (protocol === 'TCP' ? [containerPort] : [])),
    container: pod.status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '',
  };
}

/** What the system keeps, those that stand in for what has ended, and everybody else. */
async function running(stage: Stage, idle: readonly IdlePod[]): Promise<Inside[]> {
  const namespaces = [stage.namespace, 'default', 'kube-system', 'ingress'];
  const [own = [], ...others] = await Promise.all(namespaces.map((name) => stage.api.list<Pod>(podsPath(name))));
  const kept = await keptPods(stage);
  const standIns = own.filter(({ metadata }) => idle.some(({ name }) => name === metadata.name));
  const pods = [...kept, ...standIns, ...others.flat()];
  const missing = idle.filter(({ name }) => !pods.some(({ metadata }) => metadata.name === name));
  expect(missing.length === 0, `There is no ${missing.map(({ name }) => name).join(', ')}`);
  const unready = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name);
  expect(unready.length === 0, `Not Ready: ${unready.join(', ')}`);
  return pods.map((pod) => placeOf(stage, pod, idle));
}

/** What lies on the nodes themselves: the kubelets, and beside the first one everything that is outside of the cluster. */
function outside({ nodes }: Stage): Place[] {
  const served = [API_PORT, OBJECT_STORAGE.port, webhookPort];
  return nodes.map(({ name, address }) => ({
    title: name,
    ours: false,
    idle: false,
    end: { kind: 'address', ip: address },
    address,
    ports: [KUBELET_PORT, ...(address === controlPlane.address ? served : [])],
  }));
}

/** The process of each container. */
async function processes({ nodes }: Stage): Promise<Map<string, string>> {
  const lists = await Promise.all(nodes.map((node) => ctr(node, ['tasks', 'list'])));
  const lines = lists.flatMap(({ stdout }) => stdout.split('\n').slice(1));
  return new Map(lines.map((line) => line.split(/\s+/)).map(([id = '', pid = '']) => [id, pid]));
}

async function probe(pid: string, wishes: readonly Wish[], silence: number): Promise<Answer[]> {
  const targets = wishes.map(({ to, port, protocol }) => ({ address: to.address, port, protocol }));
  const said = await must('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, PROBE, String(silence)], {
    input: JSON.stringify(targets),
  });
  return JSON.parse(said) as Answer[];
}

/** Pods that try at the same time: most of the time is spent waiting for silence. */
const AT_ONCE = 8;
/** Milliseconds after which no answer means closed. */
const SILENCE = { first: 1000, again: 10_000 } as const;

/** Tries connections, each from inside its pod. */
async function tryAll(stage: Stage, wishes: readonly Wish<Inside>[], silence: number): Promise<Found<Inside>[]> {
  const pids = await processes(stage);
  const left = [...new Set(wishes.map(({ from }) => from))];
  const found: Found<Inside>[] = [];
  const work = async (): Promise<void> => {
    for (let from = left.pop(); from !== undefined; from = left.pop()) {
      const own = wishes.filter((wish) => wish.from === from);
      const pid = pids.get(from.container);
      expect(pid !== undefined, `${from.title} has no process`);
      const answers = await probe(pid, own, silence);
      found.push(...own.map((wish, index) => ({ ...wish, answer: answers[index] ?? 'untried' })));
    }
  };
  await together(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function compare(stage: Stage, inside: readonly Inside[]): Promise<void> {
  const { plan, objects } = stage.manifests;
  const around = outside(stage);
  const demands = demandsOf(plan, [...inside, ...around]);
  expect(demands.untried.length === 0, `Drawn, and nobody is there to try it: ${demands.untried.join(', ')}`);
  const simulation = new Simulation(objects);
  const fault = (it: Found): string | undefined =>
    faultOf(it, simulation.allows({ ...it, from: it.from.end, to: it.to.end }), demands);
  const wishes = everyWish(inside, around, plan);
  const first = await tryAll(stage, wishes, SILENCE.first);
  // Once more: a busy machine is late with an answer, while a policy never gives one; and rules may just have been loaded.
  const doubtful = new Set(first.filter(fault));
  const again = await tryAll(stage, [...doubtful], SILENCE.again);
  const found = [...first.filter((it) => !doubtful.has(it)), ...again];
  const wrong = again.flatMap((it) => fault(it) ?? []);
  expect(stage.enforcer.errors.length === 0, `nft refused rules: ${stage.enforcer.errors[0]}`);
  expect(wrong.length === 0, `${wrong.slice(0, 10).join('; ')} (${wrong.length} in all)`);
  const open = found.filter(({ answer }) => answer !== 'silent').length;
  expect(open > 0 && open < found.length, 'Nothing was tried');
  const arrows = `each of the ${plan.arrows.length} arrows connects`;
  const text = `${found.length} connections tried from inside ${inside.length} pods: ${open} open, ${found.length - open} closed, each as the simulation says; ${arrows}`;
  stage.say(`  ${text}${again.length > 0 ? ` (${again.length} tried twice)` : ''}`);
  stage.facts.set('Network policies', text);
}

async function tryOut(stage: Stage, idle: readonly IdlePod[]): Promise<void> {
  await startIdle(stage, idle);
  const inside = await until('the idle pods run', PATIENCE_SECONDS, () => running(stage, idle));
  const addresses = inside.map(({ address }) => address);
  await until('the rules know every pod', PATIENCE_SECONDS, async () => stage.enforcer.knows(addresses), 50);
  await compare(stage, inside);
}

export async function checkPolicies(stage: Stage): Promise<void> {
  const idle = idlePods(stage);
  try {
    await tryOut(stage, idle);
  } catch (cause) {
    // What went wrong first is what is told.
    await stopIdle(stage, idle).catch(() => undefined);
    throw cause;
  }
  await stopIdle(stage, idle);
}
