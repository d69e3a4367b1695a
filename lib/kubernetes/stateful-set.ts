import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metadata, selector } from './labels';
import { type PodProps, podTemplate } from './pod';

export interface StatefulSetProps extends Omit<PodProps, 'restartPolicy' | 'sameNodeAs'> {
  /** `Parallel` for members that find each other while they start: one after the other would wait for the second for ever. */
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
}

/** The volume of each pod's claim: containers mount it by this name, and the claims are called `data-<pod>`. */
export const dataVolume = 'data';

/** The headless Service that names the pods: `<pod>.<name>-pods`. */
export function podsServiceName(workload: { readonly name: string }): string {
  return `${workload.name}-pods`;
}

/**
 * Constant for ever, because Kubernetes refuses any change of it, and without a class of its own: the real claims are
 * objects that stand before the StatefulSet and are adopted by name. A pod whose claim nobody declared stays Pending
 * instead of starting with an empty volume.
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
 */
const claimTemplate: k8s.KubePersistentVolumeClaimProps = {
  metadata: { name: dataVolume },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    resources: { requests: { storage: k8s.Quantity.fromString('1Gi') } },
  },
};

/** A StatefulSet of golden pods, each with its own claim; it never deletes one. Its headless Service is a `service()` of its own. */
export function statefulSet(scope: Construct, props: StatefulSetProps): k8s.KubeStatefulSet {
  const { plan, workload } = props;
  return new k8s.KubeStatefulSet(scope, `${workload.name}-stateful-set`, {
    metadata: metadata(plan, workload.name, workload),
    spec: {
      replicas: workload.replicas.min,
      serviceName: podsServiceName(workload),
      podManagementPolicy: props.podManagementPolicy,
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: selector(plan, workload.name) },
      template: podTemplate(props),
      volumeClaimTemplates: [claimTemplate],
    },
  });
}
