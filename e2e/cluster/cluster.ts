/** A cluster from nothing to every node Ready. `teardown.ts` undoes it, also what an earlier run left. */
import { Api, type Resource } from './api';
import { createCertificates } from './certificates';
import { startApiServer, startControllers } from './control-plane';
import type { NodeLayout } from './layout';
import { type Images, startKubelet, startRuntime } from './node';
import { isRunning, lastLines } from './processes';
import { until } from './until';

export interface NodeObject extends Resource {
  readonly spec: { readonly podCIDR?: string; readonly unschedulable?: boolean };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

async function answers(api: Api): Promise<boolean> {
  if (!isRunning('apiserver')) throw new Error(`The API server ended:\n${lastLines('apiserver')}`);
  return api.get('/api/v1/namespaces/kube-system').then(
    () => true,
    () => false,
  );
}

function isReady({ status }: NodeObject): boolean {
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

/** Certificates and the runtimes with their images first; then everything that looks at a clock. */
export async function startCluster(nodes: readonly NodeLayout[], images: Images): Promise<Api> {
  await createCertificates(nodes);
  const api = new Api();
  startApiServer();
  await Promise.all(nodes.map((node) => startRuntime(node, images)));
  await until('the API server answers', 60, () => answers(api));
  startControllers();
  for (const node of nodes) {
    startKubelet(node);
    // One by one: the ranges of pod addresses are given out in order of arrival, and the routes expect that.
    const object = await until(`${node.name} has its addresses`, 60, async () => {
      if (!isRunning(`kubelet-${node.index}`)) throw new Error(lastLines(`kubelet-${node.index}`));
      const found = await api.find<NodeObject>(`/api/v1/nodes/${node.name}`);
      return found?.spec.podCIDR === undefined ? undefined : found;
    });
    if (object.spec.podCIDR !== node.podNetwork) throw new Error(`${node.name} was given ${object.spec.podCIDR}`);
  }
  await until('every node is Ready', 120, async () => (await api.list<NodeObject>('/api/v1/nodes')).every(isReady));
  await until('the default ServiceAccount exists', 30, () =>
    api.find('/api/v1/namespaces/default/serviceaccounts/default'),
  );
  return api;
}
