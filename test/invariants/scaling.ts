/** How many pods there are, and how many may go at once. */
import type { Plan } from '../../lib/model/plan';
import { type Check, type Invariants, one, some, specOf, unless } from './invariant';
import type { Manifest } from './manifest';
import { at, type ObjectSet, type Workload } from './objects';

const running = ['Deployment', 'StatefulSet'];

function scalers(objects: ObjectSet): readonly Manifest[] {
  return objects.ofKind('HorizontalPodAutoscaler', 'ScaledObject');
}

function targetOf(objects: ObjectSet, { spec }: Manifest): Workload | undefined {
  const { kind = '', name } = spec?.scaleTargetRef ?? { name: '' };
  return objects.workloadsOf(kind).find(({ manifest }) => manifest.metadata.name === name);
}

const autoscalers: Check = (objects) => [
  ...scalers(objects).flatMap((scaler) => {
    const target = targetOf(objects, scaler);
    const { minReplicas, minReplicaCount, maxReplicas, maxReplicaCount, behavior, advanced } = scaler.spec ?? {};
    const [least = 0, most = 0] = [minReplicas ?? minReplicaCount, maxReplicas ?? maxReplicaCount];
    const behaves = behavior ?? advanced?.horizontalPodAutoscalerConfig?.behavior;
    return [
      ...unless(target !== undefined, `${at(scaler)}: scales nothing`),
      ...unless(target?.manifest.spec?.replicas === undefined, `${at(scaler)}: its target has replicas of its own`),
      ...unless(least >= 1 && most > least, `${at(scaler)}: goes from ${least} to ${most}`),
      ...unless(behaves !== undefined && Object.keys(behaves).length === 2, `${at(scaler)}: has no behaviour`),
    ];
  }),
  ...objects.workloadsOf(...running).flatMap((workload) => {
    const mine = scalers(objects).filter((scaler) => targetOf(objects, scaler) === workload).length;
    const fixed = workload.manifest.spec?.replicas === undefined ? 0 : 1;
    return unless(
      mine + fixed === 1,
      `${workload.at}: ${mine} autoscalers, ${fixed ? 'and' : 'no'} replicas of its own`,
    );
  }),
];

/** The figures of the Plan, whether an autoscaler moves between them or the count is fixed. */
function figures({ workloads }: Plan, wanted: string): string | undefined {
  const replicas = workloads.find(({ name }) => name === wanted)?.replicas;
  return replicas && `${replicas.min} to ${replicas.max}`;
}

/** A fixed count above one would be a forgotten autoscaler: it stands only where the Plan has one figure. */
const counts: Check = (objects, plan) =>
  objects.workloadsOf('Deployment').flatMap((workload) => {
    const { minReplicas, minReplicaCount, maxReplicas, maxReplicaCount } =
      scalers(objects).find((scaler) => targetOf(objects, scaler) === workload)?.spec ?? {};
    const fixed = workload.manifest.spec?.replicas;
    const found = `${minReplicas ?? minReplicaCount ?? fixed} to ${maxReplicas ?? maxReplicaCount ?? fixed}`;
    const wanted = figures(plan, workload.manifest.metadata.name);
    return unless(found === wanted, `${workload.at}: runs ${found} pods, in the Plan ${wanted}`);
  });

function leastPods(objects: ObjectSet, workload: Workload): number {
  const scaler = scalers(objects).find((candidate) => targetOf(objects, candidate) === workload);
  return scaler?.spec?.minReplicas ?? scaler?.spec?.minReplicaCount ?? workload.manifest.spec?.replicas ?? 1;
}

/** Pods that must share a node: a budget would hold back a drain for ever (see `lib/kubernetes/disruption-budget.ts`). */
function sharesNode({ pod }: Workload): boolean {
  return pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined;
}

