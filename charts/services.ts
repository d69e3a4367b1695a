import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Settings } from '../lib/application';
import { MigrationJob } from '../lib/migrations';
import type { Plan, ServicePlan } from '../lib/model/plan';
import { Claim, type ClaimNames, claimNames } from '../lib/storage';
import { WebService } from '../lib/web';
import { Cron, Singleton, type Stores, Worker } from '../lib/worker';

/** What every service looks up; made once, because there may be a thousand of them. */
interface Lookups {
  readonly claims: ClaimNames;
  readonly stores: Stores;
}

function addService(scope: Construct, plan: Plan, service: ServicePlan, { claims, stores }: Lookups): Construct {
  switch (service.kind) {
    case 'web':
      return new WebService(scope, service.name, { plan, service, claims });
    case 'worker':
      return new Worker(scope, service.name, { plan, service, claims, stores });
    case 'singleton':
      return new Singleton(scope, service.name, { plan, service, claims });
    case 'cron':
      return new Cron(scope, service.name, { plan, service, claims });
  }
}

/**
 * `40-services`: the application. Claims first, then settings, the migration Jobs, and the services that wait for them.
 * A service with `proxy` stands in `50-edge`.
 */
export class ServicesChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '40-services');
    const services = plan.services.filter(({ proxy }) => proxy === undefined);
    const lookups = { claims: claimNames(plan), stores: new Map(plan.stores.map((store) => [store.name, store])) };
    // A scope for each sort of child, so that no name that a user chooses meets another's.
    const volumes = new Construct(this, 'volumes');
    for (const { name, claim } of plan.volumes) new Claim(volumes, name, { plan, claim });
    const settings = new Construct(this, 'settings');
    for (const service of services) new Settings(settings, service.name, { plan, service });
    const migrations = new Construct(this, 'migrations');
    for (const { migration } of services) {
      if (migration) new MigrationJob(migrations, migration.name, { plan, migration });
    }
    const workloads = new Construct(this, 'workloads');
    for (const service of services) addService(workloads, plan, service, lookups);
  }
}
