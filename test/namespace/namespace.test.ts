import { App, Chart } from 'cdk8s';
import type { Plan, QuotaPlan } from '../../lib/model/plan';
import { Namespace } from '../../lib/namespace';
import { resolveShop } from '../model/shop';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

function shop(): Plan {
  const { plan } = resolveShop();
  if (plan === undefined) throw new Error('the shop has a problem');
  return plan;
}

const quota: QuotaPlan = {
  pods: 12,
  requests: { cpu: 1500, memory: 2048 },
  limits: { cpu: 4000, memory: 4097 },
  ephemeral: 3072,
  claims: 3,
  largest: { cpu: 500, memory: 1024, ephemeral: 128 },
};

function emitted(own: Partial<QuotaPlan> = {}): ReadonlyMap<string, Manifest> {
  const chart = new Chart(new App(), 'test');
  new Namespace(chart, 'namespace', { plan: { ...shop(), quota: { ...quota, ...own } } });
  return new Map((chart.toJson() as Manifest[]).map((manifest) => [manifest.kind, manifest]));
}

const labels = {
  'app.kubernetes.io/name': 'shop-prod',
  'app.kubernetes.io/instance': 'shop-prod',
  'app.kubernetes.io/component': 'namespace',
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/managed-by': 'keelson',
};

describe('Namespace', () => {
  test('is restricted, at a pinned release, and kept by Argo CD and Flux', () => {
    expect(emitted().get('Namespace')).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'shop-prod',
        labels: {
          ...labels,
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': 'v1.28',
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/audit-version': 'v1.28',
          'pod-security.kubernetes.io/warn': 'restricted',
          'pod-security.kubernetes.io/warn-version': 'v1.28',
        },
        annotations: {
          'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        },
      },
    });
  });

  test('bounds all that the Plan counts', () => {
    expect(emitted().get('ResourceQuota')).toEqual({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'namespace-quota', namespace: 'shop-prod', labels },
      spec: {
        hard: {
          'requests.cpu': '1500m',
          'requests.memory': '2Gi',
          'requests.ephemeral-storage': '3Gi',
          'limits.cpu': '4',
          'limits.memory': '4097Mi',
          'limits.ephemeral-storage': '3Gi',
          pods: '12',
          persistentvolumeclaims: '3',
        },
      },
    });
  });

  test('writes a quota of nothing as the API server does', () => {
    expect(emitted({ claims: 0 }).get('ResourceQuota')?.spec['hard']).toMatchObject({
      persistentvolumeclaims: '0',
    });
  });

  test('gives defaults to containers that state nothing, and has no bounds that could refuse one', () => {
    expect(emitted().get('LimitRange')).toEqual({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'container-defaults', namespace: 'shop-prod', labels },
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '128Mi' },
            defaultRequest: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
          },
        ],
      },
    });
  });
});
