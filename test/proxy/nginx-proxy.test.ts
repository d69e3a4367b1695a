import { App, Chart } from 'cdk8s';
import type { Plan } from '../../lib/model/plan';
import { NginxProxy } from '../../lib/proxy';
import { proxyOf, type Shop, shopPlan } from './fixture';

type Manifest = { kind: string; metadata: { name: string }; spec: unknown };

function objects(plan: Plan): Manifest[] {
  const chart = new Chart(new App(), 'test');
  new NginxProxy(chart, 'proxy', { plan, service: proxyOf(plan) });
  return chart.toJson() as Manifest[];
}

function only(plan: Plan, kind: string): Manifest {
  const found = objects(plan).filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}

const pod = (plan: Plan): Record<string, unknown> =>
  (only(plan, 'Deployment').spec as { template: { spec: Record<string, unknown> } }).template.spec;
const nginx = (plan: Plan): Record<string, unknown> => (pod(plan)['containers'] as Record<string, unknown>[])[0] ?? {};
const checksums = (plan: Plan): unknown =>
  (only(plan, 'Deployment').spec as { template: { metadata: { annotations: unknown } } }).template.metadata.annotations;

const atPod: Shop = {
  proxy: { tls: true },
  environment: { edge: 'load-balancer', tls: { by: 'secret', secret: 'cert' } },
};

describe('the proxy', () => {
  const plan = shopPlan();

  test('has what a web service has, and its configuration', () => {
    expect(objects(plan).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'ConfigMap/proxy-nginx',
      'ServiceAccount/proxy',
      'Deployment/proxy',
      'Service/proxy',
      'HorizontalPodAutoscaler/proxy',
      'PodDisruptionBudget/proxy',
    ]);
  });

  test('rolls when its configuration changes, and only then', () => {
    expect(checksums(shopPlan())).toEqual(checksums(plan));
    expect(checksums(shopPlan({ proxy: { frameOptions: 'SAMEORIGIN' } }))).not.toEqual(checksums(plan));
  });

  test('waits for its upstreams, and goes on without them', () => {
    const waits = pod(plan)['initContainers'] as { name: string; command: string[] }[];
    expect(waits.map(({ name }) => name)).toEqual(['wait-for-backend', 'wait-for-frontend']);
    expect(waits.every(({ command }) => command.includes('go-on'))).toBe(true);
  });

  test('is asked the documented health for traffic, and something else for life', () => {
    const { readinessProbe, livenessProbe } = nginx(plan) as Record<
      string,
      { httpGet: { path: string; port: string } }
    >;
    expect(readinessProbe?.httpGet).toMatchObject({ path: '/health', port: 'http' });
    expect(livenessProbe?.httpGet).toMatchObject({ path: '/livez', port: 'http' });
  });

  test('drains: leaves the Service first, then finishes what is under way, within its grace', () => {
    const { lifecycle } = nginx(plan) as { lifecycle: unknown };
    expect(lifecycle).toEqual({ preStop: { exec: { command: ['/bin/sleep', '10'] } } });
    expect(pod(plan)['terminationGracePeriodSeconds']).toBe(70);
  });

  test('is reached inside the cluster only', () => {
    const { spec } = only(plan, 'Service');
    expect(spec).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 'http' }] });
  });
});

describe('the proxy as the edge', () => {
  const plan = shopPlan(atPod);

  test("is a load balancer that keeps the clients' addresses", () => {
    expect(only(plan, 'Service').spec).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'https', port: 443, targetPort: 'https' },
      ],
    });
  });

  test('reads the certificate from its Secret, as a group that is no root', () => {
    expect(pod(plan)['volumes']).toContainEqual({ name: 'tls', secret: { secretName: 'cert', defaultMode: 0o440 } });
    expect(nginx(plan)['volumeMounts']).toContainEqual({ name: 'tls', mountPath: '/etc/nginx/tls', readOnly: true });
  });
});
