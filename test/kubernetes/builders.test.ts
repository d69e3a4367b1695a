import { autoscaler } from '../../lib/kubernetes/autoscaler';
import { configMap } from '../../lib/kubernetes/config-map';
import { scratchVolumes } from '../../lib/kubernetes/container';
import { service } from '../../lib/kubernetes/service';
import { ProblemsError } from '../../lib/model';
import { render, serviceOf, shopPlan } from '../application/fixture';

const plan = shopPlan();
const backend = serviceOf(plan, 'backend');

describe('An autoscaler', () => {
  const { spec } = render((scope) => autoscaler(scope, plan, backend, 65)).get('HorizontalPodAutoscaler/backend');

  test('holds a percentage of the CPU request', () => {
    expect(spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 65 } } },
    ]);
  });

  test('shrinks slowly, after five quiet minutes, and grows at once', () => {
    expect(spec.behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
    });
    expect(spec.behavior.scaleUp.stabilizationWindowSeconds).toBeLessThanOrEqual(60);
  });
});

describe('A Service', () => {
  test('may be headless, under another name, for some pods only', () => {
    const rendered = render((scope) =>
      service(scope, { plan, workload: backend, name: 'backend-pods', headless: true, select: { role: 'primary' } }),
    );
    expect(rendered.get('Service/backend-pods').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: { 'app.kubernetes.io/name': 'backend', role: 'primary' },
    });
  });

  test('may be a load balancer that keeps the client’s address', () => {
    const rendered = render((scope) =>
      service(scope, { plan, workload: backend, type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
    );
    expect(rendered.get('Service/backend').spec).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
    });
  });
});

describe('A ConfigMap', () => {
  const build = (size: number) => () =>
    render((scope) => configMap(scope, plan, backend, 'big', { text: 'x'.repeat(size) }));

  test('is refused where kubectl apply could not keep its copy', () => {
    expect(build(200_001)).toThrow(ProblemsError);
    expect(build(200_001)).toThrow('ConfigMap/big: found 200005 bytes');
    expect(build(199_000)).not.toThrow();
  });
});

describe('Scratch folders', () => {
  const base = { image: 'i', resources: backend.resources };
  const folder = [{ path: '/var/cache/nginx', size: 8 }];

  test('of a container are its own, those of the pod are shared', () => {
    const own = scratchVolumes([
      { ...base, name: 'a', scratch: folder },
      { ...base, name: 'b', scratch: folder },
    ]);
    expect(own.map(({ name }) => name)).toEqual(['a-var-cache-nginx', 'b-var-cache-nginx']);
    const shared = scratchVolumes([
      { ...base, name: 'a', podScratch: folder },
      { ...base, name: 'b', podScratch: folder },
    ]);
    expect(shared.map(({ name }) => name)).toEqual(['scratch-var-cache-nginx']);
  });
});
