import { type Plan, type Tier, tiers } from '../../lib/model';
import type { Demand } from '../../lib/report';
import { reportOf } from '../../lib/report';
import { plus, podAmounts, type Sum, zero } from '../invariants/amounts';
import type { ObjectSet, Workload } from '../invariants/objects';
import { combinations, synthesized } from '../synthesis/combinations';

type End = 'minimum' | 'maximum';

/** How many pods run of a workload, by its autoscaler or its own count. */
function pods(objects: ObjectSet, { manifest }: Workload, end: End): number {
  const scaler = objects
    .ofKind('HorizontalPodAutoscaler', 'ScaledObject')
    .find(({ spec }) => spec?.scaleTargetRef?.name === manifest.metadata.name)?.spec;
  const scaled = end === 'minimum' ? (scaler?.minReplicas ?? scaler?.minReplicaCount) : undefined;
  const most = end === 'maximum' ? (scaler?.maxReplicas ?? scaler?.maxReplicaCount) : undefined;
  const count = scaled ?? most ?? manifest.spec?.replicas;
  if (count === undefined) throw new Error(`${manifest.metadata.name} has no count`);
  return count;
}

/** What the objects ask for together: what runs all the time. */
function sumOf(objects: ObjectSet, end: End): unknown {
  const running = objects.workloadsOf('Deployment', 'StatefulSet');
  const sum = (part: 'requests' | 'limits'): Sum =>
    running
      .flatMap((workload) => Array.from({ length: pods(objects, workload, end) }, () => podAmounts(workload.pod, part)))
      .reduce(plus, zero);
  const [requests, limits] = [sum('requests'), sum('limits')];
  return {
    pods: running.reduce((total, workload) => total + pods(objects, workload, end), 0),
    requests: { cpu: requests.cpu, memory: requests.memory },
    limits: { cpu: limits.cpu, memory: limits.memory },
  };
}

const places = [...new Set(combinations.map(({ system, environment }) => `${system} ${environment}`))];

test.each(places)(
  'The capacity of %s is the sum over its objects at every tier, at minimum and at maximum',
  (place) => {
    const [system = '', environment = ''] = place.split(' ');
    const at = (tier: Tier) => synthesized({ system, environment, tier });
    const byTier = new Map(tiers.map((tier): [Tier, Plan] => [tier, at(tier).plan]));
    const reported = reportOf(at('medium').plan, { byTier }).capacity;
    const ends = (demand: { readonly minimum: Demand; readonly maximum: Demand } | null): unknown => demand;
    for (const tier of tiers) {
      const { objects } = at(tier);
      expect(ends(reported.tiers[tier])).toEqual({
        minimum: sumOf(objects, 'minimum'),
        maximum: sumOf(objects, 'maximum'),
      });
    }
    expect(ends(reported.total)).toEqual(ends(reported.tiers.medium));
  },
);
