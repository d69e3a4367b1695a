import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { type BackupContribution, configurationOf, SubjectBackup, WholeBackup } from '../lib/backup';
import type { BackupSubjectPlan, Plan } from '../lib/model/plan';
import { postgresBackup } from '../lib/postgres';
import { redisBackup } from '../lib/redis';
import { Claim, volumeBackup } from '../lib/storage';

/** What each subject's component contributes. */
function contributionOf(plan: Plan, subject: BackupSubjectPlan): BackupContribution[] {
  const store = plan.stores.find(({ name }) => name === subject.name);
  const volume = plan.volumes.find(({ name }) => name === subject.name);
  if (subject.kind === 'postgres' && store?.kind === 'postgres') return [postgresBackup(store, subject)];
  if (subject.kind === 'redis' && store?.kind === 'redis') return [redisBackup(store, subject)];
  return subject.kind === 'volume' && volume !== undefined ? [volumeBackup(volume, subject)] : [];
}

/** `70-backup`: what the components contribute, and what sees to all of it. */
export class BackupChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '70-backup');
    const { backup } = plan;
    if (backup === undefined) return;
    const configuration = backup.configuration ? configurationOf(plan) : [];
    if (backup.repositories.on === 'claim') {
      const { claim } = backup.repositories;
      new Claim(this, claim.name, { plan, claim });
    }
    for (const contribution of backup.subjects.flatMap((subject) => contributionOf(plan, subject))) {
      new SubjectBackup(this, contribution.subject, { plan, backup, contribution });
    }
    new WholeBackup(this, 'whole', { plan, backup, configuration });
  }
}
