import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan, PortPlan, Workload } from '../model/plan';
import { metadata, selector } from './labels';

export interface ServiceProps {
  readonly plan: Plan;
  readonly workload: Workload;
  /** @default - the workload's name */
  readonly name?: string;
  /** @default - the workload's */
  readonly ports?: readonly PortPlan[];
  /** @default ClusterIP */
  readonly type?: 'ClusterIP' | 'LoadBalancer';
  /** DNS answers with the pods' own addresses, ready or not: what the members of a StatefulSet find each other by. */
  readonly headless?: boolean;
  /** Labels besides the workload's own, to reach some of its pods only. */
  readonly select?: Readonly<Record<string, string>>;
  /** `Local` keeps the client's address, and sends only to nodes that run a pod. For a LoadBalancer. */
  readonly externalTrafficPolicy?: 'Local' | 'Cluster';
  readonly annotations?: Record<string, string>;
}

/**
 * Behind a Gateway a port over which WebSockets are opened says so; elsewhere nobody asks. Plain requests go over it, too.
 * @see https://gateway-api.sigs.k8s.io/guides/user-guides/backend-protocol/
 */
function appProtocol({ edge }: Plan, { name }: Workload, { port }: PortPlan): 'kubernetes.io/ws' | undefined {
  const opened = edge.routes.some((route) => route.websocket && route.to === name && route.port === port);
  return edge.kind === 'gateway' && opened ? 'kubernetes.io/ws' : undefined;
}

/** A Service in front of a workload's pods. Ports lead to the containers' by name, so a container may move its own. */
export function service(scope: Construct, props: ServiceProps): k8s.KubeService {
  const { plan, workload, name = workload.name } = props;
  return new k8s.KubeService(scope, `${name}-service`, {
    metadata: metadata(plan, name, workload, props.annotations),
    spec: {
      type: props.type ?? 'ClusterIP',
      clusterIp: props.headless ? 'None' : undefined,
      publishNotReadyAddresses: props.headless ? true : undefined,
      externalTrafficPolicy: props.externalTrafficPolicy,
      selector: { ...(workload.podLabels ?? selector(plan, workload.name)), ...props.select },
      ports: (props.ports ?? workload.ports).map((port) => ({
        name: port.name,
        port: port.port,
        targetPort: k8s.IntOrString.fromString(port.name),
        protocol: 'TCP',
        appProtocol: appProtocol(plan, workload, port),
      })),
    },
  });
}
