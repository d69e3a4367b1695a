import { k8s } from 'cdk8s-plus-28';
import type { AuthorityPlan, EnvPlan, Plan, PortPlan, Resources, ScratchPlan } from '../model/plan';
import { byteQuantity, cpuQuantity } from '../model/quantities';
import { authorityMount } from './authority';
import { containerSecurity } from './security';

/** A container, hardened: what differs between containers and nothing else. */
export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvPlan[];
  /** ConfigMaps whose keys become variables. */
  readonly envFromConfigMaps?: readonly string[];
  readonly ports?: readonly PortPlan[];
  readonly mounts?: readonly k8s.VolumeMount[];
  /** Of the stores that it reaches by encrypted connections; each is mounted, and its volume made. */
  readonly authorities?: readonly AuthorityPlan[];
  /** Writable folders of this container alone; each becomes a sized emptyDir. */
  readonly scratch?: readonly ScratchPlan[];
  /** Writable folders of the pod: containers that name the same path share one emptyDir. */
  readonly podScratch?: readonly ScratchPlan[];
  readonly resources: Resources;
  /** The image's own numeric user and group. @default - the pod's */
  readonly user?: number | undefined;
  readonly startupProbe?: k8s.Probe;
  readonly readinessProbe?: k8s.Probe;
  readonly livenessProbe?: k8s.Probe;
  readonly lifecycle?: k8s.Lifecycle;
}

/** The name of the emptyDir for a scratch path: of `nginx`, `/var/cache/nginx` → `nginx-var-cache-nginx`. */
function scratchName(owner: string, path: string): string {
  const slug = path
    .replace(/[^a-z0-9]+/gi, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  return `${owner}-${slug}`.slice(0, 63).replace(/-$/, '');
}

interface ScratchMount extends ScratchPlan {
  readonly name: string;
}

/** A container's scratch folders, each with the volume it stands on. */
function scratchMounts(props: ContainerProps): ScratchMount[] {
  const mountsOf = (owner: string, folders: readonly ScratchPlan[] = []): ScratchMount[] =>
    folders.map((folder) => ({ ...folder, name: scratchName(owner, folder.path) }));
  return [...mountsOf('scratch', props.podScratch), ...mountsOf(props.name, props.scratch)];
}

/** The emptyDirs of all scratch folders of a pod; one that several containers name stands here once. */
export function scratchVolumes(containers: readonly ContainerProps[]): k8s.Volume[] {
  const byName = new Map(containers.flatMap(scratchMounts).map((mount) => [mount.name, mount]));
  return [...byName.values()].map(({ name, size }) => ({
    name,
    emptyDir: { sizeLimit: k8s.Quantity.fromString(byteQuantity(size)) },
  }));
}

/** Kubernetes' resources from the Plan's. */
export function resourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const quantities = (capacity: { cpu: number; memory: number }): Record<string, k8s.Quantity> => ({
    cpu: k8s.Quantity.fromString(cpuQuantity(capacity.cpu)),
    memory: k8s.Quantity.fromString(byteQuantity(capacity.memory)),
    'ephemeral-storage': k8s.Quantity.fromString(byteQuantity(resources.ephemeral)),
  });
  return { requests: quantities(resources.requests), limits: quantities(resources.limits) };
}

/** Environment variables from the Plan's; order is kept, because a value may name an earlier variable. */
export function environment(env: readonly EnvPlan[]): k8s.EnvVar[] {
  return env.map((item) =>
    'value' in item
      ? { name: item.name, value: item.value }
      : {
          name: item.name,
          valueFrom: {
            secretKeyRef: { name: item.secret, key: item.key, ...(item.optional ? { optional: true } : {}) },
          },
        },
  );
}

/** The container as Kubernetes wants it. */
export function container(plan: Pick<Plan, 'images'>, props: ContainerProps): k8s.Container {
  const mounts = [
    ...(props.mounts ?? []),
    ...(props.authorities ?? []).map(authorityMount),
    ...scratchMounts(props).map(({ name, path }) => ({ name, mountPath: path })),
  ];
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: plan.images.pullPolicy,
    command: props.command && [...props.command],
    args: props.args && [...props.args],
    env: props.env?.length ? environment(props.env) : undefined,
    envFrom: props.envFromConfigMaps?.length
      ? props.envFromConfigMaps.map((name) => ({ configMapRef: { name } }))
      : undefined,
    ports: props.ports?.length
      ? props.ports.map(({ name, containerPort }) => ({ name, containerPort, protocol: 'TCP' }))
      : undefined,
    volumeMounts: mounts.length ? mounts : undefined,
    resources: resourceRequirements(props.resources),
    startupProbe: props.startupProbe,
    readinessProbe: props.readinessProbe,
    livenessProbe: props.livenessProbe,
    lifecycle: props.lifecycle,
    securityContext:
      props.user === undefined
        ? containerSecurity
        : { ...containerSecurity, runAsUser: props.user, runAsGroup: props.user },
  };
}
