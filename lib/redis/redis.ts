import { Construct } from 'constructs';
import { configMap } from '../kubernetes/config-map';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { podsServiceName, statefulSet } from '../kubernetes/stateful-set';
import type { Plan, RedisPlan } from '../model/plan';
import { Claim } from '../storage';
import { clusterReadyScript, clusterStartScript, clusterStopScript } from './cluster-files';
import { clusterConfiguration, serverConfiguration, startScript } from './configuration';
import { memberReadyScript, memberStartScript } from './member-files';
import { redisPod } from './pod';

export interface RedisProps {
  readonly plan: Plan;
  readonly store: RedisPlan;
}

function configurationFiles(store: RedisPlan): Record<string, string> {
  if (store.cluster !== undefined)
    return {
      'redis.conf': clusterConfiguration(store),
      'start.sh': clusterStartScript,
      'ready.sh': clusterReadyScript,
      'stop.sh': clusterStopScript,
    };
  const configuration = { 'redis.conf': serverConfiguration(store) };
  return store.replication === undefined
    ? { ...configuration, 'start.sh': startScript }
    : { ...configuration, 'start.sh': memberStartScript, 'ready.sh': memberReadyScript };
}

/**
 * A Redis server, a primary with replicas or a cluster: its claims, its configuration, one StatefulSet, the Service that
 * takes writes, the one for reads from any member, the headless one. Of a cluster any member tells a client where to go. An external server needs no objects: its host stands in the
 * applications' variables.
 */
export class Redis extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: RedisProps) {
    super(scope, id);
    if (store.engine === 'external') return;
    const files = configurationFiles(store);
    for (const claim of store.claims) new Claim(this, claim.name, { plan, claim });
    serviceAccount(this, plan, store);
    configMap(this, plan, store, `${store.name}-config`, files);
    service(this, { plan, workload: store, name: podsServiceName(store), headless: true });
    const primary = { 'statefulset.kubernetes.io/pod-name': `${store.name}-${store.primary}` };
    service(this, { plan, workload: store, select: store.cluster === undefined ? primary : {} });
    const replicated = store.replication !== undefined;
    if (replicated) service(this, { plan, workload: store, name: `${store.name}-ro` });
    if (allowsDisruptionBudget(store, [])) disruptionBudget(this, plan, store);
    // One after the other, a member that cannot start would hold back the one that is to be promoted in its place.
    const podManagementPolicy = replicated || store.cluster !== undefined ? 'Parallel' : 'OrderedReady';
    statefulSet(this, { ...redisPod(plan, store, files), podManagementPolicy });
  }
}