const budgets: Check = (objects) => {
  const found = objects.ofKind('PodDisruptionBudget').map((budget) => ({
    budget,
    pods: objects.selected(budget.spec?.selector ?? {}),
  }));
  return [
    ...found.flatMap(({ budget, pods }) => {
      const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = budget.spec ?? {};
      return [
        ...unless(pods.length === 1, `${at(budget)}: selects ${pods.length} workloads`),
        ...pods
          .filter((workload) => leastPods(objects, workload) < 2 || sharesNode(workload))
          .map((workload) => `${at(budget)}: would hold back every drain of ${workload.at}`),
        ...unless(maxUnavailable === 1 && minAvailable === undefined, `${at(budget)}: is not one at a time`),
        ...unless(unhealthyPodEvictionPolicy === 'AlwaysAllow', `${at(budget)}: keeps broken pods`),
      ];
    }),
    ...objects.workloadsOf(...running).flatMap((workload) => {
      const needed = leastPods(objects, workload) >= 2 && !sharesNode(workload) ? 1 : 0;
      const mine = found.filter(({ pods }) => pods.includes(workload)).length;
      return unless(mine === needed, `${workload.at}: ${mine} budgets, wanted ${needed}`);
    }),
  ];
};

export const scalingInvariants: Invariants = {
  'an autoscaler owns the count of what it scales, and who has none states it': {
    rules:
      'kube-linter dangling-hpa; kube-score horizontalpodautoscaler-has-target, deployment-targeted-by-hpa-does-not-have-replicas-configured; Polaris hpaMaxAvailability; production.md §4 trap 1',
    check: autoscalers,
    broken: {
      'replicas beside it': (objects) => {
        for (const { manifest } of objects.workloadsOf('Deployment'))
          Object.assign(manifest.spec ?? {}, { replicas: 2 });
      },
      'no target': (objects) => {
        specOf(objects, 'HorizontalPodAutoscaler').scaleTargetRef = { kind: 'Deployment', name: 'other' };
      },
      'nowhere to go': (objects) => {
        specOf(objects, 'HorizontalPodAutoscaler').maxReplicas = 1;
      },
      'no behaviour': (objects) => delete specOf(objects, 'HorizontalPodAutoscaler').behavior,
      neither: (objects) => delete specOf(objects, 'StatefulSet').replicas,
    },
  },

  'a Deployment has the count that the Plan says, and a fixed one above one only where that says so': {
    rules: 'ARCHITECTURE.md: HPA wherever the figure is above one',
    check: counts,
    broken: {
      'a fixed count that nobody asked for': (objects) => {
        const fixed = objects.workloadsOf('Deployment').filter(({ manifest }) => manifest.spec?.replicas === 1);
        Object.assign(some(fixed).manifest.spec ?? {}, { replicas: 2 });
      },
      'a forgotten autoscaler': (objects) => {
        const scaler = one(objects, 'HorizontalPodAutoscaler');
        const target = targetOf(objects, scaler)?.manifest.spec ?? {};
        Object.assign(target, { replicas: scaler.spec?.minReplicas });
        scaler.kind = 'ConfigMap';
      },
      'another maximum': (objects) => {
        specOf(objects, 'HorizontalPodAutoscaler').maxReplicas = 99;
      },
    },
  },

  'a budget lets one pod go, and stands only where another remains': {
    rules:
      'kube-linter pdb-max-unavailable, pdb-min-available, pdb-unhealthy-pod-eviction-policy; kube-score ×3; Polaris missingPodDisruptionBudget, pdbDisruptionsIsZero; production.md §4 trap 6',
    check: budgets,
    broken: {
      'none of it may go': (objects) => {
        specOf(objects, 'PodDisruptionBudget').maxUnavailable = 0;
      },
      'a single pod': (objects) => {
        for (const { spec } of objects.ofKind('HorizontalPodAutoscaler')) Object.assign(spec ?? {}, { minReplicas: 1 });
      },
      'pods of all': (objects) => {
        specOf(objects, 'PodDisruptionBudget').selector = {} as never;
      },
      'no budget': (objects) => {
        one(objects, 'PodDisruptionBudget').kind = 'ConfigMap';
      },
    },
  },
};
