import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { RabbitmqCluster } from '../../imports/rabbitmq.com';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import { resourceRequirements } from '../kubernetes/container';
import { allowsDisruptionBudget, disruptionBudget } from '../kubernetes/disruption-budget';
import { metadata, selector } from '../kubernetes/labels';
import { retained } from '../kubernetes/retention';
import { containerSecurity } from '../kubernetes/security';
import type { Plan, RabbitmqPlan } from '../model/plan';
import { byteQuantity } from '../model/quantities';
import { accountsEnvironment, accountsScript, serverConfiguration } from './configuration';
import { definitions } from './definitions';

export interface ClusterOperatorProps {
  readonly plan: Plan;
  readonly store: RabbitmqPlan;
}

const scriptsFolder = '/etc/keelson';
const home = '/var/lib/keelson';
const passwordsFolder = '/run/secrets/rabbitmq';

/** As at the engine `statefulset`: the operator waits for a quorum and drains before a node stops. */
const graceSeconds = 600;

/** What the operator and its image set themselves: where the node listens, logs and finds the others. */
const operatorsOwn = /^(listeners\.|log\.(?!console\.formatter)|cluster_formation\.|quorum_queue\.)/;

function additionalConfig(store: RabbitmqPlan): string {
  const lines = serverConfiguration(store).split('\n');
  const own = lines.filter((line) => !operatorsOwn.test(line));
  return `${own.join('\n')}load_definitions = ${home}/definitions\n`;
}

/** What Pod Security asks for and no more: whether the operator's containers write beside their volumes is its own affair. */
const restricted: k8s.SecurityContext = { ...containerSecurity, readOnlyRootFilesystem: undefined };

/** Writes the definitions that the node imports: the same files as at the engine `statefulset`. */
function accountsContainer(plan: Plan, store: RabbitmqPlan): k8s.Container {
  return {
    name: 'accounts',
    image: store.image,
    imagePullPolicy: plan.images.pullPolicy,
    command: ['/bin/sh', `${scriptsFolder}/accounts.sh`],
    env: [
      { name: 'HOME', value: home },
      { name: 'CONFIGURATION', value: scriptsFolder },
      ...accountsEnvironment(store),
      { name: 'PASSWORDS', value: passwordsFolder },
    ],
    resources: resourceRequirements(store.resources),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'definitions', mountPath: home },
      { name: 'scripts', mountPath: scriptsFolder, readOnly: true },
      { name: 'accounts', mountPath: passwordsFolder, readOnly: true },
    ],
  };
}

function volumes(store: RabbitmqPlan): k8s.Volume[] {
  return [
    { name: 'definitions', emptyDir: { sizeLimit: k8s.Quantity.fromString('1Mi') } },
    { name: 'scripts', configMap: { name: `${store.name}-config` } },
    {
      name: 'accounts',
      projected: {
        defaultMode: 0o440,
        sources: store.accounts.map(({ name, secret }) => ({
          secret: { name: secret, items: [{ key: 'password', path: name }] },
        })),
      },
    },
  ];
}

/** Merged over the operator's pod: what Pod Security `restricted` asks for, our label, and the definitions. */
function template(plan: Plan, store: RabbitmqPlan, files: Readonly<Record<string, string>>): unknown {
  const spec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [{ name: 'setup-container', securityContext: restricted }, accountsContainer(plan, store)],
    containers: [
      {
        name: 'rabbitmq',
        securityContext: restricted,
        volumeMounts: [{ name: 'definitions', mountPath: home, readOnly: true }],
      },
    ],
    volumes: volumes(store),
  } satisfies k8s.PodSpec;
  return {
    metadata: {
      labels: { 'app.kubernetes.io/instance': plan.namespace },
      annotations: { 'checksum/configuration': checksum(files) },
    },
    spec: k8s.toJson_PodSpec(spec),
  };
}

function persistence({ claims: [claim] }: RabbitmqPlan): { storage: string; storageClassName?: string } {
  const storage = byteQuantity(claim?.size ?? 0);
  return claim?.storageClass === undefined ? { storage } : { storage, storageClassName: claim.storageClass };
}

/**
 * RabbitMQ by its Cluster Operator: a RabbitmqCluster of the store's name, so that the Service that the operator makes has
 * the name that the applications know. Accounts, queues, policies and limits are those of the engine `statefulset`; the
 * administrator that the operator names in its own Secret does not come to be, because a broker that imports definitions
 * makes none.
 * @see https://www.rabbitmq.com/kubernetes/operator/using-operator
 */
export class ClusterOperator extends Construct {
  constructor(scope: Construct, id: string, { plan, store }: ClusterOperatorProps) {
    super(scope, id);
    const files = { 'definitions.json': definitions(store), 'accounts.sh': accountsScript };
    const { pullSecret } = plan.images;
    configMap(this, plan, store, `${store.name}-config`, files);
    if (allowsDisruptionBudget(store, [])) disruptionBudget(this, plan, store);
    const labelSelector = { matchLabels: selector(plan, store.name) };
    const podAffinityTerm = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
    new RabbitmqCluster(this, 'cluster', {
      // Its claims go with it, and the data with them.
      metadata: metadata(plan, store.name, store, { ...retained }),
      spec: {
        replicas: store.replicas.min,
        image: store.image,
        ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
        persistence: persistence(store),
        resources: k8s.toJson_ResourceRequirements(resourceRequirements(store.resources)),
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }],
          },
        },
        rabbitmq: { additionalConfig: additionalConfig(store) },
        override: { statefulSet: { spec: { template: template(plan, store, files) } } },
        terminationGracePeriodSeconds: graceSeconds,
      },
    });
  }
}
