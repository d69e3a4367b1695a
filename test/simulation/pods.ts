import type { ContainerPort, Pod } from './simulation';

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly { readonly ports?: readonly PortManifest[] }[];
    readonly hostNetwork?: boolean;
  };
}

interface PortManifest {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
  };
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

function portOf({ name, containerPort, protocol = 'TCP' }: PortManifest): ContainerPort {
  return name === undefined ? { containerPort, protocol } : { name, containerPort, protocol };
}

/** One pod of each workload among the manifests: labels and container ports as its template has them. */
export function podsOf(manifests: readonly unknown[]): Pod[] {
  return (manifests as readonly Manifest[])
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, metadata: { name, namespace }, spec }): Pod => {
      const template = spec?.template ?? spec?.jobTemplate?.spec.template;
      if (template === undefined) throw new Error(`Cannot read pods of ${kind} ${name}: it has no template`);
      if (template.spec.hostNetwork)
        throw new Error(`Cannot simulate ${kind} ${name}: policies do not hold on hostNetwork`);
      const ports = template.spec.containers.flatMap((container) => (container.ports ?? []).map(portOf));
      return { kind: 'pod', namespace, name, labels: template.metadata?.labels ?? {}, ports };
    });
}
