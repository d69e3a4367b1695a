import { k8s } from 'cdk8s-plus-28';
import type { ContainerProps } from '../kubernetes/container';
import type { ExporterPlan, Plan } from '../model/plan';
import type { Contribution, Scrape } from './contract';

/** The name of an exporter's port, wherever it runs. */
export const metricsPort = 'metrics';

/** Every exporter has the same questions: it listens, and it answers. They ask no server, so none is restarted with it. */
const timing = { periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 };

const startTiming = { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 30 };

/** What differs between exporters. */
export interface ExporterProps {
  readonly exporter: ExporterPlan;
  readonly args?: readonly string[];
  readonly env?: ContainerProps['env'];
  readonly mounts?: readonly k8s.VolumeMount[];
  readonly authorities?: ContainerProps['authorities'];
}

/** The exporter's container: in the pods of its server, or in a pod of its own. */
export function exporterContainer({ exporter, ...rest }: ExporterProps): ContainerProps {
  const { image, port, resources } = exporter;
  return {
    name: 'exporter',
    image,
    ports: [{ name: metricsPort, port, containerPort: port }],
    resources,
    // Never readiness by HTTP: an exporter that is slow must not take its server out of the Service.
    startupProbe: { tcpSocket: { port: k8s.IntOrString.fromString(metricsPort) }, ...startTiming },
    livenessProbe: { tcpSocket: { port: k8s.IntOrString.fromString(metricsPort) }, ...timing },
    ...rest,
  };
}

/** Where the exporters of the Plan of one kind are, and what they are scraped as. */
export function exportersOf(plan: Plan, kind: ExporterPlan['kind']): readonly ExporterPlan[] {
  return plan.monitors?.exporters.filter((one) => one.kind === kind) ?? [];
}

export function scrapeOf({ of, workload, port }: ExporterPlan): Scrape {
  return { job: of, workload: workload?.name ?? of, port, portName: metricsPort };
}

/** Where the exporter's container runs: in the pods of its server, or in its own. */
export function placed(
  { of, workload }: ExporterPlan,
  container: ContainerProps,
  volumes: readonly k8s.Volume[] = [],
): Pick<Contribution, 'sidecars' | 'ownPods'> {
  if (workload === undefined) return { sidecars: [{ of, container, volumes }] };
  const port = k8s.IntOrString.fromString(metricsPort);
  const readinessProbe = { httpGet: { path: '/', port, scheme: 'HTTP' }, ...timing };
  return { ownPods: [{ workload, container: { ...container, readinessProbe }, volumes }] };
}
