/** Emitted objects as JSON: only the fields that some invariant asks for, most of them optional. */

export interface Action {
  httpGet?: { path?: string; port?: string | number; host?: string; httpHeaders?: { name: string; value: string }[] };
  tcpSocket?: { port?: string | number; host?: string };
  exec?: { command?: string[] };
}

export interface Probe extends Action {
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}

export interface KeyRef {
  name: string;
  key: string;
  optional?: boolean;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: KeyRef; configMapKeyRef?: KeyRef; fieldRef?: { fieldPath: string } };
}

export type Amounts = Record<string, string>;

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[];
  volumeMounts?: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[];
  resources?: { requests?: Amounts; limits?: Amounts };
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: Action; postStart?: Action };
  securityContext?: SecurityContext;
  restartPolicy?: string;
  [field: string]: unknown;
}

export interface SecurityContext {
  allowPrivilegeEscalation?: boolean;
  privileged?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  fsGroupChangePolicy?: string;
  capabilities?: { drop?: string[]; add?: string[] };
  seccompProfile?: { type: string };
  [field: string]: unknown;
}

export interface Item {
  key: string;
  path: string;
}

export interface Source {
  configMap?: { name: string; items?: Item[]; optional?: boolean };
  secret?: { name?: string; secretName?: string; items?: Item[]; optional?: boolean };
}

export interface Volume extends Source {
  name: string;
  emptyDir?: { sizeLimit?: string; medium?: string };
  persistentVolumeClaim?: { claimName: string };
  projected?: { sources: Source[] };
  [field: string]: unknown;
}

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Affinity {
  requiredDuringSchedulingIgnoredDuringExecution?: { labelSelector?: Selector; topologyKey: string }[];
  preferredDuringSchedulingIgnoredDuringExecution?: {
    podAffinityTerm: { labelSelector?: Selector; topologyKey: string };
  }[];
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  restartPolicy?: string;
  imagePullSecrets?: { name: string }[];
  securityContext?: SecurityContext;
  affinity?: { podAffinity?: Affinity; podAntiAffinity?: Affinity };
  topologySpreadConstraints?: { topologyKey: string; whenUnsatisfiable: string; labelSelector?: Selector }[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
  [field: string]: unknown;
}

export interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface PolicyRule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
  nodePort?: number;
}

export interface IngressRule {
  host?: string;
  http?: {
    paths: { path?: string; backend: { service?: { name: string; port: { name?: string; number?: number } } } }[];
  };
}

/** Of every kind at once: what a kind does not have is not there. */
export interface Spec {
  // Deployment, StatefulSet, Job, CronJob
  replicas?: number;
  selector?: Record<string, string> & Selector;
  template?: Template;
  jobTemplate?: { metadata?: object; spec: Spec };
  strategy?: { type: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
  progressDeadlineSeconds?: number;
  serviceName?: string;
  persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
  volumeClaimTemplates?: { metadata: { name: string; labels?: object; annotations?: object }; spec: Spec }[];
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  suspend?: boolean;
  concurrencyPolicy?: string;
  startingDeadlineSeconds?: number;
  // HorizontalPodAutoscaler, ScaledObject, PodDisruptionBudget
  scaleTargetRef?: { apiVersion?: string; kind?: string; name: string };
  minReplicas?: number;
  maxReplicas?: number;
  minReplicaCount?: number;
  maxReplicaCount?: number;
  metrics?: object[];
  behavior?: { scaleUp?: object; scaleDown?: object };
  advanced?: { horizontalPodAutoscalerConfig?: { name?: string; behavior?: object } };
  maxUnavailable?: number | string;
  minAvailable?: number | string;
  unhealthyPodEvictionPolicy?: string;
  // Service
  type?: string;
  clusterIP?: string;
  ports?: ServicePort[];
  externalIPs?: string[];
  // NetworkPolicy
  podSelector?: Selector;
  policyTypes?: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
  // Ingress, Certificate
  rules?: IngressRule[];
  tls?: { hosts?: string[]; secretName?: string }[];
  ingressClassName?: string;
  secretName?: string;
  // PersistentVolumeClaim, LimitRange, ResourceQuota
  accessModes?: string[];
  storageClassName?: string;
  resources?: { requests?: Amounts };
  limits?: (Record<string, Amounts | string | undefined> & { default?: Amounts; defaultRequest?: Amounts })[];
  hard?: Amounts;
  [field: string]: unknown;
}

export interface Manifest {
  /** The file it stands in, without its ending: `40-services`. */
  file: string;
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: Spec;
  data?: Record<string, string>;
  automountServiceAccountToken?: boolean;
  rules?: { apiGroups?: string[]; resources?: string[]; verbs: string[]; resourceNames?: string[] }[];
  roleRef?: { apiGroup: string; kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
  [field: string]: unknown;
}
