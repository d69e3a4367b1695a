import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan, PostgresPlan, RabbitmqPlan, RedisPlan } from '../lib/model/plan';
import { Postgres } from '../lib/postgres';
import { Rabbitmq } from '../lib/rabbitmq';
import { Redis } from '../lib/redis';

interface Stores {
  readonly postgres: PostgresPlan;
  readonly redis: RedisPlan;
  readonly rabbitmq: RabbitmqPlan;
}

type Kind = keyof Stores;

/** What builds each kind of store: a new kind is a folder under `lib/` and a line here. */
const constructs: {
  readonly [K in Kind]: new (
    scope: Construct,
    id: string,
    props: { readonly plan: Plan; readonly store: Stores[K] },
  ) => Construct;
} = { postgres: Postgres, redis: Redis, rabbitmq: Rabbitmq };

function build<K extends Kind>(scope: Construct, plan: Plan, kind: K, store: Stores[K]): void {
  new constructs[kind](scope, store.name, { plan, store });
}

/** `30-data`: the stores. */
export class DataChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '30-data');
    for (const store of plan.stores) build(this, plan, store.kind, store);
  }
}
