/** Upstreams that are missing, gone, slow or moved; a pod that is told to stop. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../servers/ports';
import { type Bench, names } from './bench';
import { ask, open } from './client';
import { startNameServer } from './dns';
import { securityHeaders } from './headers';
import { startPod } from './pod';
import { planOf } from './system';
import { until } from './until';
import { startUpstream } from './upstream';

/** A pod of its own, because its upstreams come and go. */
async function comingAndGoing(bench: Bench): Promise<void> {
  const { checks, nginx, root } = bench;
  const [backend = 0] = await freePorts(1);
  const dns = await startNameServer();
  const plan = planOf({ backend, frontend: bench.ports.frontend }, root, 'ingress', ['127.0.0.1/32']);
  const pod = await startPod({ plan, nginx, dns });
  const status = async (path = '/api/x'): Promise<number> => (await ask(pod.http, { path })).status;
  checks.equal('alive before any upstream has a name', await status('/livez'), 200);
  const missing = await ask(pod.http, {
    path: '/api/x?token=very.secret.token',
    headers: { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' },
  });
  checks.equal('no name answers 502', missing.status, 502);
  securityHeaders(bench, '502', missing);
  const first = await startUpstream('backend', backend, '127.0.0.2');
  dns.records.set(names.backend, '127.0.0.2');
  checks.ok('found once it has a name', (await until(async () => (await status()) === 200, 15)) !== undefined);
  await first.stop();
  checks.equal('gone answers 502', await status(), 502);
  const second = await startUpstream('backend', backend, '127.0.0.3');
  dns.records.set(names.backend, '127.0.0.3');
  checks.ok(
    'found where it moved, without a reload',
    (await until(async () => (await status()) === 200, 15)) !== undefined,
  );
  const began = Date.now();
  checks.equal('silence answers 504', await status('/api/brief/hang'), 504);
  checks.ok('within the time-out', Date.now() - began < 2500, `${Date.now() - began} ms`);
  checks.ok('no log has the token', !`${pod.stdout()}${pod.stderr()}`.includes('secret.token'), pod.stderr());
  await second.stop();
  await pod.stop();
  dns.stop();
}

/** A node that is gone answers nothing at all: a port whose queue is full is as silent. */
async function silentPort(port: number, host: string): Promise<() => void> {
  const program = `require('node:net').createServer().listen({ port: ${port}, host: '${host}', backlog: 1 }, () => {
    process.stdout.write('up');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const queue = Array.from({ length: 6 }, () => connect(port, host).on('error', () => undefined));
  await sleep(300);
  return () => {
    for (const socket of queue) socket.destroy();
    child.kill('SIGKILL');
  };
}

/** Between a node's end and the news of it nobody refuses a connection, and nobody accepts one. */
async function swallowed(bench: Bench): Promise<void> {
  const { checks, nginx, root } = bench;
  const [backend = 0] = await freePorts(1);
  const dns = await startNameServer();
  dns.records.set(names.backend, '127.0.0.4');
  const release = await silentPort(backend, '127.0.0.4');
  const plan = planOf({ backend, frontend: bench.ports.frontend }, root, 'ingress', ['127.0.0.1/32']);
  const pod = await startPod({ plan, nginx, dns });
  await until(async () => (await ask(pod.http, { path: '/api/x' })).status !== 502, 10);
  const began = Date.now();
  const lost = await ask(pod.http, {
    path: '/api/x',
    headers: { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' },
  });
  const took = Date.now() - began;
  checks.equal('an upstream that swallows connections answers 504', lost.status, 504);
  checks.ok('within the time-out of a connection', took > 4000 && took < 7000, `${took} ms`);
  securityHeaders(bench, '504', lost);
  release();
  const back = await startUpstream('backend', backend, '127.0.0.5');
  dns.records.set(names.backend, '127.0.0.5');
  const found = await until(async () => (await ask(pod.http, { path: '/api/x' })).status === 200, 20);
  checks.ok('and is found elsewhere, without a reload', found !== undefined);
  await back.stop();
  await pod.stop();
  dns.stop();
}

async function drain(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  const pod = await startPod({ plan: planOf(ports, root, 'ingress', []), nginx, dns });
  checks.ok(
    'upstreams found',
    (await until(async () => (await ask(pod.http, { path: '/api/x' })).status === 200, 10)) !== undefined,
  );
  const forged = await ask(pod.http, {
    path: '/api/x',
    headers: { 'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Proto': 'https' },
  });
  const told = (JSON.parse(forged.body) as { headers: Record<string, string> }).headers;
  checks.equal(
    'a forged address and scheme are ignored',
    [told['x-forwarded-for'], told['x-forwarded-proto']],
    ['127.0.0.1', 'http'],
  );
  const slow = ask(pod.http, { path: '/api/slow' });
  const socket = open(pod.http);
  socket.on('error', () => undefined);
  socket.resume();
  const gone = new Promise<number>((resolve) => socket.on('close', () => resolve(Date.now())));
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\n\r\n',
  );
  await sleep(300);
  const told_ = Date.now();
  pod.process.kill('SIGQUIT');
  checks.equal('a request under way is finished after SIGQUIT', (await slow).status, 200);
  const closing = (await gone) - told_;
  checks.ok('a WebSocket is closed in time', closing < 9000, `${closing} ms`);
  const exited = await until(async () => pod.process.exitCode !== null, 10);
  checks.equal('nginx ends by itself, with 0', [exited !== undefined, pod.process.exitCode], [true, 0]);
  await pod.stop();
}

/** Side by side, each with a pod of its own: they wait most of their time. */
export async function failures(bench: Bench): Promise<void> {
  await Promise.all([comingAndGoing(bench), swallowed(bench), drain(bench)]);
}
