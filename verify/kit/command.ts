import { type ChildProcess, spawn } from 'node:child_process';

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Text for the program's standard input. */
  input?: string;
  /** @default 120 */
  timeoutSeconds?: number;
  /** Whether the program is told to end when this process has ended before it, however that came. */
  endsWithThisRun?: boolean;
}

const running = new Set<ChildProcess>();

/** Ends every program that {@link run} has started and that still runs: its caller is told, as of any that fails. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** Runs a program to its end and hands back what it said; a non-zero status is the caller's business. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const tied = ['setpriv', '--pdeathsig', 'TERM', '--'];
    const [first = '', ...rest] = [...(options.endsWithThisRun ? tied : []), program, ...args];
    const child = spawn(first, rest, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: (options.timeoutSeconds ?? 120) * 1000,
      killSignal: 'SIGKILL',
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (cause) => reject(new Error(`Cannot run ${program}: ${cause.message}`, { cause })));
    child.on('close', (status, signal) => {
      running.delete(child);
      if (signal) stderr += `\n${program} was ended by ${signal} after ${options.timeoutSeconds ?? 120} s`;
      resolve({ status: status ?? 1, stdout, stderr });
    });
    child.stdin.on('error', () => undefined); // a program that ends before it has read its input says why itself
    child.stdin.end(options.input ?? '');
  });
}

/** As {@link run}, but a non-zero status is an error that carries the end of what the program said. */
export async function must(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const outcome = await run(program, args, options);
  if (outcome.status !== 0) {
    const said = (outcome.stderr || outcome.stdout).trim().split('\n').slice(-15).join('\n');
    throw new Error(`${program} ${args.slice(0, 4).join(' ')} ended with ${outcome.status}:\n${said}`);
  }
  return outcome.stdout;
}
