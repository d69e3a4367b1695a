import type { k8s } from 'cdk8s-plus-28';
import type { Plan, Workload } from '../model/plan';
import { authorityVolume } from './authority';
import { type ContainerProps, container, scratchVolumes } from './container';
import { labels, selector } from './labels';
import { podSecurity } from './security';

/** A pod template of a workload: the golden pod, from what differs. */
export interface PodProps {
  readonly plan: Plan;
  readonly workload: Workload;
  /** The main container first. */
  readonly containers: readonly ContainerProps[];
  readonly initContainers?: readonly ContainerProps[];
  readonly volumes?: readonly k8s.Volume[];
  /** Content whose change must roll the pods, by a short name: `checksum/<name>` on the pod. */
  readonly checksums?: Readonly<Record<string, string>>;
  readonly graceSeconds?: number;
  /** Jobs say Never or OnFailure. @default Always */
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /** Workloads with whose pods this one must share a node. @default - spread over nodes and zones */
  readonly sameNodeAs?: readonly string[];
}

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

/** Prefer another node, and spread softly over nodes and zones: a hard rule would leave pods Pending in a small cluster. */
function spread(plan: Plan, workload: Workload): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  const labelSelector = { matchLabels: selector(plan, workload.name) };
  const constraint = (topologyKey: string): k8s.TopologySpreadConstraint => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
  });
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector, topologyKey: hostname } },
        ],
      },
    },
    topologySpreadConstraints: [constraint(hostname), constraint(zone)],
  };
}

/**
 * Pods that mount one ReadWriteOnce claim follow each other to its node. The first one finds no other and may go
 * anywhere, because the rule matches the pod itself.
 */
function together(plan: Plan, names: readonly string[]): Pick<k8s.PodSpec, 'affinity'> {
  const labelSelector = {
    matchLabels: { 'app.kubernetes.io/instance': plan.namespace },
    matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...names] }],
  };
  return {
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: hostname }] },
    },
  };
}

function placement(props: PodProps): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  if (props.sameNodeAs?.length) return together(props.plan, props.sameNodeAs);
  return props.restartPolicy === undefined ? spread(props.plan, props.workload) : {};
}

/** The authorities of all containers of a pod; one that several use stands here once. */
function authorityVolumes(containers: readonly ContainerProps[]): k8s.Volume[] {
  const all = containers.flatMap(({ authorities = [] }) => authorities);
  return [...new Map(all.map((authority) => [authority.of, authority])).values()].map(authorityVolume);
}

/** The pod template. The ServiceAccount carries the workload's name; its token is mounted only where it is needed. */
export function podTemplate(props: PodProps): k8s.PodTemplateSpec {
  const { plan, workload } = props;
  const all = [...(props.initContainers ?? []), ...props.containers];
  const volumes = [...(props.volumes ?? []), ...authorityVolumes(all), ...scratchVolumes(all)];
  const checksums = Object.entries(props.checksums ?? {}).map(([key, value]) => [`checksum/${key}`, value] as const);
  return {
    metadata: {
      labels: labels(plan, workload.name, workload.component),
      annotations: checksums.length ? Object.fromEntries(checksums) : undefined,
    },
    spec: {
      serviceAccountName: workload.name,
      automountServiceAccountToken: workload.apiServer,
      enableServiceLinks: false,
      securityContext: podSecurity(workload.user, workload.group),
      ...placement(props),
      terminationGracePeriodSeconds: props.graceSeconds ?? 30,
      restartPolicy: props.restartPolicy,
      imagePullSecrets: plan.images.pullSecret === undefined ? undefined : [{ name: plan.images.pullSecret }],
      initContainers: props.initContainers?.length
        ? props.initContainers.map((item) => container(plan, item))
        : undefined,
      containers: props.containers.map((item) => container(plan, item)),
      volumes: volumes.length ? volumes : undefined,
    },
  };
}
