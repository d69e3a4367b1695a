import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { Cluster } from '../../cluster/cluster';
import type { Pod } from './pods';

/**
 * Stands in for the kubelets, whose figures need real containers: it serves the same names with invented values, but only
 * to whom the API server allows to read them. So the ClusterRole is the real one.
 */
export async function startKubelet(
  cluster: Cluster,
  address: string,
  port: number,
  pods: () => readonly Pod[],
): Promise<void> {
  const certificate = (file: string): Buffer => readFileSync(join(cluster.folder, 'certificates', file));
  const server = createServer({ key: certificate('apiserver.key'), cert: certificate('apiserver.crt') });
  server.on('request', (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    mayRead(cluster, token).then(
      (allowed) => {
        if (!allowed) return response.writeHead(403).end();
        response.setHeader('content-type', 'text/plain; version=0.0.4');
        return response.end(request.url === '/metrics/cadvisor' ? containers(pods()) : volumes(pods()));
      },
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
}

/** As a kubelet asks: who is it, and may they get nodes/metrics? */
async function mayRead({ client }: Cluster, token: string): Promise<boolean> {
  const review = await client.must('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  });
  const { authenticated, user } = review.body['status'] as { authenticated?: boolean; user?: Record<string, unknown> };
  if (!authenticated) return false;
  const access = await client.must('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: user?.['username'],
        groups: user?.['groups'],
        resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'metrics' },
      },
    },
  });
  return (access.body['status'] as { allowed: boolean }).allowed;
}

function containers(pods: readonly Pod[]): string {
  const seconds = Date.now() / 1000 - 1_700_000_000;
  return pods
    .flatMap(({ metadata: { name, namespace }, spec }) => {
      const pod = `namespace="${namespace}",pod="${name}"`;
      return [
        ...spec.containers.flatMap((one) => [
          `container_cpu_usage_seconds_total{${pod},container="${one.name}",cpu="total"} ${seconds * 0.05}`,
          `container_memory_working_set_bytes{${pod},container="${one.name}"} ${60 * 1024 * 1024}`,
        ]),
        `container_network_receive_bytes_total{${pod},interface="eth0"} ${seconds * 20_000}`,
        `container_network_transmit_bytes_total{${pod},interface="eth0"} ${seconds * 30_000}`,
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function volumes(pods: readonly Pod[]): string {
  return pods
    .flatMap(({ metadata: { namespace }, spec }) =>
      (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => {
        if (claim === undefined) return [];
        const labels = `namespace="${namespace}",persistentvolumeclaim="${claim.claimName}"`;
        return [
          `kubelet_volume_stats_available_bytes{${labels}} ${7 * 1024 ** 3}`,
          `kubelet_volume_stats_capacity_bytes{${labels}} ${10 * 1024 ** 3}`,
        ];
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
