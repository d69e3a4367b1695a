/** Every pair of pods and every port, tried from inside the pods, and compared with the simulation of the policies. */
import { join } from 'node:path';
import { type Pod as SimulatedPod, Simulation } from '../../test/simulation';
import { must } from '../../verify/kit/command';
import { at, type KubernetesObject } from '../../verify/manifests/objects';
import { ctr } from '../cluster/node';
import { until } from '../cluster/until';
import { expect, isReady, keptPods, livePods, mustKubectl, type Pod, podsPath, type Stage, workloadOf } from '../stage';

const PROBE = join(__dirname, 'probe.mjs');
const EXTRA_PORTS = [22, 80, 443];

interface Running {
  readonly pod: Pod;
  readonly end: SimulatedPod;
  readonly title: string;
}

/** A pod that does nothing: in the place of a Job that has ended, or of one that nobody knows. */
function idlePod(name: string, namespace: string, labels: Readonly<Record<string, string>>, image: string): unknown {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const resources = { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '50m', memory: '32Mi' } };
  const container = { name: 'idle', image, command: ['/bin/sleep', '3600'], securityContext, resources };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `idle-${name}`, namespace, labels },
    spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

function templateLabels(object: KubernetesObject): Record<string, string> | undefined {
  const labels =
    at(object, 'spec', 'template', 'metadata', 'labels') ??
    at(object, 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels');
  return labels as Record<string, string> | undefined;
}

async function startIdle(stage: Stage): Promise<void> {
  const { plan, objects } = stage.manifests;
  const jobs = new Map<string, Record<string, string>>();
  for (const object of objects.filter(({ kind }) => kind === 'Job' || kind === 'CronJob')) {
    const labels = templateLabels(object);
    if (labels) jobs.set(labels['app.kubernetes.io/name'] ?? object.metadata.name, labels);
  }
  const { helper } = plan.images;
  const pods = [
    ...[...jobs].map(([name, labels]) => idlePod(name, stage.namespace, labels, helper)),
    idlePod('unknown', stage.namespace, { app: 'unknown' }, helper),
    idlePod('stranger', 'default', { app: 'stranger' }, helper),
  ];
  for (const pod of pods) await stage.api.post(podsPath(String(at(pod, 'metadata', 'namespace'))), pod);
}

async function running(stage: Stage): Promise<Running[]> {
  const others = await Promise.all(
    ['default', 'kube-system', 'ingress'].map((name) => stage.api.list<Pod>(podsPath(name))),
  );
  // A Job's pod is gone before the end: an idle one with its labels stands in for it.
  const idle = (await livePods(stage)).filter(({ metadata }) => metadata.name.startsWith('idle-'));
  const own = [...(await keptPods(stage)), ...idle];
  const pods = [...own, ...others.flat()];
  expect(pods.every(isReady), 'A pod is not Ready');
  return pods.map((pod): Running => {
    const { name, namespace, labels = {} } = pod.metadata;
    const ports = pod.spec.containers.flatMap(({ ports: own = [] }) =>
      own.map((port) => ({ ...port, protocol: port.protocol ?? ('TCP' as const) })),
    );
    const ip = pod.status.podIP ?? '';
    return { pod, title: workloadOf(pod) || name, end: { kind: 'pod', namespace, name, labels, ports, ip } };
  });
}

/** The process that holds a pod's network namespace. */
async function sandboxPids(stage: Stage): Promise<Map<string, string>> {
  const pids = new Map<string, string>();
  for (const node of stage.nodes) {
    const { stdout } = await ctr(node, ['tasks', 'list']);
    for (const line of stdout.split('\n').slice(1)) {
      const [id, pid] = line.split(/\s+/);
      if (id && pid) pids.set(id, pid);
    }
  }
  return pids;
}

interface Answer {
  readonly address: string;
  readonly port: number;
  readonly open: boolean;
}

async function probe(pid: string, targets: readonly Omit<Answer, 'open'>[], silence: number): Promise<Answer[]> {
  const said = await must('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, PROBE, String(silence)], {
    input: JSON.stringify(targets),
  });
  return JSON.parse(said) as Answer[];
}

