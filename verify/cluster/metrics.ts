import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { at, type KubernetesObject } from '../manifests/objects';
import { quantity } from '../manifests/quantity';
import { freePorts } from '../servers/ports';
import type { Cluster } from './cluster';

export interface Metrics {
  /** Usage of every container, as a share of its request. */
  load: number;
  stop: () => Promise<void>;
}

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const NAMESPACE = 'kube-system';

/** Stands in for metrics-server: reports the same share of its request for every container. */
export async function startMetrics(cluster: Cluster): Promise<Metrics> {
  const [port = 0] = await freePorts(1);
  const metrics: Metrics = { load: 1, stop: async () => undefined };
  const certificate = (file: string) => readFileSync(join(cluster.folder, 'certificates', file));
  const server = createServer({ key: certificate('apiserver.key'), cert: certificate('apiserver.crt') });
  server.on('request', (request, response) => {
    answer(cluster, request.url ?? '/', metrics.load).then(
      (body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  metrics.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await register(cluster, port);
  return metrics;
}

async function register({ client }: Cluster, port: number): Promise<void> {
  const service = { name: 'metrics', namespace: NAMESPACE };
  await client.must('POST', `/api/v1/namespaces/${NAMESPACE}/services`, {
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    },
  });
  await client.must('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${VERSION}.${GROUP}` },
      spec: {
        group: GROUP,
        version: VERSION,
        service: { ...service, port },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  });
}

async function answer({ client }: Cluster, url: string, load: number): Promise<unknown> {
  const { pathname, search } = new URL(url, 'https://localhost');
  const namespace = /\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1];
  if (namespace === undefined) return discovery();
  const pods = await client.list(`/api/v1/namespaces/${namespace}/pods${search}`);
  const running = pods.filter((pod) => at(pod, 'status', 'phase') === 'Running');
  return {
    kind: 'PodMetricsList',
    apiVersion: `${GROUP}/${VERSION}`,
    items: running.map((pod) => podMetrics(pod, load)),
  };
}

function discovery(): unknown {
  const pods = { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] };
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/${VERSION}`, resources: [pods] };
}

function podMetrics(pod: KubernetesObject, load: number): unknown {
  const { name, namespace, labels } = pod.metadata;
  const containers = at(pod, 'spec', 'containers');
  return {
    metadata: { name, namespace, labels },
    timestamp: new Date().toISOString(),
    window: '10s',
    containers: (Array.isArray(containers) ? containers : []).map((container) => ({
      name: at(container, 'name'),
      usage: {
        cpu: `${Math.ceil(requested(container, 'cpu') * load * 1000)}m`,
        memory: String(Math.ceil(requested(container, 'memory') * load)),
      },
    })),
  };
}

function requested(container: unknown, resource: string): number {
  return quantity(at(container, 'resources', 'requests', resource)) ?? 0;
}
