/**
 * A rolling update as Kubernetes does it: a new pod becomes ready, the old one is told to stop by its own preStop command and
 * then the image's signal, while nodes hear of it late. Clients keep their connections, and none may lose a request.
 */
import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import { isRecord } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';
import type { Bench } from './bench';
import { ownPair, type Pair, SecretVolume } from './certificate';
import { ask } from './client';
import { keepAsking, type Tally } from './kept';
import { type Pod, startPod } from './pod';
import { handshake, tunnel } from './streams';
import { planOf } from './system';

/** How late the last node hears that a pod leaves, seconds; the preStop command must last longer. */
const lateSeconds = 4;

/** How long the bytes are under way to a client or from one, milliseconds: a client hears that late that its connection ends. */
const distance = 20;

/** What one end says reaches the other later, its end too. */
function carry(from: Socket, to: Socket): void {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), distance));
  from.on('end', () => setTimeout(() => to.end(), distance));
  from.on('error', () => setTimeout(() => to.destroy(), distance));
}

/** A Service as kube-proxy makes it: each new connection goes to one of the pods that it knows of. */
interface Balancer {
  readonly port: number;
  /** Changes what it knows. */
  know(ports: readonly number[]): void;
  stop(): void;
}

function balancer(first: readonly number[]): Promise<Balancer> {
  let known = first;
  let turn = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    turn += 1;
    const pod = connect({ port: known[turn % known.length] ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    carry(client, pod);
    // An address that nobody listens on any more: the client sees its connection reset.
    carry(pod, client);
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address === null || typeof address === 'string' ? 0 : address.port;
      const know = (ports: readonly number[]): void => {
        known = ports;
      };
      resolve({ port, know, stop: () => void server.close() });
    }),
  );
}

/** The command of the container's preStop hook, off the manifest that is applied. */
function preStop(plan: Plan): readonly string[] {
  const manifests = new EdgeChart(new App(), plan).toJson() as unknown[];
  const found = manifests.flatMap((manifest) => hooks(manifest));
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`Cannot find the one preStop hook among ${found.length}`);
  return command;
}

function hooks(value: unknown): (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap(hooks);
  if (!isRecord(value)) return [];
  const hook = value['preStop'];
  const exec = isRecord(hook) && isRecord(hook['exec']) ? hook['exec']['command'] : undefined;
  return Array.isArray(exec) ? [exec.map(String)] : Object.values(value).flatMap(hooks);
}

function exited({ process: child }: Pod, seconds: number): Promise<boolean> {
  if (child.exitCode !== null) return Promise.resolve(true);
  return Promise.race([
    new Promise<true>((resolve) => child.once('exit', () => resolve(true))),
    sleep(seconds * 1000, false),
  ]);
}

/** What the kubelet does to a pod that is deleted: its hook, then the signal that nginx' images state (`STOPSIGNAL`). */
async function terminate(pod: Pod, hook: readonly string[]): Promise<void> {
  const [program = '', ...args] = hook;
  const running = spawn(program, args);
  await new Promise((resolve) => running.on('exit', resolve));
  pod.process.kill('SIGQUIT');
}

/** How clients come in, and how many. */
interface Way {
  readonly title: string;
  readonly plan: Plan;
  readonly tls: boolean;
  readonly clients: number;
  readonly pair: Pair;
}

function portOf({ tls }: Way, { http, https }: Pod): number {
  return tls ? https : http;
}

async function start({ nginx, dns }: Bench, { plan, pair }: Way): Promise<Pod> {
  const prepare = (folder: string): void => new SecretVolume(join(folder, 'tls')).update(pair);
  const pod = await startPod({ plan, nginx, dns, prepare });
  await pod.found('/api/x');
  return pod;
}

/** One pod after the other, as `maxSurge: 1` and `maxUnavailable: 0` have it. */
async function replaced(bench: Bench, way: Way, pods: Pod[], know: Balancer['know']): Promise<void> {
  const { checks } = bench;
  const hook = preStop(way.plan);
  const [first] = pods;
  const socket = tunnel(first === undefined ? 0 : portOf(way, first), handshake('/ws/rolling'), way.tls);
  await socket.until('101');
  for (const old of [...pods]) {
    const fresh = await start(bench, way);
    checks.equal(`${way.title}: a new pod is ready`, (await ask(fresh.http, { path: '/readyz' })).status, 200);
    pods.push(fresh);
    const others = pods.filter((pod) => pod !== old && pod.process.exitCode === null);
    const heard = sleep(lateSeconds * 1000).then(() => know(others.map((pod) => portOf(way, pod))));
    await terminate(old, hook);
    await heard;
    if (old === first) {
      socket.say('a last word');
      const last = await socket.until('a last word');
      checks.ok(`${way.title}: a WebSocket is heard while its pod drains`, last, socket.text());
    }
    checks.ok(`${way.title}: the old one ends by itself`, await exited(old, 10));
  }
}

async function update(bench: Bench, way: Way): Promise<void> {
  const { checks } = bench;
  const pods = [await start(bench, way), await start(bench, way)];
  const { port, know, stop } = await balancer(pods.map((pod) => portOf(way, pod)));
  const tally: Tally = { asked: 0, lost: [] };
  let over = false;
  const clients = Array.from({ length: way.clients }, (_, index) =>
    keepAsking({ port, tls: way.tls }, tally, () => over, index),
  );
  await replaced(bench, way, pods, know);
  over = true;
  await Promise.all(clients);
  checks.equal(`${way.title}: a rolling update loses none of ${tally.asked} requests`, tally.lost, []);
  checks.ok(`${way.title}: and there were some`, tally.asked > 1000, tally.asked);
  stop();
  for (const pod of pods) await pod.stop();
}

/** In plain behind an Ingress, and with TLS at the pod, at the same time. */
export async function rolling(bench: Bench): Promise<void> {
  const { ports, root } = bench;
  const trusted = ['127.0.0.1/32'];
  const pair = await ownPair('rolling');
  const ways: readonly Way[] = [
    { title: 'in plain', plan: planOf(ports, root, 'ingress', trusted), tls: false, clients: 150, pair },
    { title: 'over TLS', plan: planOf(ports, root, 'load-balancer', trusted), tls: true, clients: 50, pair },
  ];
  await Promise.all(ways.map((way) => update(bench, way)));
}
