import { annotateExemptions, exemptions, exemptionsFor } from '../../lib/kubernetes/exemptions';
import type { Manifest } from '../../lib/kubernetes/patches';

interface PodChange {
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly runAsUser?: number;
}

const digest = `nginx:1@sha256:${'0'.repeat(64)}`;

function object(kind: string, component: string, change: PodChange = {}, spec: object = {}): Manifest {
  const { image = digest, imagePullPolicy = 'Always', runAsUser = 10001 } = change;
  return {
    kind,
    metadata: { name: 'x', labels: { 'app.kubernetes.io/component': component } },
    spec: {
      ...spec,
      template: { spec: { securityContext: { runAsUser }, containers: [{ name: 'x', image, imagePullPolicy }] } },
    },
  };
}

function checks(manifest: Manifest): string[] {
  return exemptionsFor(manifest).map(({ check }) => check);
}

/** A silent extra exemption is a regression (production.md §1): whoever adds one changes this list. */
test('The exemptions are exactly these', () => {
  expect(exemptions.map(({ tool, check, kinds, components }) => `${tool} ${check}: ${kinds} of ${components}`)).toEqual(
    [
      'kube-score container-image-pull-policy: Deployment,StatefulSet,Job,CronJob of web,worker,proxy,database,cache,queue,tool,job',
      'kube-score container-security-context-user-group-id: Deployment,Job of web,tool,job',
      'kube-score deployment-has-host-podantiaffinity: Deployment of web',
      'kube-score deployment-has-poddisruptionbudget: Deployment of web',
      'kube-score deployment-replicas: Deployment of web,proxy,tool,monitoring',
      'kube-score deployment-strategy: Deployment of tool',
      'kube-score networkpolicy-targets-pod: NetworkPolicy of network',
      'kube-score pod-probes: StatefulSet of queue',
      'kube-score service-targets-pod: Service of database,cache',
      'checkov CKV_K8S_8: StatefulSet of queue',
      'checkov CKV_K8S_9: Deployment of worker,singleton',
      'checkov CKV_K8S_9: Deployment,StatefulSet of proxy,database,cache',
      'checkov CKV_K8S_15: Deployment,StatefulSet,Job,CronJob of web,worker,proxy,database,cache,queue,tool,job',
      'checkov CKV_K8S_35: Deployment,Job of web,worker,singleton,job',
      'checkov CKV_K8S_35: StatefulSet,Deployment of cache,monitoring',
      'checkov CKV_K8S_38: StatefulSet,Deployment of monitoring',
      'checkov CKV_K8S_38: Job,CronJob of job',
      'checkov CKV_K8S_40: Deployment,Job of web,tool,job',
      'checkov CKV_K8S_43: Deployment,StatefulSet,Job,CronJob of web,worker,proxy,database,cache,queue,tool,job,singleton,backup,monitoring',
    ],
  );
});

test('Every exemption has a reason that an annotation can hold', () => {
  for (const { reason } of exemptions) expect(reason).toMatch(/^[ -~]{20,120}$/);
});

describe('An exemption', () => {
  test('holds for its kinds and components alone', () => {
    expect(checks(object('StatefulSet', 'queue'))).toEqual(['pod-probes', 'CKV_K8S_8']);
    expect(checks(object('StatefulSet', 'database'))).toEqual([]);
    expect(checks(object('Deployment', 'queue'))).toEqual([]);
  });

  test.each<[string, string, string, Manifest, Manifest]>([
    [
      'a low user',
      'Deployment',
      'CKV_K8S_40',
      object('Deployment', 'tool', { runAsUser: 5050 }),
      object('Deployment', 'tool'),
    ],
    ['no digest', 'Job', 'CKV_K8S_43', object('Job', 'job', { image: 'nginx:1' }), object('Job', 'job')],
    [
      'images that are not pulled again',
      'Deployment',
      'container-image-pull-policy',
      object('Deployment', 'web', { imagePullPolicy: 'IfNotPresent' }),
      object('Deployment', 'web'),
    ],
    [
      'a single pod',
      'Deployment',
      'deployment-replicas',
      object('Deployment', 'proxy', {}, { replicas: 1 }),
      object('Deployment', 'proxy', {}, { replicas: 2 }),
    ],
    [
      'a Service of the primary',
      'Service',
      'service-targets-pod',
      object('Service', 'database', {}, { selector: { 'statefulset.kubernetes.io/pod-name': 'db-0' } }),
      object('Service', 'database', {}, { selector: {} }),
    ],
  ])('for %s holds for no other %s', (_, __, check, needs, other) => {
    expect(checks(needs)).toContain(check);
    expect(checks(other)).not.toContain(check);
  });
});

describe('The annotations of an exempted object', () => {
  const { metadata } = annotateExemptions(object('StatefulSet', 'queue', { image: 'rabbitmq:4' })) as {
    metadata: { annotations: Record<string, string> };
  };

  test('are the ones that the analysers read', () => {
    expect(metadata.annotations).toEqual({
      'kube-score/ignore': 'pod-probes',
      'checkov.io/skip1': expect.stringMatching(/^CKV_K8S_8=RabbitMQ/),
      'checkov.io/skip2': expect.stringMatching(/^CKV_K8S_43=digests/),
    });
  });

  test('leave other annotations and objects alone', () => {
    const manifest = object('StatefulSet', 'database');
    expect(annotateExemptions(manifest)).toBe(manifest);
  });
});
