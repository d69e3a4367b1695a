import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerOptions {
  name: string;
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** File that takes what the server says. */
  log: string;
  /** Asked until it is true, until the deadline passes or until the process is gone. */
  isReady: () => Promise<boolean>;
  /** @default 60 */
  deadlineSeconds?: number;
}

export interface Server {
  name: string;
  stop: () => Promise<void>;
}

const running = new Set<ChildProcess>();
let signalsAreHandled = false;

/** Starts a server and waits until it answers. It ends with this run, whichever way the run ends. */
export async function startServer(options: ServerOptions): Promise<Server> {
  endWithThisRun();
  const log = openSync(options.log, 'a');
  // The kernel ends the server when this process dies, even of SIGKILL; its own group takes its children along.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', options.program, ...options.args], {
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  running.add(child);
  let failure = '';
  child.on('error', (error) => {
    failure = error.message;
  });
  child.on('exit', (status, signal) => {
    failure ||= `ended with ${signal ?? status}`;
    running.delete(child);
  });
  await waitUntilReady(options, () => failure);
  return { name: options.name, stop: () => stop(child) };
}

async function waitUntilReady(options: ServerOptions, failure: () => string): Promise<void> {
  const deadline = Date.now() + (options.deadlineSeconds ?? 60) * 1000;
  while (!(await options.isReady().catch(() => false))) {
    // A port still held by a predecessor ends the server at once: waiting for its answer would never end.
    if (failure()) throw new Error(`${options.name} ${failure()}:\n${lastLines(options.log)}`);
    if (Date.now() > deadline) throw new Error(`${options.name} is not ready in time:\n${lastLines(options.log)}`);
    await sleep(100);
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n');
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (!running.has(child)) resolve();
    child.on('exit', () => resolve());
  });
  signal(child, 'SIGTERM');
  const patience = setTimeout(() => signal(child, 'SIGKILL'), 3000);
  await ended;
  clearTimeout(patience);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Already gone.
  }
}

function endWithThisRun(): void {
  if (signalsAreHandled) return;
  signalsAreHandled = true;
  // Before the handlers that were there: what removes the servers' files must find them ended.
  process.prependListener('exit', () => {
    for (const child of running) signal(child, 'SIGKILL');
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => process.exit(130));
}
