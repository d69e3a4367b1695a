/** CPU, memory, storage: what containers state, what pods use of it, what the namespace allows. */
import type { Plan, Resources } from '../../lib/model/plan';
import { amount, plus, podAmounts, resources, type Sum, sumOf, zero } from './amounts';
import {
  type Check,
  eachContainer,
  eachWorkload,
  type Invariants,
  mainOf,
  one,
  some,
  specOf,
  unless,
} from './invariant';
import type { Amounts, Container, Volume } from './manifest';
import type { ObjectSet, Workload } from './objects';

/** Disk: a folder in memory counts as memory. */
function onDisk({ emptyDir }: Volume): boolean {
  return emptyDir !== undefined && emptyDir.medium !== 'Memory';
}

function sizeOf({ emptyDir }: Volume): number {
  return amount('memory', emptyDir?.sizeLimit);
}

function mounted({ volumeMounts = [] }: Container, volumes: readonly Volume[]): Volume[] {
  return volumes.filter(({ name }) => volumeMounts.some((mount) => mount.name === name));
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

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
  const pods = total(counted(objects).map((workload) => mostPods(objects, workload)));
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

/** What runs beside a workload's own container: its exporter, and what tells a database of a renewed certificate. */
function sidecarsOf({ monitors, stores }: Plan, name: string): Resources[] {
  const exporters = (monitors?.exporters ?? []).filter(({ of, pods }) => of === name && pods !== undefined);
  const reloads = stores.flatMap((store) =>
    store.name === name && store.kind === 'postgres' && store.certificate ? [store.certificate.reload] : [],
  );
  return [...exporters.map(({ resources }) => resources), ...reloads];
}

export const capacityInvariants: Invariants = {
  'every container requests and limits CPU, memory and ephemeral storage, init containers too': {
    rules:
      'kube-linter unset-cpu-requirements, unset-memory-requirements; kube-score container-resources, container-ephemeral-storage-request-and-limit; Polaris cpuRequestsMissing, cpuLimitsMissing, memoryRequestsMissing, memoryLimitsMissing; kubescape C-0270, C-0271; kubesec RequestsCPU, LimitsCPU, RequestsMemory, LimitsMemory; CKV_K8S_10-13',
    check: eachContainer(({ container: { resources: stated } }) => {
      const [requests, limits] = [sumOf(stated?.requests), sumOf(stated?.limits)];
      return resources.flatMap((resource) =>
        unless(
          requests[resource] > 0 && requests[resource] <= limits[resource],
          `requests ${stated?.requests?.[resource]} of a limit of ${stated?.limits?.[resource]} ${resource}`,
        ),
      );
    }),
    broken: {
      'no limit': (objects) => delete mainOf(objects).resources?.limits?.['memory'],
      'an init container without ephemeral storage': (objects) => {
        const { container } = some(objects.containers.filter(({ init }) => init));
        delete container.resources?.requests?.['ephemeral-storage'];
      },
      'more than the limit': (objects) => {
        Object.assign(mainOf(objects).resources?.requests ?? {}, { memory: '999Gi' });
      },
    },
  },

  'every emptyDir has a size that fits the containers that write to it': {
    rules: 'kube-score container-ephemeral-storage-request-and-limit',
    check: eachWorkload(({ pod }) => {
      const volumes = pod.volumes ?? [];
      const disk = total(volumes.filter(onDisk).map(sizeOf));
      const inMemory = total(volumes.filter(({ emptyDir }) => emptyDir?.medium === 'Memory').map(sizeOf));
      const pods = podAmounts(pod, 'limits');
      return [
        ...[...(pod.initContainers ?? []), ...pod.containers].flatMap((container) => {
          const written = total(mounted(container, volumes).filter(onDisk).map(sizeOf));
          const allowed = sumOf(container.resources?.requests)['ephemeral-storage'];
          return unless(written <= allowed, `${container.name} may write ${written} MiB of ${allowed} MiB`);
        }),
        ...unless(disk <= pods['ephemeral-storage'], `emptyDirs of ${disk} MiB in ${pods['ephemeral-storage']} MiB`),
        ...unless(inMemory < pods.memory, `folders in memory of ${inMemory} MiB in ${pods.memory} MiB`),
      ];
    }),
    broken: {
      'no size': (objects) => {
        const volumes = objects.workloads.flatMap(({ pod }) => pod.volumes ?? []).filter(onDisk);
        some(volumes).emptyDir = {};
      },
      'too large': (objects) => {
        const volumes = objects.workloads.flatMap(({ pod }) => pod.volumes ?? []).filter(onDisk);
        some(volumes).emptyDir = { sizeLimit: '100Gi' };
      },
      'more memory than there is': (objects) => {
        some(objects.workloads).pod.volumes = [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '100Gi' } }];
      },
    },
  },

  'a pod is counted with what the Plan says of it': {
    check: ({ workloads }, plan) =>
      workloads.flatMap(({ at, name, pod }) => {
        const planned = plan.workloads.find((workload) => workload.name === name)?.resources;
        const all = [planned, ...sidecarsOf(plan, name)].filter((one) => one !== undefined);
        const sum = (amount: (one: Resources) => number): number => all.reduce((total, one) => total + amount(one), 0);
        return (['requests', 'limits'] as const).flatMap((part) => {
          const { cpu, memory, 'ephemeral-storage': ephemeral } = podAmounts(pod, part);
          const expected = [
            sum((one) => one[part].cpu),
            sum((one) => one[part].memory),
            sum(({ ephemeral: own }) => own),
          ].join();
          const found = [cpu, memory, ephemeral].join();
          return unless(found === expected, `${at}: ${part} ${found}, in the Plan ${expected}`);
        });
      }),
    broken: {
      'a sidecar that the Plan does not know': (objects) => {
        const { pod } = some(objects.workloadsOf('Deployment'));
        pod.containers.push(structuredClone(some(pod.containers)));
      },
      'an init container larger than the main one': (objects) => {
        const { container } = some(objects.containers.filter(({ init }) => init));
        Object.assign(container.resources?.limits ?? {}, { memory: '64Gi' });
      },
    },
  },

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

  'no ConfigMap is too large for kubectl apply': {
    rules: 'ARCHITECTURE.md: every ConfigMap below 200 kB',
    check: (objects) =>
      objects
        .ofKind('ConfigMap')
        .filter(({ data }) => Buffer.byteLength(JSON.stringify(data ?? {})) > 200_000)
        .map(({ metadata }) => `ConfigMap/${metadata.name}: more than 200 kB`),
    broken: {
      'much text': (objects) => {
        one(objects, 'ConfigMap').data = { text: 'x'.repeat(200_001) };
      },
    },
  },
};
