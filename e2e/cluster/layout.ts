/** Where everything of the test cluster lies, and how it is addressed. Nothing of it is reachable from outside. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the checkout; image stores stay between runs, everything else is removed. */
export const STATE = join(homedir(), '.cache', 'keelson', 'e2e');

export const folders = {
  pki: join(STATE, 'pki'),
  configuration: join(STATE, 'configuration'),
  logs: join(STATE, 'logs'),
  run: join(STATE, 'run'),
  pids: join(STATE, 'run', 'pids'),
  etcd: join(STATE, 'etcd'),
  disks: join(STATE, 'disks'),
  nodes: join(STATE, 'nodes'),
  manifests: join(STATE, 'manifests'),
} as const;

/** The namespace that holds only the switch between nodes. */
export const SWITCH = 'keelson-e2e-sw';

export const POD_NETWORK = '10.244.0.0/16';
export const SERVICE_NETWORK = '10.96.0.0/16';
export const DNS_ADDRESS = '10.96.0.10';
export const EDGE_ADDRESS = '10.96.0.80';
export const API_SERVICE_ADDRESS = '10.96.0.1';
export const REGISTRY_PORT = 5000;
export const DISK_CLASS = 'network-disk';
/** Holds a pod's namespaces open. */
export const PAUSE_IMAGE = 'registry.e2e.test/pause:1';
export const API_PORT = 6443;
/** The kubelets' own. */
export const KUBELET_PORT = 10250;

export interface NodeLayout {
  readonly index: number;
  readonly name: string;
  /** Its network namespace. */
  readonly netns: string;
  /** Of TEST-NET-1: belongs to nobody. */
  readonly address: string;
  readonly podNetwork: string;
  readonly zone: string;
  readonly folder: string;
  readonly containerdSocket: string;
  /** Its kubelet's root, in `cgroups.ts`. */
  readonly cgroup: `keelson-e2e-${string}`;
}

const ZONES = ['a', 'b', 'c'];

export function nodeLayout(index: number): NodeLayout {
  return {
    index,
    name: `node-${index}`,
    netns: `keelson-e2e-${index}`,
    address: `192.0.2.${9 + index}`,
    podNetwork: `10.244.${index - 1}.0/24`,
    zone: `zone-${ZONES[(index - 1) % ZONES.length]}`,
    folder: join(folders.nodes, String(index)),
    containerdSocket: join(folders.run, `containerd-${index}.sock`),
    cgroup: `keelson-e2e-${index}`,
  };
}

export const controlPlane = nodeLayout(1);
export const API_URL = `https://${controlPlane.address}:${API_PORT}`;
export const KUBECONFIG = join(folders.configuration, 'admin.kubeconfig');
export const REGISTRY_URL = `http://${controlPlane.address}:${REGISTRY_PORT}`;

export function nodeLayouts(count: number): NodeLayout[] {
  return Array.from({ length: count }, (_, index) => nodeLayout(index + 1));
}
