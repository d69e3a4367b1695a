/** All objects of one system in one place, with what the invariants look up in them. */
import type { Container, Manifest, PodSpec, Selector, Template } from './manifest';

/** An object that makes pods, with the template of them. */
export interface Workload {
  readonly manifest: Manifest;
  /** Where it stands: `Deployment/backend`. */
  readonly at: string;
  /** `app.kubernetes.io/name` of its pods. */
  readonly name: string;
  readonly component: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly template: Template;
  readonly pod: PodSpec;
}

export interface ContainerPlace {
  readonly workload: Workload;
  readonly container: Container;
  readonly init: boolean;
  /** `Deployment/backend wait-for-db`. */
  readonly at: string;
}

export function at({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.name}`;
}

/** Whether a selector selects these labels. */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      if (operator === 'In') return values?.includes(labels[key] ?? '') ?? false;
      if (operator === 'Exists') return key in labels;
      throw new Error(`the invariants do not know the operator ${operator}`);
    })
  );
}

function workloadOf(manifest: Manifest): Workload[] {
  const template = manifest.spec?.template ?? manifest.spec?.jobTemplate?.spec.template;
  if (template?.spec?.containers === undefined) return [];
  const labels = template.metadata?.labels ?? {};
  const [name, component] = [labels['app.kubernetes.io/name'] ?? '', labels['app.kubernetes.io/component'] ?? ''];
  return [{ manifest, at: at(manifest), name, component, labels, template, pod: template.spec }];
}

/** The labels of each of its pods: those of a StatefulSet get one more from Kubernetes, by ordinal. */
function podLabels({ manifest, labels }: Workload): Readonly<Record<string, string>>[] {
  if (manifest.kind !== 'StatefulSet') return [{ ...labels }];
  return Array.from({ length: manifest.spec?.replicas ?? 1 }, (_, ordinal) => ({
    ...labels,
    'statefulset.kubernetes.io/pod-name': `${manifest.metadata.name}-${ordinal}`,
  }));
}

function containersOf(workload: Workload): ContainerPlace[] {
  const places = (list: readonly Container[] | undefined, init: boolean): ContainerPlace[] =>
    (list ?? []).map((container) => ({ workload, container, init, at: `${workload.at} ${container.name}` }));
  return [...places(workload.pod.initContainers, true), ...places(workload.pod.containers, false)];
}

/** Everything that one system becomes in one place, in the order in which it is applied. */
export class ObjectSet {
  readonly workloads: readonly Workload[];
  /** Of every workload, init containers included. */
  readonly containers: readonly ContainerPlace[];

  constructor(readonly manifests: readonly Manifest[]) {
    this.workloads = manifests.flatMap(workloadOf);
    this.containers = this.workloads.flatMap(containersOf);
  }

  ofKind(...kinds: readonly string[]): readonly Manifest[] {
    return this.manifests.filter(({ kind }) => kinds.includes(kind));
  }

  find(kind: string, name: string): Manifest | undefined {
    return this.manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  }

  workloadsOf(...kinds: readonly string[]): readonly Workload[] {
    return this.workloads.filter(({ manifest }) => kinds.includes(manifest.kind));
  }

  /** The workloads whose pods a selector selects. */
  selected(selector: Selector): readonly Workload[] {
    return this.workloads.filter((workload) => podLabels(workload).some((labels) => selects(selector, labels)));
  }
}
