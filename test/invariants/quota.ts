/** What the namespace allows, beside what its objects may ask for at once. */
import { amount, plus, podAmounts, resources, type Sum, sumOf, zero } from './amounts';
import { type Check, type Invariants, some, specOf, unless } from './invariant';
import type { Amounts } from './manifest';
import type { ObjectSet, Workload } from './objects';

/** The most pods of a workload at once: see `lib/model/quota.ts` for why twice. */
function mostPods(objects: ObjectSet, { manifest }: Workload): number {
  if (manifest.kind === 'Job' || manifest.kind === 'CronJob') return 2;
  if (manifest.kind === 'StatefulSet') return manifest.spec?.replicas ?? 1;
  const scaler = objects.ofKind('HorizontalPodAutoscaler', 'ScaledObject').find(({ spec }) => {
    return spec?.scaleTargetRef?.name === manifest.metadata.name;
  });
  const most = scaler?.spec?.maxReplicas ?? scaler?.spec?.maxReplicaCount ?? manifest.spec?.replicas ?? 1;
  return 2 * most;
}

/** A suspended CronJob is the Job of the same name, started again: that is what the second of two Jobs stands for. */
function counted({ workloads }: ObjectSet): readonly Workload[] {
  return workloads.filter(
    ({ manifest, name }) =>
      manifest.kind !== 'CronJob' || !workloads.some((other) => other.manifest.kind === 'Job' && other.name === name),
  );
}

function hardOf(objects: ObjectSet): Amounts {
  return specOf(objects, 'ResourceQuota').hard ?? {};
}

function demand(objects: ObjectSet, part: 'requests' | 'limits'): Sum {
  return counted(objects)
    .flatMap((workload) => {
      const pod = podAmounts(workload.pod, part);
      return Array.from({ length: mostPods(objects, workload) }, () => pod);
    })
    .reduce(plus, zero);
}

const fitsQuota: Check = (objects) => {
  const hard = hardOf(objects);
  const pods = counted(objects).reduce((sum, workload) => sum + mostPods(objects, workload), 0);
  const claims = objects.ofKind('PersistentVolumeClaim');
  const needs: [string, number, number][] = [
    ...(['requests', 'limits'] as const).flatMap((part) => {
      const sum = demand(objects, part);
      return resources.map((resource): [string, number, number] => [
        `${part}.${resource}`,
        sum[resource],
        amount(resource, hard[`${part}.${resource}`]),
      ]);
    }),
    ['pods', pods, Number(hard['pods'])],
    ['persistentvolumeclaims', claims.length, Number(hard['persistentvolumeclaims'])],
  ];
  return needs.flatMap(([what, needed, allowed]) =>
    unless(needed <= allowed, `ResourceQuota: ${what} is ${allowed}, while the objects may use ${needed}`),
  );
};

const fitsLimitRange: Check = (objects) => {
  const ranges = objects.ofKind('LimitRange').flatMap(({ spec }) => spec?.limits ?? []);
  return ranges.flatMap((range) => [
    ...['min', 'max', 'maxLimitRequestRatio']
      .filter((bound) => bound in range)
      .map((bound) => `LimitRange: has a ${bound}`),
    ...objects.containers.flatMap(({ at, container }) =>
      resources.flatMap((resource) =>
        unless(
          sumOf(container.resources?.requests)[resource] <= amount(resource, range.default?.[resource]),
          `LimitRange: its default ${resource} is below the request of ${at}`,
        ),
      ),
    ),
  ]);
};

export const quotaInvariants: Invariants = {
  'the quota holds twice each Deployment’s maximum, all StatefulSets, and Jobs twice': {
    rules: 'production.md §4: Σ HPA-max requests fit ResourceQuota',
    check: fitsQuota,
    broken: {
      'less memory': (objects) => {
        hardOf(objects)['requests.memory'] = '1Gi';
      },
      'fewer pods': (objects) => {
        hardOf(objects)['pods'] = '3';
      },
      'more pods at the maximum': (objects) => {
        Object.assign(specOf(objects, 'HorizontalPodAutoscaler'), { maxReplicas: 500 });
      },
      'no limit on ephemeral storage': (objects) => delete hardOf(objects)['limits.ephemeral-storage'],
    },
  },

  'the LimitRange refuses no container': {
    check: fitsLimitRange,
    broken: {
      'a default below a request': (objects) => {
        Object.assign(some(specOf(objects, 'LimitRange').limits ?? []).default ?? {}, { memory: '1Mi' });
      },
      'a maximum': (objects) => {
        Object.assign(specOf(objects, 'LimitRange'), { limits: [{ type: 'Container', max: { memory: '1Gi' } }] });
      },
    },
  },
};
