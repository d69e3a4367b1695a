import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, connect as open } from 'node:net';
import { must } from '../../kit/command';

/** Addresses as a cluster has them. Pods have one each; what the harness stands in for, too. */
export const addresses = {
  pods: '10.244.0.0/16',
  /** The node: the bridge that all pods hang on. */
  node: '10.244.255.254',
  apiServer: '10.96.0.1',
  names: '10.96.0.10',
  /** The Ingress controller, which ends TLS. */
  edge: '10.96.0.30',
  /** Everybody outside who is told of alerts. */
  outside: '10.96.0.40',
} as const;

const bridge = 'pods';

async function ip(...args: readonly string[]): Promise<void> {
  await must('ip', args);
}

/** The node's side: a bridge, and the addresses of services that this process answers for. */
export async function buildNetwork(): Promise<void> {
  await ip('link', 'set', 'lo', 'up');
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('address', 'add', `${addresses.node}/16`, 'dev', bridge);
  const { apiServer, names, edge, outside } = addresses;
  for (const one of [apiServer, names, edge, outside]) await ip('address', 'add', `${one}/32`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  // An API server looks for the address that others know it by at the default route.
  await ip('route', 'add', 'default', 'dev', bridge);
}

/** A pod's network: one process that holds it while nothing else runs there. */
export interface PodNetwork {
  readonly pid: number;
  readonly stop: () => void;
}

let count = 0;

/** Gives a pod its address, loopback, and a way to all the others. */
export async function joinNetwork(address: string): Promise<PodNetwork> {
  const holder: ChildProcess = spawn('unshare', ['--net', '--', 'sleep', 'infinity'], { stdio: 'ignore' });
  const pid = holder.pid;
  if (pid === undefined) throw new Error('No process holds the network of a pod');
  await untilOwn(pid);
  count += 1;
  const outer = `pod${count}`;
  await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  await ip('link', 'set', outer, 'master', bridge, 'up');
  const inside = ['lo up', 'eth0 up'].map((words) => `ip link set ${words}`);
  const script = [
    ...inside,
    `ip address add ${address}/16 dev eth0`,
    `ip route add default via ${addresses.node}`,
    // As container runtimes set it: a server that is nobody may listen on 80.
    'sysctl -q -w net.ipv4.ip_unprivileged_port_start=0',
  ].join(' && ');
  await must('nsenter', [`--net=/proc/${pid}/ns/net`, '--', 'sh', '-c', script]);
  return { pid, stop: () => holder.kill('SIGKILL') };
}

/** `unshare` has not left our network yet when it has only just been started. */
async function untilOwn(pid: number): Promise<void> {
  const script = `until [ "$(readlink /proc/${pid}/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done`;
  await must('sh', ['-c', script], { timeoutSeconds: 10 });
}

/** Passes connections on: what kube-proxy does for the API server's Service. */
export function forward(address: string, port: number, to: { host: string; port: number }): Promise<void> {
  const server = createServer((inner) => {
    const outer = open(to.port, to.host);
    inner.pipe(outer).pipe(inner);
    for (const socket of [inner, outer]) {
      socket.on('error', () => {
        inner.destroy();
        outer.destroy();
      });
    }
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, address, resolve);
  });
}
