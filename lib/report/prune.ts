import type { Plan } from '../model/plan';

/** What deletes the objects that the manifests no longer have. */
export interface Prune {
  readonly selector: string;
  /** `group/version/kind`, as `--prune-allowlist` wants it. */
  readonly kinds: readonly string[];
  readonly command: string;
}

/**
 * Kubernetes' own kinds that a Plan may emit. All of them, whatever this Plan emits: what an earlier one had must go too.
 * Never a PersistentVolumeClaim, a Namespace or a Secret: data and credentials are deleted by hand (docs/uninstall.md).
 */
const builtIn = [
  'core/v1/ConfigMap',
  'core/v1/LimitRange',
  'core/v1/ResourceQuota',
  'core/v1/Service',
  'core/v1/ServiceAccount',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
  // Outside the namespace, and found by their label: rights on the kubelets' metrics.
  'rbac.authorization.k8s.io/v1/ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding',
] as const;

/** Of the edge, or of a store that encrypts. */
function hasCertificates({ edge, stores }: Plan): boolean {
  const ofStore = stores.some((store) => store.kind === 'postgres' && store.certificate?.from.by === 'cert-manager');
  return ofStore || (edge.tls.by === 'cert-manager' && edge.tls.certificate);
}

/**
 * Kinds of add-ons, only where they are opted into: a kind that the cluster does not know makes the command fail before
 * anything is applied. Left out are those whose deletion takes data or Secrets with it: the clusters of database and
 * queue operators, ExternalSecret, SealedSecret.
 */
function custom(plan: Plan): string[] {
  return [
    ...(hasCertificates(plan) ? ['cert-manager.io/v1/Certificate'] : []),
    ...(plan.edge.kind === 'gateway'
      ? ['v1/Gateway', 'v1/HTTPRoute', 'v1beta1/ReferenceGrant'].map((kind) => `gateway.networking.k8s.io/${kind}`)
      : []),
    ...(plan.keda ? ['keda.sh/v1alpha1/ScaledObject', 'keda.sh/v1alpha1/TriggerAuthentication'] : []),
    ...(plan.monitoring === 'operator'
      ? ['v1/PodMonitor', 'v1/Probe', 'v1/PrometheusRule', 'v1/ServiceMonitor', 'v1alpha1/AlertmanagerConfig'].map(
          (kind) => `monitoring.coreos.com/${kind}`,
        )
      : []),
    ...(plan.stores.some(({ engine }) => engine === 'cloudnative-pg') ? ['postgresql.cnpg.io/v1/ScheduledBackup'] : []),
    ...(plan.stores.some(({ engine, backup }) => engine === 'cloudnative-pg' && backup) && plan.backupTarget.to === 's3'
      ? ['barmancloud.cnpg.io/v1/ObjectStore']
      : []),
  ];
}

/** @param folder where the manifests are */
export function pruneOf(plan: Plan, folder: string): Prune {
  const selector = `app.kubernetes.io/instance=${plan.namespace},app.kubernetes.io/managed-by=keelson`;
  const kinds = [...builtIn, ...custom(plan)];
  const allowed = kinds.map((kind) => `--prune-allowlist=${kind}`).join(' ');
  return { selector, kinds, command: `kubectl apply --prune -f ${folder} -l ${selector} ${allowed}` };
}
