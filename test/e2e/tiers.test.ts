import { leaving } from '../../e2e/checks/tiers';
import type { Pod } from '../../e2e/stage';
import type { Plan } from '../../lib/model/plan';

const plan = {
  services: [
    { name: 'web', kind: 'web' },
    { name: 'worker', kind: 'worker' },
  ],
} as unknown as Pick<Plan, 'services'>;

function pod(workload: string, name: string, deletionTimestamp?: string): Pod {
  const labels = { 'app.kubernetes.io/name': workload };
  const metadata = { name, uid: name, namespace: 'shop', labels, ...(deletionTimestamp && { deletionTimestamp }) };
  return { metadata, spec: { containers: [] }, status: { phase: 'Running' } };
}

test('A web service is left by its pods of before; a worker takes as long as its jobs', () => {
  const now = '2026-01-01T00:00:00Z';
  const pods = [pod('web', 'web-old', now), pod('web', 'web-new'), pod('worker', 'worker-old', now)];
  expect(leaving(pods, plan)).toEqual(['web-old']);
});
