import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../../lib/model/merge';
import { ROOT } from '../manifests/root';

/** Where the workflow files lie that a user copies to .github/workflows/. */
const FOLDER = join(ROOT, 'docs', 'ci');
export const WORKFLOWS = ['deploy.yml', 'rollout.yml'] as const;

/** A step that runs a script; one that `uses` an action is GitHub's business. */
export interface Step {
  name: string;
  run: string;
  env: Readonly<Record<string, string>>;
  /** Whether it runs only after an earlier step failed. */
  onFailure: boolean;
}

export interface Job {
  name: string;
  env: Readonly<Record<string, string>>;
  needs: readonly string[];
  steps: readonly Step[];
  /** The reusable workflow that it calls, by file name. */
  calls?: string;
}

export interface Workflow {
  file: string;
  env: Readonly<Record<string, string>>;
  shell: string;
  jobs: readonly Job[];
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, text]) => [key, String(text)]));
}

export function readWorkflow(file: (typeof WORKFLOWS)[number]): Workflow {
  const workflow = record(parse(readFileSync(join(FOLDER, file), 'utf8')));
  const jobs = Object.entries(record(workflow['jobs'])).map(([name, job]) => readJob(name, record(job)));
  const shell = String(record(record(workflow['defaults'])['run'])['shell'] ?? '');
  return { file, env: texts(workflow['env']), shell, jobs };
}

function readJob(name: string, job: Record<string, unknown>): Job {
  const steps = Array.isArray(job['steps']) ? job['steps'].map(record) : [];
  const uses = job['uses'];
  return {
    name,
    env: texts(job['env']),
    needs: [job['needs'] ?? []].flat().map(String),
    steps: steps.filter((step) => typeof step['run'] === 'string').map(readStep),
    ...(typeof uses === 'string' && { calls: uses.replace('./.github/workflows/', '') }),
  };
}

function readStep(step: Record<string, unknown>): Step {
  return {
    name: String(step['name'] ?? ''),
    run: String(step['run']),
    env: texts(step['env']),
    onFailure: step['if'] === 'failure()',
  };
}

/** Fills in `${{ … }}`. Only what GitHub would know at this place is known here. */
export function evaluate(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = known[expression];
    if (value === undefined) throw new Error(`The workflow asks for ${expression}, which nobody gives it`);
    return value;
  });
}

/** What is wrong with a workflow as a whole: expressions in scripts, jobs and files that are not there. */
export function faultsOf({ file, shell, jobs }: Workflow): string[] {
  const names = jobs.map(({ name }) => name);
  const faults = jobs.flatMap(({ name, needs, calls, steps }) => [
    ...needs.filter((needed) => !names.includes(needed)).map((needed) => `${name} needs ${needed}, which is no job`),
    ...(calls === undefined || WORKFLOWS.some((known) => known === calls) ? [] : [`${name} calls ${calls}`]),
    ...(calls === undefined && steps.length === 0 ? [`${name} does nothing`] : []),
    ...steps.filter((step) => step.name === '').map(({ run }) => `${name}: a step without a name: ${run}`),
    // Somebody else's text (a branch's name) would become a command.
    ...steps.filter(({ run }) => run.includes('${{')).map((step) => `${name}, ${step.name}: an expression in a script`),
  ]);
  return [...(shell === 'bash' ? [] : ['the default shell is not bash']), ...faults].map(
    (fault) => `${file}: ${fault}`,
  );
}
