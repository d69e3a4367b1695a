/** What a person starts: `kubectl create job --from=cronjob/…`. */
import type { Resource } from './cluster/api';
import { until } from './cluster/until';
import { kubectl, mustKubectl, type Stage } from './stage';

interface Job extends Resource {
  readonly status: { readonly succeeded?: number; readonly conditions?: readonly { readonly type: string }[] };
}

const SECONDS = 180;
let count = 0;

/** @throws Error with the end of its log when it fails */
async function untilDone({ api, namespace }: Stage, job: string): Promise<void> {
  const state = await until(`Job ${job} ends`, SECONDS, async () => {
    const { status } = await api.get<Job>(`/apis/batch/v1/namespaces/${namespace}/jobs/${job}`);
    if (status.succeeded) return 'done';
    return status.conditions?.some(({ type }) => type === 'Failed') && 'failed';
  });
  if (state === 'done') return;
  const { stdout, stderr } = await kubectl(['-n', namespace, 'logs', `job/${job}`, '--all-containers', '--tail=15']);
  throw new Error(`Job ${job} failed: ${stdout || stderr}`);
}

/** Starts a Job from a CronJob, and waits for its end. */
export async function runFrom(stage: Stage, cronJob: string): Promise<void> {
  const job = `${cronJob}-${++count}`;
  await mustKubectl(['-n', stage.namespace, 'create', 'job', job, `--from=cronjob/${cronJob}`]);
  await untilDone(stage, job);
}

/** The same over data that is there, by the pipe of docs/restore.md. */
export async function runOver(stage: Stage, cronJob: string): Promise<void> {
  const job = `${cronJob}-${++count}`;
  const { namespace } = stage;
  const dry = ['-n', namespace, 'create', 'job', job, `--from=cronjob/${cronJob}`, '--dry-run=client', '-o', 'yaml'];
  const template = await mustKubectl(dry);
  const set = ['set', 'env', '--local', '-f', '-', '-o', 'yaml', '--containers', 'backup', 'OVERWRITE=yes'];
  await mustKubectl(['create', '-f', '-'], 30, await mustKubectl(set, 30, template));
  await untilDone(stage, job);
}
