import { Construct } from 'constructs';
import { configMap } from '../kubernetes/config-map';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { podsServiceName, statefulSet } from '../kubernetes/stateful-set';
import type { PostgresPlan } from '../model/plan';
import { Claim } from '../storage';
import { reloadScript, ServerCertificate } from './certificate';
import { CloudNativePg } from './cloudnative-pg';
import { hostBasedAuthentication, serverConfiguration } from './configuration';
import { prepareScript, startScript, superuserScript } from './member-files';
import { postgresPod } from './pod';
import { Pooler } from './pooler';
import type { PostgresProps } from './props';
import { PostgresRoles } from './roles-job';

function configurationFiles(store: PostgresPlan): Record<string, string> {
  return {
    'postgresql.conf': serverConfiguration(store),
    'pg_hba.conf': hostBasedAuthentication(store),
    'start.sh': startScript,
    'superuser.sh': superuserScript,
    ...(store.replication === undefined ? {} : { 'prepare.sh': prepareScript }),
    ...(store.certificate === undefined ? {} : { 'reload.sh': reloadScript }),
  };
}

/**
 * A PostgreSQL server, or a primary with replicas: its claims, its configuration, one StatefulSet, the Service that takes
 * writes, the one for reads from any member, the headless one, and the Job that reconciles its roles. An external server has the Job only: its host stands in the applications'
 * variables, because under another name (an ExternalName Service) its certificate would not match.
 */
export class Postgres extends Construct {
  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    if (props.store.engine === 'statefulset') this.server(props);
    if (props.store.engine === 'cloudnative-pg') new CloudNativePg(this, 'operator', props);
    new PostgresRoles(this, 'roles', props);
    if (props.store.pooler) new Pooler(this, 'pooler', props, props.store.pooler);
  }

  private server({ plan, store }: PostgresProps): void {
    const files = configurationFiles(store);
    for (const claim of store.claims) new Claim(this, claim.name, { plan, claim });
    new ServerCertificate(this, 'certificate', plan, store);
    serviceAccount(this, plan, store);
    configMap(this, plan, store, `${store.name}-config`, files);
    service(this, { plan, workload: store, name: podsServiceName(store), headless: true });
    // Who takes writes is said by the environment and nobody else: promotion is an edit of this selector.
    const primary = `${store.name}-${store.primary}`;
    service(this, { plan, workload: store, select: { 'statefulset.kubernetes.io/pod-name': primary } });
    if (store.replication !== undefined) service(this, { plan, workload: store, name: `${store.name}-ro` });
    if (allowsDisruptionBudget(store, [])) disruptionBudget(this, plan, store);
    // One after the other, a member that cannot start would hold back the one that is to be promoted in its place.
    statefulSet(this, { ...postgresPod(plan, store, files), podManagementPolicy: 'Parallel' });
  }
}
