import type { Manifest } from './patches';

/**
 * What an analyser finds that we keep, and why. The only list of its kind: it becomes the analysers' own annotations on
 * the objects it names, `keelson report` prints it, and `make verify` fails on a finding that is not here and on an entry
 * that no object needs any more.
 */
export interface Exemption {
  readonly tool: 'kube-score' | 'checkov';
  readonly check: string;
  /** The objects it holds for. */
  readonly kinds: readonly string[];
  readonly components: readonly string[];
  /** Of these, the ones that need it; the others are analysed. @default - all */
  readonly where?: (manifest: Manifest) => boolean;
  readonly reason: string;
}

interface Container {
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly readinessProbe?: object;
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: object } }[];
}

interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: Pod['containers'];
  readonly securityContext?: { readonly runAsUser?: number };
  readonly automountServiceAccountToken?: boolean;
  readonly affinity?: { readonly podAffinity?: object };
}

interface Spec {
  readonly replicas?: number;
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly template?: { readonly spec: Pod };
  readonly jobTemplate?: { readonly spec: Spec };
}

function specOf(manifest: Manifest): Spec {
  return (manifest['spec'] ?? {}) as Spec;
}

function podOf(manifest: Manifest): Pod {
  const { template, jobTemplate } = specOf(manifest);
  return (jobTemplate?.spec.template ?? template)?.spec ?? { containers: [] };
}

function imagesOf(manifest: Manifest): Pod['containers'] {
  const { containers, initContainers = [] } = podOf(manifest);
  return [...initContainers, ...containers];
}

/** Accounts of a node may have numbers below 10000. */
function hasLowUser(manifest: Manifest): boolean {
  return (podOf(manifest).securityContext?.runAsUser ?? 0) < 10000;
}

function hasNoDigest(manifest: Manifest): boolean {
  return imagesOf(manifest).some(({ image }) => !image.includes('@sha256:'));
}

function reusesImages(manifest: Manifest): boolean {
  return imagesOf(manifest).some(({ imagePullPolicy }) => imagePullPolicy !== 'Always');
}

/** An exporter beside the main container. */
function hasQuietSidecar(manifest: Manifest): boolean {
  return podOf(manifest)
    .containers.slice(1)
    .some(({ readinessProbe }) => readinessProbe === undefined);
}

function readsSecretVariable(manifest: Manifest): boolean {
  return imagesOf(manifest).some(({ env = [] }) => env.some(({ valueFrom }) => valueFrom?.secretKeyRef));
}

function mountsToken(manifest: Manifest): boolean {
  return podOf(manifest).automountServiceAccountToken === true;
}

function sharesNode(manifest: Manifest): boolean {
  return podOf(manifest).affinity?.podAffinity !== undefined;
}

const podKinds = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];
const stores = ['database', 'cache', 'queue'];
const inDevelopment = ['web', 'worker', 'proxy', ...stores, 'tool', 'job'];
const everywhere = [...inDevelopment, 'singleton', 'backup', 'monitoring'];

const statedUser = 'the document or the image names the user, and the files in the image belong to it';
const onOneNode =
  'its pods share a ReadWriteOnce claim, so they share a node: a budget would hold back a drain for ever';
const noHeartbeat = 'it serves nobody, so nobody waits for its readiness; liveness is its heartbeat';
const brokerAlive = 'RabbitMQ advises against it: a node that waits for its peers would be restarted for ever';
const pulledOnce = 'the environment says IfNotPresent: its images are built or loaded on the nodes';

const kubeScore: readonly Omit<Exemption, 'tool'>[] = [
  {
    check: 'container-image-pull-policy',
    kinds: podKinds,
    components: inDevelopment,
    where: reusesImages,
    reason: pulledOnce,
  },
  {
    check: 'container-security-context-user-group-id',
    kinds: ['Deployment', 'Job'],
    components: ['web', 'tool', 'job'],
    where: hasLowUser,
    reason: statedUser,
  },
  {
    check: 'deployment-has-host-podantiaffinity',
    kinds: ['Deployment'],
    components: ['web'],
    where: sharesNode,
    reason: 'its pods share a ReadWriteOnce claim, so they share a node',
  },
  {
    check: 'deployment-has-poddisruptionbudget',
    kinds: ['Deployment'],
    components: ['web'],
    where: sharesNode,
    reason: onOneNode,
  },
  {
    check: 'deployment-replicas',
    kinds: ['Deployment'],
    components: ['web', 'proxy', 'tool', 'monitoring'],
    where: (manifest) => specOf(manifest).replicas === 1,
    reason: 'one of everything at the lowest tier, and one of each tool and exporter',
  },
  {
    check: 'deployment-strategy',
    kinds: ['Deployment'],
    components: ['tool'],
    reason: 'a second pod could not mount its ReadWriteOnce claim, so the first goes before it',
  },
  {
    check: 'networkpolicy-targets-pod',
    kinds: ['NetworkPolicy'],
    components: ['network'],
    reason: 'cert-manager makes the pods of its solver when it asks for a certificate',
  },
  { check: 'pod-probes', kinds: ['StatefulSet'], components: ['queue'], reason: brokerAlive },
  {
    check: 'service-targets-pod',
    kinds: ['Service'],
    components: ['database', 'cache'],
    where: (manifest) => 'statefulset.kubernetes.io/pod-name' in (specOf(manifest).selector ?? {}),
    reason: 'it selects the primary by a label that Kubernetes itself puts on the pods of a StatefulSet',
  },
];

