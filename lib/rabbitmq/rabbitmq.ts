import { Construct } from 'constructs';
import { configMap } from '../kubernetes/config-map';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { podsServiceName, statefulSet } from '../kubernetes/stateful-set';
import type { Plan, RabbitmqPlan } from '../model/plan';
import { Claim } from '../storage';
import { ClusterOperator } from './cluster-operator';
import { accountsScript, enabledPlugins, environmentFile, serverConfiguration, startScript } from './configuration';
import { definitions } from './definitions';
import { rabbitmqPod } from './pod';

export interface RabbitmqProps {
  readonly plan: Plan;
  readonly store: RabbitmqPlan;
}

function configurationFiles(store: RabbitmqPlan): Record<string, string> {
  return {
    'rabbitmq.conf': serverConfiguration(store),
    'rabbitmq-env.conf': environmentFile,
    enabled_plugins: enabledPlugins(store),
    'definitions.json': definitions(store),
    'accounts.sh': accountsScript,
    'start.sh': startScript,
  };
}

/**
 * A RabbitMQ node or a cluster of three: claims, configuration, one StatefulSet, the Service that leads to any node, the
 * headless one by which the nodes know each other. An external broker needs no objects.
 */
export class Rabbitmq extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: RabbitmqProps) {
    super(scope, id);
    if (store.engine === 'rabbitmq-cluster-operator') new ClusterOperator(this, 'operator', { plan, store });
    if (store.engine !== 'statefulset') return;
    const files = configurationFiles(store);
    for (const claim of store.claims) new Claim(this, claim.name, { plan, claim });
    serviceAccount(this, plan, store);
    configMap(this, plan, store, `${store.name}-config`, files);
    service(this, { plan, workload: store, name: podsServiceName(store), headless: true });
    service(this, { plan, workload: store });
    if (allowsDisruptionBudget(store, [])) disruptionBudget(this, plan, store);
    statefulSet(this, { ...rabbitmqPod(plan, store, files), podManagementPolicy: 'Parallel' });
  }
}
