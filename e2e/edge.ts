/** An Ingress controller for tests: nginx in a namespace of its own, configured from the emitted Ingress objects. It tries nothing twice, so that a failure behind it shows. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../verify/manifests/objects';
import { certificate, pki } from './cluster/certificates';
import { controlPlane, DNS_ADDRESS, EDGE_ADDRESS, STATE } from './cluster/layout';
import { EDGE_IMAGE } from './images/references';
import type { Manifests } from './manifests';
import { mustKubectl } from './stage';

const NAMESPACE = 'ingress';

interface IngressRule {
  readonly host: string;
  readonly http: {
    readonly paths: readonly {
      readonly path: string;
      readonly pathType: string;
      readonly backend: { readonly service: { readonly name: string; readonly port: { readonly number: number } } };
    }[];
  };
}

function locations({ http }: IngressRule, namespace: string): string {
  return http.paths
    .map(({ path, pathType, backend: { service } }, index) => {
      const match = pathType === 'Exact' ? `= ${path}` : path;
      // A variable: looked up while it runs, so the Service may come later. Its address stays, so one answer is enough.
      return `location ${match} {
        set $service${index} ${service.name}.${namespace}.svc.cluster.local;
        proxy_pass http://$service${index}:${service.port.number};
      }`;
    })
    .join('\n');
}

function configuration(manifests: Manifests): string {
  const ingresses = manifests.objects.filter(({ kind }) => kind === 'Ingress');
  const rules = ingresses.flatMap((object) => at(object, 'spec', 'rules') as IngressRule[]);
  const servers = rules.map(
    (rule) => `server {
      listen 8443 ssl;
      server_name ${rule.host};
      ssl_certificate /certificate/tls.crt;
      ssl_certificate_key /certificate/tls.key;
      ${locations(rule, manifests.plan.namespace)}
    }`,
  );
  return `daemon off;
pid /tmp/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 1024; }
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`).join(' ')}
  access_log off;
  resolver ${DNS_ADDRESS} valid=600s ipv6=off;
  proxy_next_upstream off;
  client_max_body_size 0;
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto https;
  ${servers.join('\n')}
}
`;
}

function objects(manifests: Manifests): unknown[] {
  const metadata = { name: 'ingress', namespace: NAMESPACE };
  const labels = { app: 'ingress' };
  const secret = { 'tls.crt': readFileSync(pki('edge.crt'), 'utf8'), 'tls.key': readFileSync(pki('edge.key'), 'utf8') };
  const container = {
    name: 'nginx',
    image: EDGE_IMAGE,
    command: ['nginx', '-e', 'stderr', '-c', '/configuration/nginx.conf'],
    ports: [{ name: 'https', containerPort: 8443 }],
    readinessProbe: { tcpSocket: { port: 'https' }, periodSeconds: 1 },
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
    volumeMounts: [
      { name: 'configuration', mountPath: '/configuration' },
      { name: 'certificate', mountPath: '/certificate' },
    ],
  };
  const spec = {
    // Its own node is never drained.
    nodeSelector: { 'kubernetes.io/hostname': controlPlane.name },
    containers: [container],
    volumes: [
      { name: 'configuration', configMap: { name: 'ingress' } },
      { name: 'certificate', secret: { secretName: 'ingress' } },
    ],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'nginx.conf': configuration(manifests) } },
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: secret },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { clusterIP: EDGE_ADDRESS, selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
  ];
}

/** Starts the controller; the system that it leads to may come later. */
export async function startEdge(manifests: Manifests): Promise<void> {
  const hosts = manifests.plan.edge.hosts;
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  await certificate({ name: 'edge', subject: `/CN=${hosts[0]}`, authority: 'outside', names });
  const file = join(STATE, 'configuration', 'edge.json');
  mkdirSync(join(STATE, 'configuration'), { recursive: true });
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(manifests) }));
  await mustKubectl(['apply', '-f', file]);
}

/** Ours keeps the addresses of Services, which a real controller follows: for a namespace that was made again. */
export async function restartEdge(): Promise<void> {
  await mustKubectl(['-n', NAMESPACE, 'rollout', 'restart', 'deployment/ingress']);
  await mustKubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/ingress', '--timeout=120s'], 130);
}