function pidOf(pod: Pod, pids: ReadonlyMap<string, string>): string {
  const [status] = pod.status.containerStatuses ?? [];
  const pid = pids.get(status?.containerID?.replace('containerd://', '') ?? '');
  if (pid === undefined) throw new Error(`${pod.metadata.name} has no process`);
  return pid;
}

export async function checkPolicies(stage: Stage): Promise<void> {
  await startIdle(stage);
  try {
    const all = await until('the idle pods run', 60, () => running(stage));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await compare(stage, all);
  } finally {
    const command = ['delete', 'pod', '--grace-period=0', '--force', '--ignore-not-found'];
    const idle = (await livePods(stage)).filter(({ metadata }) => metadata.name.startsWith('idle-'));
    await mustKubectl([...command, '-n', stage.namespace, ...idle.map(({ metadata }) => metadata.name)]);
    await mustKubectl([...command, '-n', 'default', 'idle-stranger']);
  }
}

/** What one pod found: each connection, and whether it was open. */
interface Found {
  readonly from: Running;
  readonly to: Running;
  readonly port: number;
  readonly open: boolean;
}

/** Pods that try at the same time: most of the time is spent waiting for silence. */
const AT_ONCE = 8;
/** Milliseconds after which no answer means closed. */
const SILENCE = { first: 1000, again: 10_000 } as const;

type Wish = Omit<Found, 'open'>;

/** Tries connections, each from inside its pod. */
async function tryAll(stage: Stage, wishes: readonly Wish[], silence: number): Promise<Found[]> {
  const pids = await sandboxPids(stage);
  const left = [...new Set(wishes.map(({ from }) => from))];
  const found: Found[] = [];
  const work = async (): Promise<void> => {
    for (let from = left.pop(); from !== undefined; from = left.pop()) {
      const own = wishes.filter((wish) => wish.from === from);
      const targets = own.map(({ to, port }) => ({ address: to.end.ip ?? '', port }));
      const answers = await probe(pidOf(from.pod, pids), targets, silence);
      found.push(...own.map((wish, index) => ({ ...wish, open: answers[index]?.open ?? false })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

function everyWish(stage: Stage, all: readonly Running[]): Wish[] {
  const listening = all.flatMap(({ end }) =>
    end.ports.filter(({ protocol }) => protocol === 'TCP').map(({ containerPort }) => containerPort),
  );
  const ports = [...new Set([...listening, ...EXTRA_PORTS])].sort((a, b) => a - b);
  return all.flatMap((from) =>
    all
      .filter((to) => to !== from && (isOurs(stage, from) || isOurs(stage, to)))
      .flatMap((to) => ports.map((port) => ({ from, to, port }))),
  );
}

async function compare(stage: Stage, all: readonly Running[]): Promise<void> {
  const simulation = new Simulation(stage.manifests.objects);
  const isWanted = ({ from, to, port }: Wish): boolean => simulation.allows({ from: from.end, to: to.end, port });
  const first = await tryAll(stage, everyWish(stage, all), SILENCE.first);
  // A busy machine is late with an answer; a policy never gives one.
  const late = first.filter((it) => !it.open && isWanted(it));
  const found = [...first.filter((it) => !late.includes(it)), ...(await tryAll(stage, late, SILENCE.again))];
  const wrong = found
    .filter((it) => it.open !== isWanted(it))
    .map(({ from, to, port, open }) => `${from.title} → ${to.title}:${port} is ${open ? 'open' : 'closed'}`);
  expect(stage.enforcer.errors.length === 0, `nft refused rules: ${stage.enforcer.errors[0]}`);
  expect(wrong.length === 0, `Not as the simulation says: ${wrong.slice(0, 10).join(', ')} (${wrong.length} in all)`);
  const open = found.filter((it) => it.open).length;
  expect(open > 0 && open < found.length, 'Nothing was tried');
  const text = `${found.length} connections tried from inside ${all.length} pods: ${open} open, ${found.length - open} closed, each as the simulation says`;
  stage.say(`  ${text}`);
  stage.facts.set('Network policies', text);
}

function isOurs(stage: Stage, { end }: Running): boolean {
  return end.namespace === stage.namespace;
}
