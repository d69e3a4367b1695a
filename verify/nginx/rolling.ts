/**
 * A rolling update as Kubernetes does it: a new pod becomes ready, the old one is told to stop by its own preStop command and
 * then the image's signal, while nodes hear of it late. Clients keep their connections, and none may lose a request.
 */
import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'cdk8s';
import { EdgeChart } from '../../charts/edge';
import { isRecord } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';
import type { Bench } from './bench';
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

/** One pod after the other, as `maxSurge: 1` and `maxUnavailable: 0` have it. */
export async function rolling({ checks, nginx, dns, root, ports }: Bench): Promise<void> {
  const plan = planOf(ports, root, 'ingress', ['127.0.0.1/32']);
  const hook = preStop(plan);
  const pods = [await startPod({ plan, nginx, dns }), await startPod({ plan, nginx, dns })];
  for (const pod of pods) await pod.found('/api/x');
  const service = await balancer(pods.map(({ http }) => http));
  const tally: Tally = { asked: 0, lost: [] };
  let over = false;
  const clients = Array.from({ length: 150 }, (_, index) => keepAsking(service.port, tally, () => over, index));
  const socket = tunnel(pods[0]?.http ?? 0, handshake('/ws/rolling'));
  await socket.until('101');
  for (const old of [...pods]) {
    const fresh = await startPod({ plan, nginx, dns });
    await fresh.found('/api/x');
    checks.equal('a new pod is ready', (await ask(fresh.http, { path: '/readyz' })).status, 200);
    pods.push(fresh);
    const others = pods.filter((pod) => pod !== old && pod.process.exitCode === null);
    const heard = sleep(lateSeconds * 1000).then(() => service.know(others.map(({ http }) => http)));
    await terminate(old, hook);
    await heard;
    if (old === pods[0]) {
      socket.say('a last word');
      checks.ok('a WebSocket is heard while its pod drains', await socket.until('a last word'), socket.text());
    }
    checks.ok('the old one ends by itself', await exited(old, 10));
  }
  over = true;
  await Promise.all(clients);
  checks.equal(`a rolling update loses none of ${tally.asked} requests`, tally.lost, []);
  checks.ok('and there were some', tally.asked > 1000, tally.asked);
  service.stop();
  for (const pod of pods) await pod.stop();
}
