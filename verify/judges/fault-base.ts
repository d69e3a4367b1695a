import type { KubernetesObject } from '../manifests/objects';

const metadata = (name: string) => ({ name, namespace: 'default', labels: { app: 'app' } });

const podSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'registry.invalid/app:1',
      env: [{ name: 'A', value: 'one' }],
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/', port: 'http' } },
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '64Mi' } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
  ],
  volumes: [{ name: 'tmp', emptyDir: {} }],
};

/** Good objects that take one fault at a time. */
export const BASE = {
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('app'), data: { key: 'value' } },
  Deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('app'),
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'app' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels: { app: 'app' } }, spec: podSpec },
    },
  },
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('app'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  },
  Ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata('app'),
    spec: {
      rules: [
        {
          host: 'app.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'app', port: { name: 'http' } } } }],
          },
        },
      ],
    },
  },
  Job: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('app'),
    spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
  },
  NetworkPolicy: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('app'),
    spec: {
      podSelector: { matchLabels: { app: 'app' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    },
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('app'),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'app' } } },
  },
  Service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('app'),
    spec: { type: 'ClusterIP', selector: { app: 'app' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
} satisfies Record<string, KubernetesObject>;

export type BaseKind = keyof typeof BASE;
