import type { Pod, Stage } from '../../e2e/stage';
import { lastingContainers, UsageRecorder, usageFaults } from '../../e2e/usage';
import type { Json } from '../../verify/manifests/objects';

function object(kind: string, name: string, ...containers: string[]) {
  const template = { spec: { containers: containers.map((it) => ({ name: it })) } };
  const spec: Json = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion: 'v1', kind, metadata: { name }, spec };
}

const containers = lastingContainers([
  object('Deployment', 'web', 'app'),
  object('StatefulSet', 'db', 'postgres', 'exporter'),
  object('Job', 'migrate', 'app'),
  object('CronJob', 'backup', 'app'),
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
]);

test('Every container of what goes on is in the table, under its workload', () => {
  expect(containers).toEqual(['web', 'db', 'db/exporter']);
});

function use(memoryPeak: number, requestedMemory: string) {
  return { memoryPeak, requestedMemory };
}

const good = { web: use(100, '128Mi'), db: use(1024, '1Gi'), 'db/exporter': use(8, '32Mi') };

test.each<[string, Readonly<Record<string, ReturnType<typeof use>>>, readonly string[]]>([
  ['nothing', good, []],
  ['a dead metrics server', {}, ['web was never', 'db was never', 'db/exporter was never']],
  ['more memory than is requested', { ...good, db: use(1025, '1Gi') }, ['db used 1025Mi of memory, and requests 1Gi']],
  ['no request at all', { ...good, web: use(1, '–') }, ['web used 1Mi']],
  ['one container that is missing', { web: good.web, db: good.db }, ['db/exporter was never']],
])('What is found: %s', (_, uses, found) => {
  const faults = usageFaults(new Map(Object.entries(uses)), containers);
  expect(faults).toHaveLength(found.length);
  for (const [index, text] of found.entries()) expect(faults[index]).toContain(text);
});

describe('What is measured', () => {
  const pod = (name: string, owner?: string): Pod => ({
    metadata: {
      name,
      uid: name,
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'web' },
      ...(owner && { ownerReferences: [{ kind: owner }] }),
    },
    spec: { containers: [{ name: 'app' }] },
    status: { phase: 'Running' },
  });

  test('is what the system keeps: neither the copy of a pod, nor what stands in for a Job, nor a Job', async () => {
    jest.useFakeTimers();
    const pods = [pod('web-1', 'ReplicaSet'), pod('blocked-port'), pod('idle-web'), pod('web-2', 'Job')];
    const memory: Readonly<Record<string, string>> = { 'web-1': '100Mi' };
    const metrics = pods.map(({ metadata }) => ({
      metadata,
      containers: [{ name: 'app', usage: { cpu: '5m', memory: memory[metadata.name] ?? '900Mi' } }],
    }));
    const list = async (path: string) => (path.includes('metrics.k8s.io') ? metrics : pods);
    const recorder = new UsageRecorder({ namespace: 'shop', api: { list } } as unknown as Stage);
    await jest.advanceTimersByTimeAsync(10_000);
    recorder.stop();
    jest.useRealTimers();
    expect([...recorder.uses].map(([title, { samples, memoryPeak }]) => [title, samples, memoryPeak])).toEqual([
      ['web', 1, 100],
    ]);
  });
});
