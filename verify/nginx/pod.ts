/**
 * The proxy's pod on loopback: the files as the ConfigMap has them, the start script as the container runs it, as a user
 * that is nobody. Only what loopback forces is changed, in one place: ports, folders, the name server's port.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../../lib/model/plan';
import { configMaps, isProxy, nginxFiles } from '../../lib/proxy';
import { run } from '../kit/command';
import { freePorts } from '../servers/ports';
import type { Nginx } from './binary';
import { ask } from './client';
import type { NameServer } from './dns';

export interface Pod {
  readonly http: number;
  readonly https: number;
  readonly status: number;
  readonly folder: string;
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until the upstreams have addresses. */
  found(path?: string): Promise<void>;
  stop(): Promise<void>;
}

const user = '10001';

/** SIGTERM when this process dies, whichever way: nginx' master then ends its workers, too. */
function asNobody(command: readonly string[]): string[] {
  const withThisRun = ['setpriv', '--pdeathsig', 'TERM'];
  if (process.getuid?.() !== 0) return [...withThisRun, '--', ...command];
  return [...withThisRun, '--reuid', user, '--regid', user, '--clear-groups', '--no-new-privs', '--', ...command];
}

/** `nginx` as the start script finds it: the real one, after the edits that loopback forces. */
function wrapper(nginx: Nginx, edits: readonly (readonly [string, string])[], folder: string): string {
  const shown = nginx.command.map((word) => `'${word}'`).join(' ');
  const script = edits.map(([from, to]) => `-e 's|${from}|${to}|g'`).join(' ');
  const modules = nginx.modules === undefined ? '' : `echo "--modules-path=${nginx.modules} " >&2; exit 0`;
  return `#!/bin/sh
if [ "$1" = -V ]; then ${modules || `exec ${shown} -V`}; fi
sed -i ${script} ${folder}/tmp/nginx/*.conf
exec ${shown} -p ${folder}/prefix "$@" \${KEELSON_TEST:-}
`;
}

async function writeTree(plan: Plan, nginx: Nginx, dns: NameServer, ports: readonly number[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-nginx-'));
  for (const part of ['', 'tmp', 'tmp/nginx', 'prefix', 'templates', 'bin']) {
    mkdirSync(join(folder, part), { recursive: true });
    chmodSync(join(folder, part), 0o777);
  }
  const service = plan.services.find(isProxy);
  if (service === undefined) throw new Error('The plan has no proxy');
  // As the projected volume has them: a long file in its parts.
  for (const data of configMaps(nginxFiles(service, plan.namespace, plan.edge.hosts))) {
    for (const [name, text] of Object.entries(data)) writeFileSync(join(folder, 'templates', name), text);
  }
  writeFileSync(
    join(folder, 'resolv.conf'),
    'search edge.svc.test.local svc.test.local test.local\nnameserver 127.0.0.1\n',
  );
  const [http = 0, https = 0, status = 0] = ports;
  const edits: (readonly [string, string])[] = [
    ['listen \\([^ ;]*\\)8081', `listen \\1${status}`],
    ['listen 8080', `listen 127.0.0.1:${http}`],
    ['listen 8443', `listen 127.0.0.1:${https}`],
    ['listen \\[::\\]:8080', '#'],
    ['listen \\[::\\]:8443', '#'],
    ['resolver  *127.0.0.1 valid=10s', `resolver 127.0.0.1:${dns.port} ipv6=off valid=1s`],
    [' /tmp/\\([a-z_.]*;\\)', ` ${folder}/tmp/\\1`],
    ['/etc/nginx/mime.types', nginx.mimeTypes],
    ['/etc/nginx/tls', `${folder}/tls`],
    ['worker_shutdown_timeout [0-9]*s', 'worker_shutdown_timeout 4s'],
  ];
  writeFileSync(join(folder, 'bin', 'nginx'), wrapper(nginx, edits, folder), { mode: 0o755 });
  return folder;
}

/** Whether somebody listens there. */
export async function answers(port: number, address = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

export interface PodOptions {
  readonly plan: Plan;
  readonly nginx: Nginx;
  readonly dns: NameServer;
  /** Called with the pod's folder before nginx starts. */
  readonly prepare?: ((folder: string) => void) | undefined;
}

/** What `nginx -t` finds wrong with the files; empty when nothing. */
export async function accepts({ plan, nginx, dns }: PodOptions): Promise<string> {
  const folder = await writeTree(plan, nginx, dns, await freePorts(3));
  // A container's stdout can be opened by name; the socket that this program would hand over cannot.
  const quiet = ['/bin/sh', '-c', 'exec /bin/sh "$@" >/dev/null', 'sh'];
  const [program = '', ...args] = asNobody([...quiet, ...startCommand(folder)]);
  const env = { PATH: `${folder}/bin:/usr/bin:/bin`, KEELSON_TEST: '-t' };
  const { status, stderr } = await run(program, args, { env });
  rmSync(folder, { recursive: true, force: true });
  return status === 0 && !/\[(warn|emerg)\]/.test(stderr) ? '' : stderr;
}

function startCommand(folder: string): string[] {
  return [`${folder}/templates/start.sh`, `${folder}/templates`, `${folder}/tmp/nginx`, `${folder}/resolv.conf`];
}

/** Asks where the routes are: with TLS at the pod, the port of plain HTTP only redirects. */
async function upstreamsFound([http, https]: readonly [number, number], plan: Plan, path: string): Promise<void> {
  const tls = plan.services.find(isProxy)?.proxy.tlsSecret !== undefined;
  const request = { path, tls, headers: { Host: plan.edge.hosts[0] ?? 'a' } };
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await ask(tls ? https : http, request)).status !== 502) return;
    await sleep(100);
  }
}

function openLogs(folder: string): { out: string; err: string } {
  const [out = '', err = ''] = ['stdout', 'stderr'].map((name) => join(folder, name));
  for (const log of [out, err]) {
    writeFileSync(log, '');
    chmodSync(log, 0o666);
  }
  return { out, err };
}

export async function startPod({ plan, nginx, dns, prepare }: PodOptions): Promise<Pod> {
  const [http = 0, https = 0, status = 0] = await freePorts(3);
  const folder = await writeTree(plan, nginx, dns, [http, https, status]);
  prepare?.(folder);
  const { out, err } = openLogs(folder);
  const [program = '', ...args] = asNobody(['/bin/sh', ...startCommand(folder)]);
  const child = spawn(program, args, {
    env: { PATH: `${folder}/bin:/usr/bin:/bin` },
    stdio: ['ignore', openSync(out, 'a'), openSync(err, 'a')],
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.on('exit', () => {
      ended = true;
      resolve();
    });
  });
  const stderr = (): string => readFileSync(err, 'utf8');
  for (let tries = 0; !(await answers(http)); tries += 1) {
    if (ended || tries > 100) throw new Error(`nginx did not start:\n${stderr()}`);
    await sleep(50);
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await end;
    rmSync(folder, { recursive: true, force: true });
  };
  const found = (path = '/'): Promise<void> => upstreamsFound([http, https], plan, path);
  const stdout = (): string => readFileSync(out, 'utf8');
  return { http, https, status, folder, process: child, stdout, stderr, found, stop };
}
