/** A cluster from nothing to every node Ready. `teardown.ts` undoes it, also what an earlier run left. */
import { Api, type Resource } from './api';
import { createCertificates } from './certificates';
import { startApiServer, startControllers } from './control-plane';
import type { NodeLayout } from './layout';
import { type Images, startKubelet, startRuntime } from './node';
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

/** Certificates and the runtimes with their images first; then everything that looks at a clock. */
export async function startCluster(nodes: readonly NodeLayout[], images: Images): Promise<Api> {
  await createCertificates(nodes);
  const api = new Api();
  startApiServer();
  await Promise.all(nodes.map((node) => startRuntime(node, images)));
  await until('the API server answers', 60, () => answers(api));
  startControllers();
  for (const node of nodes) startKubelet(node);
  await until('every node is Ready', 120, async () => {
    const down = nodes.find(({ index }) => !isRunning(`kubelet-${index}`));
    if (down) throw new Error(`The kubelet of ${down.name} ended: ${lastLines(`kubelet-${down.index}`, 2)}`);
    const ready = (await api.list<NodeObject>('/api/v1/nodes')).filter(isReady);
    return ready.length === nodes.length;
  });
  await until('the default ServiceAccount exists', 30, () =>
    api.find('/api/v1/namespaces/default/serviceaccounts/default'),
  );
  return api;
}
