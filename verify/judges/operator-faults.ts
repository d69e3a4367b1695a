import type { KubernetesObject } from '../manifests/objects';

const metadata = { name: 'sample', namespace: 'default' };

function cluster(spec: KubernetesObject['spec']): KubernetesObject {
  return { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata, spec };
}

function rabbitmq(spec: KubernetesObject['spec']): KubernetesObject {
  return { apiVersion: 'rabbitmq.com/v1beta1', kind: 'RabbitmqCluster', metadata, spec };
}

const storage = { size: '10Gi' };

function inPod(container: { [field: string]: string }): KubernetesObject['spec'] {
  return { replicas: 3, override: { statefulSet: { spec: { template: { spec: { containers: [container] } } } } } };
}

/** Objects of the operators whose definitions are put together here: what those must take, and what they must not. */
export const OPERATOR_SAMPLES: readonly { title: string; isGood: boolean; object: KubernetesObject }[] = [
  { title: 'a Cluster', isGood: true, object: cluster({ instances: 3, storage, resources: { requests: { cpu: 1 } } }) },
  { title: 'a Cluster: unknown field', isGood: false, object: cluster({ instances: 3, storge: storage }) },
  { title: 'a Cluster: wrong type', isGood: false, object: cluster({ instances: '3', storage }) },
  { title: 'a Cluster: missing field', isGood: false, object: cluster({ storage }) },
  {
    title: 'a Cluster: bad enum',
    isGood: false,
    object: cluster({ instances: 3, storage, primaryUpdateStrategy: 'sometimes' }),
  },
  { title: 'a RabbitmqCluster', isGood: true, object: rabbitmq(inPod({ name: 'rabbitmq' })) },
  { title: 'a RabbitmqCluster: unknown field', isGood: false, object: rabbitmq({ replica: 3 }) },
  { title: 'a RabbitmqCluster: bad enum', isGood: false, object: rabbitmq({ service: { type: 'Public' } }) },
  {
    title: 'a RabbitmqCluster: unknown field in its pods',
    isGood: false,
    object: rabbitmq(inPod({ nme: 'rabbitmq' })),
  },
];

/** Asks about each sample; says which are judged wrongly. */
export async function misjudgedSamples(
  isCaught: (object: KubernetesObject) => Promise<boolean>,
): Promise<{ checked: number; problems: string[] }> {
  const problems: string[] = [];
  for (const { title, isGood, object } of OPERATOR_SAMPLES) {
    if ((await isCaught(object)) === isGood) problems.push(`${isGood ? 'refused' : 'not caught'}: ${title}`);
  }
  return { checked: OPERATOR_SAMPLES.length, problems };
}
