import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { ContainerProps } from '../kubernetes/container';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import { podsServiceName, statefulSet } from '../kubernetes/stateful-set';
import type { MonitoringServer, Plan } from '../model/plan';
import { Claim } from '../storage';

/** Files by the name of the ConfigMap that holds them. */
export type ConfigMaps = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ServerProps {
  readonly plan: Plan;
  readonly server: MonitoringServer;
  readonly container: Omit<ContainerProps, 'name' | 'image' | 'ports' | 'resources'>;
  readonly volumes: readonly k8s.Volume[];
  readonly configMaps: ConfigMaps;
  /** Time to write what is in memory, seconds. */
  readonly graceSeconds: number;
}

/** A volume of a ConfigMap's files. */
export function filesVolume(name: string, configMapName: string): k8s.Volume {
  return { name, configMap: { name: configMapName } };
}

/** One server with its claim. A change of any of its files starts it again; what it knows is on the claim. */
export function monitoringServer(scope: Construct, props: ServerProps): void {
  const { plan, server, container, volumes, configMaps, graceSeconds } = props;
  const { workload, claim } = server;
  new Claim(scope, claim.name, { plan, claim });
  serviceAccount(scope, plan, workload);
  for (const [name, files] of Object.entries(configMaps)) configMap(scope, plan, workload, name, files);
  service(scope, { plan, workload, name: podsServiceName(workload), headless: true });
  service(scope, { plan, workload });
  const { name, image, ports, resources } = workload;
  statefulSet(scope, {
    plan,
    workload,
    containers: [{ name, image, ports, resources, ...container }],
    volumes,
    checksums: Object.fromEntries(Object.entries(configMaps).map(([name, files]) => [name, checksum(files)])),
    graceSeconds,
    podManagementPolicy: 'OrderedReady',
  });
}
