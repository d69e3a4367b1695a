import { emptyQueries, wantedTargets, wrongTargets } from '../../e2e/checks/monitoring';
import type { Pod } from '../../e2e/stage';
import { planOf } from '../../lib/choice';
import { Workspace } from '../../lib/workspace';
import { root } from '../structure/sources';

type Targets = Parameters<typeof wrongTargets>[1];

function target(labels: Readonly<Record<string, string>>, health: 'up' | 'down' = 'up'): Targets[number] {
  return { health, scrapeUrl: '', lastError: health === 'up' ? '' : 'refused', labels };
}

describe('Targets', () => {
  const wanted = ['db db-0', 'kubelet node-1 /metrics', 'blackbox https://shop.test/'];
  const right = [
    target({ job: 'db', pod: 'db-0', instance: 'db-0' }),
    target({ job: 'kubelet', node: 'node-1', metrics_path: '/metrics', instance: '192.0.2.1:10250' }),
    target({ job: 'blackbox', instance: 'https://shop.test/' }),
  ];

  test('are right when each that there is is asked and answers', () => {
    expect(wrongTargets(wanted, right)).toEqual([]);
  });

  test('are wrong when one is not asked, does not answer, or is asked and is not there', () => {
    expect(wrongTargets(wanted, right.slice(1))).toEqual(['db db-0 is not asked']);
    expect(wrongTargets([...wanted, 'db db-1'], right)).toEqual(['db db-1 is not asked']);
    expect(wrongTargets(wanted.slice(1), right)).toEqual(['db db-0 is asked and is not there']);
    const down = target({ job: 'db', pod: 'db-0' }, 'down');
    expect(wrongTargets(wanted, [down, ...right.slice(1)])).toEqual(['db db-0 is down: refused']);
  });

  test('are each pod with metrics, both pages of each node, and each address', () => {
    const { plan } = planOf(new Workspace(root), { system: 'django-react', environment: 'cloud', tier: 'medium' });
    if (plan === undefined) throw new Error('no plan');
    const pod = (name: string, index: number): Pod => ({
      metadata: { name: `${name}-${index}`, uid: '', namespace: 'n', labels: { 'app.kubernetes.io/name': name } },
      spec: { containers: [] },
      status: {},
    });
    const pods = [pod('proxy', 0), pod('proxy', 1), pod('prometheus', 0), pod('backend', 0)];
    const names = wantedTargets({ ...plan, resourceMetrics: 'kubelet' }, pods, ['a', 'b']);
    expect(names).toEqual(
      expect.arrayContaining(['proxy proxy-0', 'proxy proxy-1', 'prometheus prometheus-0', 'redis of no pod']),
    );
    expect(names.filter((name) => name.startsWith('kubelet '))).toHaveLength(4);
    expect(names.filter((name) => name.startsWith('blackbox '))).toHaveLength(plan.monitors?.checks.length ?? 0);
    expect(names.some((name) => name.startsWith('backend '))).toBe(false);
  });
});

test('A query is empty without a series, and when no figure of it is a number', () => {
  const answer = { panel: 'Load', expr: 'load', error: null };
  expect(emptyQueries([{ ...answer, series: 2, finite: 1 }])).toEqual([]);
  expect(emptyQueries([{ ...answer, series: 1, finite: 0 }])).toEqual(['Load: load']);
  expect(emptyQueries([{ ...answer, series: 0, finite: 0, error: 'refused' }])).toEqual(['Load: refused']);
});
