/** What applying it again does to a running system: rollouts, placement, Jobs. */
import { checksum } from '../../lib/kubernetes/checksum';
import { type Check, eachWorkload, type Invariants, some, specOf, unless } from './invariant';
import type { Manifest, Selector } from './manifest';
import { at, type ObjectSet, selects, type Workload } from './objects';

const hostname = 'kubernetes.io/hostname';

function claimsOf(objects: ObjectSet, { pod }: Workload): Manifest[] {
  return (pod.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => {
    const found = claim && objects.find('PersistentVolumeClaim', claim.claimName);
    return found ? [found] : [];
  });
}

function movesTogether({ pod, labels }: Workload): boolean {
  const terms = pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(
    ({ labelSelector, topologyKey }) => topologyKey === hostname && selects(labelSelector ?? {}, labels),
  );
}

const strategies: Check = (objects, plan) =>
  objects.workloadsOf('Deployment').flatMap((workload) => {
    const { strategy, replicas } = workload.manifest.spec ?? {};
    const once = plan.services.some(({ kind, name }) => kind === 'singleton' && name === workload.name);
    const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
    const rolls = strategy?.type === 'RollingUpdate' && maxSurge === 1 && maxUnavailable === 0;
    const oneNode = claimsOf(objects, workload).some(({ spec }) => spec?.accessModes?.join() === 'ReadWriteOnce');
    return [
      ...unless(rolls || strategy?.type === 'Recreate', `${workload.at}: loses pods while it rolls`),
      ...unless(
        !rolls || !oneNode || movesTogether(workload),
        `${workload.at}: waits for a claim that it holds itself`,
      ),
      ...unless(!once || (strategy?.type === 'Recreate' && replicas === 1), `${workload.at}: may run twice`),
    ];
  });

const spread: Check = eachWorkload((workload) => {
  if (!['Deployment', 'StatefulSet'].includes(workload.manifest.kind) || movesTogether(workload)) return [];
  const { podAntiAffinity, podAffinity } = workload.pod.affinity ?? {};
  const mine = (selector: Selector | undefined): boolean =>
    selector !== undefined && selects(selector, workload.labels);
  const constraints = workload.pod.topologySpreadConstraints ?? [];
  const preferred = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...unless(
      preferred.some(({ podAffinityTerm: term }) => term.topologyKey === hostname && mine(term.labelSelector)),
      'prefers no other node',
    ),
    ...unless(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined, 'insists on another node'),
    ...unless(podAffinity === undefined, 'insists on a node with other pods'),
    ...unless(constraints.length > 0 && constraints.every(({ labelSelector }) => mine(labelSelector)), 'is not spread'),
    ...unless(
      constraints.every(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway'),
      'insists on zones',
    ),
  ];
});

const jobs: Check = (objects) => [
  ...objects.workloadsOf('Job', 'CronJob').flatMap(({ at: where, manifest, pod }) => {
    const spec = manifest.spec?.jobTemplate?.spec ?? manifest.spec;
    return [
      ...unless(spec?.ttlSecondsAfterFinished === undefined, `${where}: vanishes, and would run again`),
      ...unless(spec?.backoffLimit !== undefined && spec.activeDeadlineSeconds !== undefined, `${where}: has no end`),
      ...unless(['Never', 'OnFailure'].includes(pod.restartPolicy ?? ''), `${where}: restarts for ever`),
    ];
  }),
  ...objects
    .ofKind('Job')
    .flatMap((job) =>
      unless(
        job.metadata.name === `${job.metadata.labels?.['app.kubernetes.io/name']}-${checksum(job.spec, 8)}`,
        `${at(job)}: is not called by what it does`,
      ),
    ),
  ...objects.ofKind('CronJob').flatMap((cron) => {
    const { concurrencyPolicy, startingDeadlineSeconds = 0 } = cron.spec ?? {};
    return unless(
      concurrencyPolicy === 'Forbid' && startingDeadlineSeconds >= 200,
      `${at(cron)}: overlaps or is missed`,
    );
  }),
];

export const rolloutInvariants: Invariants = {
  'a rollout never has fewer pods, never deadlocks on a claim, and never runs a singleton twice': {
    rules: 'kube-linter no-rolling-update-strategy; kube-score deployment-strategy; production.md §4 traps 5 and 20',
    check: strategies,
    broken: {
      'all at once': (objects) => {
        specOf(objects, 'Deployment').strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } };
      },
      'a strategy that was lost': (objects) => {
        specOf(objects, 'Deployment').strategy = { type: 'RollingUpdate', rollingUpdate: {} };
      },
      'a claim on another node': (objects) => {
        for (const { pod } of objects.workloadsOf('Deployment')) delete pod.affinity;
      },
      'two of a singleton': (_, plan) => {
        Object.assign(some(plan.services.filter(({ name }) => name === 'frontend-admin')), { kind: 'singleton' });
      },
    },
  },

  'pods prefer other nodes and zones, and insist on none': {
    rules:
      'kube-linter no-anti-affinity; kube-score deployment-has-host-podantiaffinity, statefulset-has-host-podantiaffinity, pod-topology-spread-constraints; Polaris topologySpreadConstraint; cdk8s.md trap 4',
    check: spread,
    broken: {
      'a hard rule': (objects) => {
        const { pod } = some(objects.workloadsOf('StatefulSet'));
        Object.assign(pod.affinity?.podAntiAffinity ?? {}, { requiredDuringSchedulingIgnoredDuringExecution: [] });
      },
      'not spread': (objects) => delete some(objects.workloadsOf('StatefulSet')).pod.topologySpreadConstraints,
      'spread with others': (objects) => {
        const [first] = some(objects.workloadsOf('StatefulSet')).pod.topologySpreadConstraints ?? [];
        Object.assign(first ?? {}, { labelSelector: { matchLabels: { other: 'pods' } } });
      },
    },
  },

  'Jobs are called by their content, stay, and end': {
    rules:
      'kube-linter job-ttl-seconds-after-finished (the other way round: ARCHITECTURE.md), restart-policy; kube-score cronjob-has-deadline, cronjob-restartpolicy, job restartpolicy',
    check: jobs,
    broken: {
      'another content under the same name': (objects) => {
        specOf(objects, 'Job').backoffLimit = 99;
      },
      'a ttl': (objects) => {
        specOf(objects, 'Job').ttlSecondsAfterFinished = 60;
      },
      'a missed start': (objects) => {
        specOf(objects, 'CronJob').startingDeadlineSeconds = 10;
      },
      'no end': (objects) => delete specOf(objects, 'CronJob').jobTemplate?.spec.activeDeadlineSeconds,
    },
  },
};
