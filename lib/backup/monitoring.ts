import { CronExpressionParser } from 'cron-parser';
import type { BackupJobPlan, Plan } from '../model/plan';
import {
  type Alert,
  anyOf,
  type Contribution,
  type Contributor,
  type DashboardRow,
  objectsJob,
  seriesOf,
} from '../monitoring/contribution';

type Series = ReturnType<typeof seriesOf>;

/** Any day: only the distance between two times of a schedule counts. */
const someDay = new Date('2001-01-01T00:00:00Z');

/** The longest time between two starts of a schedule, seconds; a month has 31 days at most. */
export function intervalSeconds(schedule: string): number {
  const times = CronExpressionParser.parse(schedule, { currentDate: someDay, tz: 'UTC' });
  const starts = Array.from({ length: 13 }, () => times.next().getTime());
  return Math.max(...starts.slice(1).map((start, index) => (start - (starts[index] ?? start)) / 1000));
}

/** One run may take its whole time; what is older than that was missed. */
function oldestSeconds({ schedule, deadlineSeconds }: BackupJobPlan): number {
  return schedule === undefined ? 0 : intervalSeconds(schedule) + deadlineSeconds;
}

function ofJob(job: BackupJobPlan, series: Series): Alert[] {
  const cronjob = `cronjob="${job.name}"`;
  const success = `max(${series('kube_cronjob_status_last_successful_time', cronjob)})`;
  const oldest = oldestSeconds(job);
  const base = { service: job.name } as const;
  return [
    {
      ...base,
      name: 'BackupTooOld',
      expr: `time() - ${success} > ${oldest}`,
      for: '10m',
      severity: 'critical',
      summary: `${job.name} has not succeeded for too long`,
      description: 'Its last success was {{ $value | humanizeDuration }} ago.',
    },
    {
      ...base,
      name: 'BackupNeverSucceeded',
      expr: `(time() - max(${series('kube_cronjob_created', cronjob)}) > ${oldest}) unless ${success}`,
      for: '10m',
      severity: 'critical',
      summary: `${job.name} has never succeeded`,
      description: 'It has existed for {{ $value | humanizeDuration }} without one success.',
    },
    {
      ...base,
      name: 'BackupSuspended',
      expr: `max(${series('kube_cronjob_spec_suspend', cronjob)}) == 1`,
      for: '1h',
      severity: 'warning',
      summary: `${job.name} is suspended`,
      description: 'Somebody has switched it off.',
    },
  ];
}

function failed(jobs: readonly BackupJobPlan[], series: Series): Alert {
  const names = anyOf(jobs.map(({ name }) => name));
  return {
    name: 'BackupFailed',
    expr: `max by (namespace, job_name) (${series('kube_job_failed', `condition="true",job_name=~"(${names})-.+"`)}) == 1`,
    severity: 'warning',
    service: 'backup',
    summary: 'a run of a backup failed',
    description: '{{ $labels.job_name }} failed; the next one starts as planned.',
  };
}

function row(jobs: readonly BackupJobPlan[], series: Series): DashboardRow {
  const names = anyOf(jobs.map(({ name }) => name));
  return {
    title: 'Backups',
    panels: [
      {
        title: 'Age of the last success',
        description: 'Seconds since each backup and each drill last succeeded.',
        unit: 's',
        shape: 'stat',
        queries: [
          {
            expr: `time() - max by (cronjob) (${series('kube_cronjob_status_last_successful_time', `cronjob=~"${names}"`)})`,
            legend: '{{cronjob}}',
          },
        ],
      },
    ],
  };
}

function contribution(plan: Plan, jobs: readonly BackupJobPlan[]): Contribution {
  const series = seriesOf(plan, objectsJob);
  return {
    component: 'backup',
    part: 'backups',
    alerts: [...jobs.flatMap((job) => ofJob(job, series)), failed(jobs, series)],
    row: row(jobs, series),
  };
}

/** What the backups and drills of the Plan bring: those that run by the clock. */
export const backupMonitoring: Contributor = (plan) => {
  const jobs = plan.backup?.jobs.filter(({ schedule }) => schedule !== undefined) ?? [];
  return plan.monitors === undefined || jobs.length === 0 ? [] : [contribution(plan, jobs)];
};
