import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OF_COMMANDS } from '../cluster/memory';
import { type Outcome, run } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import { evaluate, type Job, type Workflow } from './workflow';

const STEP_SECONDS = 300;

export interface JobOutcome {
  /** The steps that ran, in order. */
  ran: readonly string[];
  /** What the first failing step said; nothing when the job succeeded. */
  failure?: string;
}

export interface RunnerOptions {
  /** The checkout. */
  folder: string;
  /** Programs that come before the machine's own: stand-ins for what cannot be had here. */
  programs: string;
  /** Values of `${{ … }}` by expression. */
  known: Readonly<Record<string, string>>;
}

/** Runs the scripts of a job as GitHub's runner does: the shell, the files for variables and summary, the order, `failure()`. */
export async function runJob(workflow: Workflow, job: Job, options: RunnerOptions): Promise<JobOutcome> {
  const place = scratchFolder('runner');
  const files = { GITHUB_ENV: join(place, 'env'), GITHUB_STEP_SUMMARY: join(place, 'summary.md') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  mkdirSync(join(place, 'temp'));
  const given = {
    PATH: [options.programs, process.env['PATH']].join(delimiter),
    HOME: place,
    KUBECACHEDIR: join(options.programs, 'kubectl-cache'), // what the server has, learned once
    ...OF_COMMANDS,
    RUNNER_TEMP: join(place, 'temp'),
    ...files,
  };
  const ran: string[] = [];
  let failure: string | undefined;
  for (const step of job.steps) {
    if (step.onFailure !== (failure !== undefined)) continue;
    ran.push(step.name);
    const declared = { ...workflow.env, ...job.env, ...step.env };
    const env = Object.entries(declared).map(([name, text]) => [name, evaluate(text, options.known)]);
    const script = join(place, 'script.sh');
    writeFileSync(script, step.run);
    const start = Date.now();
    const outcome = await inShell(script, options.folder, {
      ...given,
      ...Object.fromEntries(env),
      ...variables(files.GITHUB_ENV),
    });
    console.log(
      `  delivery, ${job.name}, ${step.name}: ${((Date.now() - start) / 1000).toFixed(1)} s, ${outcome.status}`,
    );
    if (outcome.status !== 0) failure ??= `${step.name} ended with ${outcome.status}: ${ending(outcome)}`;
  }
  return { ran, ...(failure !== undefined && { failure }) };
}

/** `bash --noprofile --norc -eo pipefail`: what `shell: bash` means. Nothing of this process's environment comes along. */
function inShell(script: string, folder: string, env: Record<string, string>): Promise<Outcome> {
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
  return run('env', ['--ignore-environment', ...words, ...shell], { cwd: folder, timeoutSeconds: STEP_SECONDS });
}

/** What earlier steps have written into GITHUB_ENV, line by line. */
function variables(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function ending({ stdout, stderr }: Outcome): string {
  return [...stdout.trim().split('\n').slice(-4), ...stderr.trim().split('\n').slice(-8)].join(' | ').slice(-1200);
}
