/** CPU, memory, storage: what containers state, what pods use of it, what the namespace allows. */
import type { Plan, Resources } from '../../lib/model/plan';
import { amount, podAmounts, resources, sumOf } from './amounts';
import { eachContainer, eachWorkload, type Invariants, mainOf, one, some, unless } from './invariant';
import type { Container, Volume } from './manifest';
import type { Workload } from './objects';

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

/** One rotated log file of 10 MiB beside the one that is written, and room for small writes: of what ends soon or hardly talks. */
const shortLife = 24;
/** The same of what runs on and logs every request. */
const longLife = 64;
/** It waits for a certificate to change, and says one line then. */
const quiet = ['reload'];

/** What a container may write besides its emptyDirs: its logs, and slack. */
function beside({ manifest: { kind } }: Workload, name: string, init: boolean): number {
  return init || quiet.includes(name) || !['Deployment', 'StatefulSet'].includes(kind) ? shortLife : longLife;
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

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

  'every emptyDir has a size that fits the containers that write to it, beside their logs and slack': {
    rules: 'kube-score container-ephemeral-storage-request-and-limit',
    check: eachWorkload((workload) => {
      const { pod } = workload;
      const volumes = pod.volumes ?? [];
      const disk = total(volumes.filter(onDisk).map(sizeOf));
      const inMemory = total(volumes.filter(({ emptyDir }) => emptyDir?.medium === 'Memory').map(sizeOf));
      const pods = podAmounts(pod, 'limits');
      return [
        ...[...(pod.initContainers ?? []), ...pod.containers].flatMap((container, index) => {
          const init = index < (pod.initContainers ?? []).length;
          const folders = total(mounted(container, volumes).filter(onDisk).map(sizeOf));
          const written = folders + beside(workload, container.name, init);
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
      'no room for logs': (objects) => {
        const { container, workload } = some(objects.containers.filter(({ init }) => !init));
        const folders = total(
          mounted(container, workload.pod.volumes ?? [])
            .filter(onDisk)
            .map(sizeOf),
        );
        Object.assign(container.resources?.requests ?? {}, { 'ephemeral-storage': `${folders}Mi` });
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
