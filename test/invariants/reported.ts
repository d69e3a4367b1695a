/** What is said of the objects, in the report and to analysers, is what they are. */
import { isDeepStrictEqual } from 'node:util';
import { annotateExemptions } from '../../lib/kubernetes/exemptions';
import { reportOf } from '../../lib/report';
import { plus, podAmounts, type Sum, zero } from './amounts';
import { type Check, eachManifest, type Invariants, mainOf, one, some, specOf, unless } from './invariant';
import type { ObjectSet, Workload } from './objects';

type End = 'minimum' | 'maximum';

/** How many pods run of a workload, by its autoscaler or its own count. */
function pods(objects: ObjectSet, { manifest }: Workload, end: End): number {
  const scaler = objects
    .ofKind('HorizontalPodAutoscaler', 'ScaledObject')
    .find(({ spec }) => spec?.scaleTargetRef?.name === manifest.metadata.name)?.spec;
  const [least, most] = [
    scaler?.minReplicas ?? scaler?.minReplicaCount,
    scaler?.maxReplicas ?? scaler?.maxReplicaCount,
  ];
  return (end === 'minimum' ? least : most) ?? manifest.spec?.replicas ?? Number.NaN;
}

/** What the objects ask for together: what runs all the time. */
function sumOver(objects: ObjectSet, end: End): unknown {
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

const capacity: Check = (objects, plan) => {
  const { total, tiers } = reportOf(plan, { byTier: new Map([[plan.tier, plan]]) }).capacity;
  const own = { minimum: sumOver(objects, 'minimum'), maximum: sumOver(objects, 'maximum') };
  return [
    ...unless(
      isDeepStrictEqual(total, own),
      `${JSON.stringify(total)}, but the objects ask for ${JSON.stringify(own)}`,
    ),
    ...unless(isDeepStrictEqual(tiers[plan.tier], total), `tier ${plan.tier} is not what runs`),
  ];
};

const analyser = /^(kube-score|checkov\.io)\//;

const annotations = eachManifest(({ file: _, ...manifest }) => {
  const mine = Object.entries(manifest.metadata.annotations ?? {}).filter(([key]) => analyser.test(key));
  const bare = { ...manifest, metadata: { ...manifest.metadata, annotations: {} } };
  const listed = annotateExemptions(bare)['metadata'] as typeof manifest.metadata;
  return unless(
    isDeepStrictEqual(Object.fromEntries(mine), listed.annotations),
    'its annotations for analysers are not those of the list',
  );
});

export const reportedInvariants: Invariants = {
  'the capacity of a tier is the sum over its objects, at minimum and at maximum': {
    check: capacity,
    broken: {
      'a pod more': (objects) => {
        specOf(objects, 'StatefulSet').replicas = 9;
      },
      'another maximum': (objects) => {
        specOf(objects, 'HorizontalPodAutoscaler').maxReplicas = 99;
      },
      'a larger request': (objects) => {
        Object.assign(mainOf(objects).resources?.requests ?? {}, { memory: '64Gi' });
      },
    },
  },

  'no object has annotations of analysers but by the list of exemptions': {
    check: annotations,
    broken: {
      'one that nobody listed': (objects) => {
        const { metadata } = one(objects, 'ConfigMap');
        metadata.annotations = { ...metadata.annotations, 'kube-score/ignore': 'pod-probes' };
      },
      'a listed one that is gone': (objects) => {
        const has = ({ metadata }: ObjectSet['manifests'][number]): boolean =>
          Object.keys(metadata.annotations ?? {}).some((key) => analyser.test(key));
        some(objects.manifests.filter(has)).metadata.annotations = {};
      },
    },
  },
};