const checkov: readonly Omit<Exemption, 'tool'>[] = [
  { check: 'CKV_K8S_8', kinds: ['StatefulSet'], components: ['queue'], reason: brokerAlive },
  { check: 'CKV_K8S_9', kinds: ['Deployment'], components: ['worker', 'singleton'], reason: noHeartbeat },
  {
    check: 'CKV_K8S_9',
    kinds: ['Deployment', 'StatefulSet'],
    components: ['proxy', 'database', 'cache'],
    where: hasQuietSidecar,
    reason: 'the exporter beside it serves Prometheus alone: its readiness must not take the pod from its users',
  },
  {
    check: 'CKV_K8S_15',
    kinds: podKinds,
    components: inDevelopment,
    where: reusesImages,
    reason: pulledOnce,
  },
  {
    check: 'CKV_K8S_35',
    kinds: ['Deployment', 'Job'],
    components: ['web', 'worker', 'singleton', 'job'],
    where: readsSecretVariable,
    reason: 'the application reads its credentials from the environment, as its document draws',
  },
  {
    check: 'CKV_K8S_35',
    kinds: ['StatefulSet', 'Deployment'],
    components: ['cache', 'monitoring'],
    where: readsSecretVariable,
    reason: 'the exporter reads the password from the environment',
  },
  {
    check: 'CKV_K8S_38',
    kinds: ['StatefulSet', 'Deployment'],
    components: ['monitoring'],
    where: mountsToken,
    reason: 'it reads targets and objects at the API server, and may do nothing else',
  },
  {
    check: 'CKV_K8S_38',
    kinds: ['Job', 'CronJob'],
    components: ['job'],
    where: mountsToken,
    reason: 'it makes Secrets at the API server, and may do nothing else',
  },
  {
    check: 'CKV_K8S_40',
    kinds: ['Deployment', 'Job'],
    components: ['web', 'tool', 'job'],
    where: hasLowUser,
    reason: statedUser,
  },
  {
    check: 'CKV_K8S_43',
    kinds: podKinds,
    components: everywhere,
    where: hasNoDigest,
    reason: 'digests come with a release: `keelson image` writes them where it is given one',
  },
];

export const exemptions: readonly Exemption[] = [
  ...kubeScore.map((entry) => ({ tool: 'kube-score' as const, ...entry })),
  ...checkov.map((entry) => ({ tool: 'checkov' as const, ...entry })),
];

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function metadataOf(manifest: Manifest): Metadata {
  return manifest['metadata'] as Metadata;
}

/** Whether an exemption holds for an object. */
export function covers({ kinds, components, where }: Exemption, manifest: Manifest): boolean {
  const component = metadataOf(manifest).labels?.['app.kubernetes.io/component'] ?? '';
  return kinds.includes(String(manifest['kind'])) && components.includes(component) && (where?.(manifest) ?? true);
}

/** The exemptions that hold for an object. */
export function exemptionsFor(manifest: Manifest): readonly Exemption[] {
  return exemptions.filter((exemption) => covers(exemption, manifest));
}

/** The object with its exemptions as annotations, in the form each analyser reads. */
export function annotateExemptions(manifest: Manifest): Manifest {
  const found = exemptionsFor(manifest);
  if (found.length === 0) return manifest;
  const meta = metadataOf(manifest);
  const score = found.filter(({ tool }) => tool === 'kube-score').map(({ check }) => check);
  const skips = found
    .filter(({ tool }) => tool === 'checkov')
    .map(({ check, reason }, index) => [`checkov.io/skip${index + 1}`, `${check}=${reason}`] as const);
  const annotations = {
    ...meta.annotations,
    ...(score.length ? { 'kube-score/ignore': score.join(',') } : {}),
    ...Object.fromEntries(skips),
  };
  return { ...manifest, metadata: { ...meta, annotations } };
}
