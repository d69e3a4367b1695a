/** A cluster from nothing to every node Ready. `teardown.ts` undoes it, also what an earlier run left. */
import { Api, type Resource } from './api';
import { createCertificates } from './certificates';
import { startApiServer, startControllers } from './control-plane';
import type { NodeLayout } from './layout';
import { type Images, startKubelet, startProxy, startRuntime } from './node';
import { isRunning, lastLines } from './processes';
import { until } from './until';

export interface NodeObject extends Resource {
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

async function answers(api: Api): Promise<boolean> {
  if (!isRunning('apiserver')) throw new Error(`The API server ended:\n${lastLines('apiserver')}`);
  return api.isOk('/readyz'); // not before its own roles are made: the controllers need them at once
}

function isReady({ status }: NodeObject): boolean {
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

/** Starts of one kubelet after its first. */
const RESTARTS = 5;

/**
 * Starts again what ends, as a service manager does: all kubelets of this machine make the same socket for devices, and
 * one may come in between.
 */
async function untilReady(api: Api, nodes: readonly NodeLayout[]): Promise<void> {
  const restarts = new Map<string, number>();
  const gone = await until('every node is Ready', 120, async () => {
    for (const node of nodes.filter(({ index }) => !isRunning(`kubelet-${index}`))) {
      const count = (restarts.get(node.name) ?? 0) + 1;
      if (count > RESTARTS) return `The kubelet of ${node.name} ended: ${lastLines(`kubelet-${node.index}`, 2)}`;
      restarts.set(node.name, count);
      startKubelet(node);
    }
    const ready = (await api.list<NodeObject>('/api/v1/nodes')).filter(isReady);
    return ready.length === nodes.length && 'ready';
  });
  if (gone !== 'ready') throw new Error(gone);
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
    startProxy(node);
  }
  await untilReady(api, nodes);
  await until('the default ServiceAccount exists', 30, () =>
    api.find('/api/v1/namespaces/default/serviceaccounts/default'),
  );
  return api;
}
