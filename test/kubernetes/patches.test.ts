import { type Manifest, unknownFields } from '../../lib/kubernetes/patches';

const service = (spec: object): Manifest => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'db' }, spec });

const deployment = (container: object): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', ...container }] } } },
});

describe('Fields that Kubernetes 1.28 does not know', () => {
  test.each([
    ['a misspelt one', deployment({ imagePullpolicy: 'Always' }), ['spec.template.spec.containers[0].imagePullpolicy']],
    ['one of later releases', service({ trafficDistribution: 'PreferClose' }), ['spec.trafficDistribution']],
    [
      'a whole branch',
      deployment({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
      ['spec.template.spec.containers[0].lifecycle.preStop.sleep'],
    ],
    ['one at the top', { ...service({}), data: { a: 'b' } }, ['data']],
  ])('are found: %s', (_, manifest, fields) => {
    expect(unknownFields(manifest)).toEqual(fields);
  });

  test.each([
    ['quantities and numbers as plain text', deployment({ resources: { limits: { memory: '1Gi', cpu: 1 } } })],
    ['a port by number', deployment({ livenessProbe: { httpGet: { port: 8080 } } })],
    ['a resource of a vendor', deployment({ resources: { limits: { 'nvidia.com/gpu': 1 } } })],
    ['a field that cdk8s spells in another way', service({ clusterIP: 'None', loadBalancerIP: '203.0.113.1' })],
    [
      'another version of a kind',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: { metrics: [{ type: 'Resource' }], behavior: { scaleDown: { selectPolicy: 'Min' } } },
      },
    ],
  ])('are none of: %s', (_, manifest) => {
    expect(unknownFields(manifest)).toEqual([]);
  });

  test('are spelt as Kubernetes spells them', () => {
    expect(unknownFields(service({ clusterIp: 'None' }))).toEqual(['spec.clusterIp']);
  });

  test('cannot be told for a kind of an add-on', () => {
    expect(unknownFields({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: {} })).toBeUndefined();
  });
});
