import { Construct } from 'constructs';
import { useSettings } from '../application';
import { job } from '../kubernetes/job';
import { serviceAccount } from '../kubernetes/service-account';
import { waitContainer } from '../kubernetes/wait';
import type { MigrationPlan, Plan } from '../model/plan';

export interface MigrationJobProps {
  readonly plan: Plan;
  readonly migration: MigrationPlan;
}

/** Failed pods before the Job is failed: a database that restarts under it, not a migration that is wrong. */
const backoffLimit = 4;

/**
 * Brings the schema up to the image's version: once for each image and configuration, by the hash of its template in its
 * name. One Job, not an init container of each pod, where several would race. It waits for its stores, never for a
 * service: those wait for it.
 */
export class MigrationJob extends Construct {
  constructor(scope: Construct, id: string, { plan, migration }: MigrationJobProps) {
    super(scope, id);
    const settings = useSettings(migration.service, migration.settings);
    const waits = migration.waits.filter(({ atTimeout }) => atTimeout === 'fail');
    serviceAccount(this, plan, migration);
    job(this, {
      plan,
      workload: migration,
      initContainers: waits.map((wait) => waitContainer(plan, wait)),
      containers: [
        {
          name: 'migrate',
          image: migration.image,
          command: migration.run,
          env: migration.env,
          envFromConfigMaps: settings.configMaps,
          authorities: migration.authorities,
          podScratch: migration.scratch,
          resources: migration.resources,
        },
      ],
      checksums: settings.checksums,
      backoffLimit,
      deadlineSeconds: migration.timeoutSeconds + waits.reduce((sum, wait) => sum + wait.timeoutSeconds, 0),
    });
  }
}
