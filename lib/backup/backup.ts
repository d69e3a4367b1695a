import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { configMap } from '../kubernetes/config-map';
import type { BackupPlan, KeepPlan, Plan } from '../model/plan';
import type { ConfigurationSource } from './configuration';
import type { BackupContribution, BackupWork } from './contribution';
import type { Surroundings } from './pod';
import { repositoryScript } from './repository-script';
import { scheduledWork } from './schedule';
import { wholeFiles } from './whole-files';

export interface SubjectBackupProps {
  readonly plan: Plan;
  readonly backup: BackupPlan;
  readonly contribution: BackupContribution;
}

const repositoryFile = { 'repository.sh': repositoryScript };

/** Backup, restore and drill of one store or volume: a ConfigMap of scripts, and a CronJob for each. */
export class SubjectBackup extends Construct {
  constructor(scope: Construct, id: string, { plan, backup, contribution }: SubjectBackupProps) {
    super(scope, id);
    const { subject, credentials, works } = contribution;
    const files = { ...repositoryFile, ...contribution.files };
    const configuration = `${subject}-backup-config`;
    const [first] = works;
    if (first === undefined) return;
    configMap(this, plan, first.job, configuration, files);
    const around = { plan, backup, repository: subject, configMap: configuration, files, credentials };
    for (const work of works) scheduledWork(this, around, work);
  }
}

export interface WholeBackupProps {
  readonly plan: Plan;
  readonly backup: BackupPlan;
  readonly configuration: readonly ConfigurationSource[];
}

const configurationFolder = '/configuration';

/** The folder of a repository, and what is kept of it, as a line for the scripts. */
function line(name: string, { hourly, daily, weekly, monthly }: KeepPlan): string {
  return `${name} ${hourly} ${daily} ${weekly} ${monthly}\n`;
}

/** The repositories that there are. */
export function repositoryLines({ subjects, configuration }: BackupPlan): string {
  const own = subjects.map(({ name, keep }) => line(name, keep));
  return [...own, ...(configuration ? [line('configuration', configuration.keep)] : [])].join('');
}

function projection({ name, keys }: ConfigurationSource): k8s.VolumeProjection {
  // What is not there yet holds back nothing.
  return { secret: { name, items: keys.map((key) => ({ key, path: `secrets/${name}/${key}` })), optional: true } };
}

function configurationWork(
  job: NonNullable<BackupPlan['configuration']>,
  sources: readonly ConfigurationSource[],
): BackupWork {
  const name = 'configuration';
  return {
    job,
    command: ['configuration.sh'],
    repository: name,
    env: [
      { name: 'CONFIGURATION', value: configurationFolder },
      { name: 'WORK', value: '/work' },
    ],
    volumes: [{ name, projected: { defaultMode: 0o440, sources: sources.map(projection) } }],
    mounts: [{ name, mountPath: configurationFolder, readOnly: true }],
  };
}

/** What sees to all repositories: retention, the archive, and the backup of the configuration. */
export class WholeBackup extends Construct {
  constructor(scope: Construct, id: string, { plan, backup, configuration }: WholeBackupProps) {
    super(scope, id);
    const files = { ...repositoryFile, ...wholeFiles, repositories: repositoryLines(backup) };
    const name = `${backup.retention.name}-config`;
    configMap(this, plan, backup.retention, name, files);
    const around: Surroundings = { plan, backup, repository: '', configMap: name, files, credentials: [] };
    const works: BackupWork[] = [{ job: backup.retention, command: ['retention.sh'] }];
    if (backup.archive) works.push({ job: backup.archive, command: ['archive.sh'] });
    if (backup.configuration) works.push(configurationWork(backup.configuration, configuration));
    for (const work of works) scheduledWork(this, around, work);
  }
}
