import type { ServicePlan } from '../../lib/model/plan';
import { claimNames } from '../../lib/storage';
import { WebService } from '../../lib/web';
import { type Rendered, render, serviceOf, shopPlan } from '../application/fixture';

const plan = shopPlan();

function web(service: ServicePlan): Map<string, Rendered> {
  return render((scope) => new WebService(scope, service.name, { plan, service, claims: claimNames(plan) }));
}

const backend = serviceOf(plan, 'backend');
const rendered = web(backend);
const deployment: Rendered = rendered.get('Deployment/backend');
const pod: Rendered = deployment.spec.template.spec;
const main: Rendered = pod.containers[0];

describe('A web service', () => {
  test('has exactly its objects', () => {
    expect([...rendered.keys()]).toEqual([
      'ServiceAccount/backend',
      'Deployment/backend',
      'Service/backend',
      'HorizontalPodAutoscaler/backend',
      'PodDisruptionBudget/backend',
    ]);
  });

  test('rolls without losing a pod', () => {
    expect(deployment.spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(deployment.spec.revisionHistoryLimit).toBe(5);
  });

  test('gives a rollout the time of every wait, the schema, the preparation and four starts', () => {
    const waits = backend.waits.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
    expect(waits).toBe(600);
    expect(deployment.spec.progressDeadlineSeconds).toBe(waits + 400 + 120 + 4 * 30 + 300);
  });

  test('waits, then asks for the schema, then prepares', () => {
    expect(pod.initContainers.map((item: Rendered) => item.name)).toEqual([
      'wait-for-db',
      'wait-for-queue',
      'await-schema',
      'prepare-1',
    ]);
  });

  test('shares its scratch folders between preparation and service, one emptyDir each', () => {
    const prepare = pod.initContainers.at(-1);
    const folders = main.volumeMounts.filter((mount: Rendered) => mount.name.startsWith('scratch-'));
    expect(folders.map((mount: Rendered) => mount.mountPath).sort()).toEqual(['/app/static', '/tmp']);
    expect(prepare.volumeMounts).toEqual(main.volumeMounts);
    expect(pod.volumes).toEqual([
      { name: 'scratch-app-static', emptyDir: { sizeLimit: '32Mi' } },
      { name: 'scratch-tmp', emptyDir: { sizeLimit: '64Mi' } },
    ]);
  });

  test('prepares in its own image, with its own variables and resources', () => {
    for (const item of pod.initContainers.slice(-2)) {
      expect(item.image).toBe(main.image);
      expect(item.env).toEqual(main.env);
      expect(item.envFrom).toEqual([{ configMapRef: { name: 'backend' } }]);
      expect(item.resources).toEqual(main.resources);
    }
  });

  test('has requests and limits for every container, ephemeral storage included', () => {
    for (const item of [...pod.initContainers, main]) {
      expect(Object.keys(item.resources.limits).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
      expect(Object.keys(item.resources.requests).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
  });

  test('stops only after the endpoints have heard of it, and has that time on top of its own', () => {
    expect(main.lifecycle.preStop.exec.command).toEqual(['/bin/sleep', '10']);
    expect(pod.terminationGracePeriodSeconds).toBe(40 + 10);
  });

  test('is asked at its first port, by name', () => {
    expect(main.readinessProbe.httpGet.port).toBe('http');
    expect(rendered.get('Service/backend').spec).toEqual({
      type: 'ClusterIP',
      selector: { 'app.kubernetes.io/name': 'backend', 'app.kubernetes.io/instance': 'shop-production' },
      ports: [{ name: 'http', port: 8000, targetPort: 'http', protocol: 'TCP' }],
    });
  });

  test('leaves the count to its autoscaler', () => {
    expect(deployment.spec).not.toHaveProperty('replicas');
    const { spec } = rendered.get('HorizontalPodAutoscaler/backend');
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 4, scaleTargetRef: { name: 'backend' } });
    expect(spec.metrics[0].resource.target).toEqual({ type: 'Utilization', averageUtilization: 70 });
  });

  test('without an autoscaler states its count', () => {
    const fixed = web({ ...backend, autoscaler: undefined, replicas: { min: 3, max: 3 } });
    expect(fixed.get('Deployment/backend').spec.replicas).toBe(3);
    expect(fixed.has('HorizontalPodAutoscaler/backend')).toBe(false);
  });

  test('lets a drain take one pod at a time', () => {
    expect(rendered.get('PodDisruptionBudget/backend').spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  test('has no budget where it has one pod, or where its pods share a node', () => {
    expect(web({ ...backend, replicas: { min: 1, max: 4 } }).has('PodDisruptionBudget/backend')).toBe(false);
    expect(web({ ...backend, sameNodeAs: ['backend'] }).has('PodDisruptionBudget/backend')).toBe(false);
  });

  test('rolls when a setting changes, and not otherwise', () => {
    const annotations = (service: ServicePlan) =>
      web(service).get('Deployment/backend').spec.template.metadata.annotations;
    expect(annotations({ ...backend })).toEqual(annotations(backend));
    expect(annotations({ ...backend, settings: { MODE: 'test' } })).not.toEqual(annotations(backend));
    expect(annotations({ ...backend, settings: {} })).toBeUndefined();
  });

  test('mounts its claims', () => {
    const frontend = web(serviceOf(plan, 'frontend')).get('Deployment/frontend').spec.template.spec;
    expect(frontend.volumes).toContainEqual({ name: 'volume-media', persistentVolumeClaim: { claimName: 'media' } });
    expect(frontend.containers[0].volumeMounts).toContainEqual({ name: 'volume-media', mountPath: '/app/media' });
    expect(frontend.affinity).toHaveProperty('podAffinity');
  });
});
