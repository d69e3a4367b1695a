import { Construct } from 'constructs';
import { configMap } from '../kubernetes/config-map';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { podsServiceName, statefulSet } from '../kubernetes/stateful-set';
import type { Plan, RedisPlan } from '../model/plan';
import { Claim } from '../storage';
import { serverConfiguration, startScript } from './configuration';
import { redisPod } from './pod';

export interface RedisProps {
  readonly plan: Plan;
  readonly store: RedisPlan;
}

/**
 * A Redis server: its claims, its configuration, one StatefulSet, the Service that takes writes and the headless one. An
 * external server needs no objects: its host stands in the applications' variables.
 */
export class Redis extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: RedisProps) {
    super(scope, id);
    if (store.engine === 'external') return;
    const files = { 'redis.conf': serverConfiguration(store), 'start.sh': startScript };
    for (const claim of store.claims) new Claim(this, claim.name, { plan, claim });
    serviceAccount(this, plan, store);
    configMap(this, plan, store, `${store.name}-config`, files);
    service(this, { plan, workload: store, name: podsServiceName(store), headless: true });
    const primary = `${store.name}-${store.primary}`;
    service(this, { plan, workload: store, select: { 'statefulset.kubernetes.io/pod-name': primary } });
    statefulSet(this, { ...redisPod(plan, store, files), podManagementPolicy: 'OrderedReady' });
  }
}
