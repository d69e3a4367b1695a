import type { Plan } from '../model/plan';
import type { Alert, Contribution, Contributor, DrawnPanels, Panel } from './contract';
import { anyOf, kubeletJob, objectsJob, seriesOf } from './promql';

type Series = ReturnType<typeof seriesOf>;

const subject = 'the namespace';

function ofPods(series: Series): Alert[] {
  const container = 'namespace, pod, container';
  const base = { service: 'namespace' } as const;
  return [
    {
      ...base,
      name: 'PodCrashLooping',
      expr: `max by (${container}) (max_over_time(${series('kube_pod_container_status_waiting_reason', 'reason="CrashLoopBackOff"')}[5m])) >= 1`,
      for: '10m',
      severity: 'warning',
      summary: 'a container ends again and again',
      description: '{{ $labels.container }} of {{ $labels.pod }} is restarted for ever.',
    },
    {
      ...base,
      name: 'ContainerOutOfMemory',
      expr: `max by (${container}) (increase(${series('kube_pod_container_status_restarts_total')}[10m])) > 0 and on (${container}) max by (${container}) (${series('kube_pod_container_status_last_terminated_reason', 'reason="OOMKilled"')}) == 1`,
      severity: 'warning',
      summary: 'a container was killed: memory',
      description: '{{ $labels.container }} of {{ $labels.pod }} needed more memory than its limit.',
    },
  ];
}

/** The namespace's own copies of a metric may come from two kube-state-metrics: the highest is taken. */
function ofControllers(plan: Plan, series: Series): Alert[] {
  const base = { service: 'namespace', for: '15m', severity: 'warning' } as const;
  const jobs = plan.workloads.filter(({ controller, component }) => controller === 'Job' && component !== 'backup');
  const max = (by: string, metric: string): string => `max by (namespace, ${by}) (${series(metric)})`;
  return [
    {
      ...base,
      name: 'DeploymentReplicasMissing',
      expr: `${max('deployment', 'kube_deployment_spec_replicas')} > ${max('deployment', 'kube_deployment_status_replicas_available')}`,
      summary: 'a Deployment misses pods',
      description: '{{ $labels.deployment }} has fewer pods available than the {{ $value }} it wants.',
    },
    {
      ...base,
      name: 'StatefulSetReplicasMissing',
      expr: `${max('statefulset', 'kube_statefulset_replicas')} > ${max('statefulset', 'kube_statefulset_status_replicas_ready')}`,
      summary: 'a StatefulSet misses pods',
      description: '{{ $labels.statefulset }} has fewer pods ready than the {{ $value }} it wants.',
    },
    ...(jobs.length
      ? [
          {
            ...base,
            name: 'JobFailed',
            expr: `max by (namespace, job_name) (${series('kube_job_failed', `condition="true",job_name=~"(${anyOf(jobs.map(({ name }) => name))})-.+"`)}) == 1`,
            summary: 'a Job failed',
            description: '{{ $labels.job_name }} failed: migrations, roles or Secrets are not as they should be.',
          },
        ]
      : []),
  ];
}

/** Volumes as the kubelet sees them: the only look at a disk that there is. */
function ofVolumes(plan: Plan): Alert[] {
  if (plan.resourceMetrics !== 'kubelet') return [];
  const series = seriesOf(plan, kubeletJob);
  const claim = 'namespace, persistentvolumeclaim';
  const available = `min by (${claim}) (${series('kubelet_volume_stats_available_bytes')})`;
  const share = `${available} / max by (${claim}) (${series('kubelet_volume_stats_capacity_bytes')})`;
  const base = { name: 'VolumeFull', service: 'namespace' } as const;
  return [
    {
      ...base,
      expr: `${share} < 0.05`,
      for: '1m',
      severity: 'critical',
      labels: { when: 'now' },
      summary: 'a volume is full',
      description: '{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
    },
    {
      ...base,
      expr: `${share} < 0.4 and on (${claim}) predict_linear(${series('kubelet_volume_stats_available_bytes')}[6h], 4 * 24 * 3600) < 0`,
      for: '1h',
      severity: 'warning',
      labels: { when: 'within days' },
      summary: 'a volume will be full within four days',
      description: '{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left, and grows.',
    },
  ];
}

/** What the namespace uses of what it may use; *System Overview*. */
function overview(plan: Plan): DrawnPanels {
  if (plan.resourceMetrics === 'none') return {};
  const kubelet = seriesOf(plan, kubeletJob);
  const objects = seriesOf(plan, objectsJob);
  const rate = (metric: string, labels?: string): string => `sum(rate(${kubelet(metric, labels)}[$__rate_interval]))`;
  const limit = (resource: string): string =>
    `sum(${objects('kube_pod_container_resource_limits', `resource="${resource}"`)})`;
  const base = { shape: 'stat', resource: plan.resourceMetrics === 'platform' } as const;
  const share = [
    [null, 'green'],
    [0.75, 'orange'],
    [0.9, 'red'],
  ] as const;
  return {
    CPU: {
      ...base,
      title: 'CPU',
      description: `CPU that the containers of ${subject} use, of the sum of their limits.`,
      unit: 'percentunit',
      queries: [
        { expr: `${rate('container_cpu_usage_seconds_total', 'container!=""')} / ${limit('cpu')}`, legend: 'used' },
      ],
      steps: share,
    },
    Memory: {
      ...base,
      title: 'Memory',
      description: `Memory that the containers of ${subject} cannot give back (working set), of the sum of their limits.`,
      unit: 'percentunit',
      queries: [
        {
          expr: `sum(${kubelet('container_memory_working_set_bytes', 'container!=""')}) / ${limit('memory')}`,
          legend: 'used',
        },
      ],
      steps: share,
    },
    Disk: {
      ...base,
      title: 'Disk',
      description: `The fullest volume of ${subject}: used, of its capacity.`,
      unit: 'percentunit',
      queries: [
        {
          expr: `max(1 - ${kubelet('kubelet_volume_stats_available_bytes')} / ${kubelet('kubelet_volume_stats_capacity_bytes')})`,
          legend: 'fullest',
        },
      ],
      steps: share,
    },
    Network: {
      ...base,
      title: 'Network',
      description: `Bytes that the pods of ${subject} receive and send each second, traffic among themselves counted at both ends.`,
      unit: 'Bps',
      queries: [
        { expr: rate('container_network_receive_bytes_total'), legend: 'received' },
        { expr: rate('container_network_transmit_bytes_total'), legend: 'sent' },
      ],
      steps: [[null, 'green']],
    },
  };
}

/** Which of the pods and volumes it is that the figures above speak of. */
function details(plan: Plan): Panel[] {
  if (plan.resourceMetrics === 'none') return [];
  const kubelet = seriesOf(plan, kubeletJob);
  const curve = (by: string, panel: Pick<Panel, 'title' | 'description' | 'unit'>, expr: string): Panel => ({
    ...panel,
    shape: 'timeseries',
    resource: plan.resourceMetrics === 'platform',
    queries: [{ expr, legend: `{{${by}}}` }],
  });
  const container = (metric: string): string => kubelet(metric, 'container!=""');
  const claim = 'persistentvolumeclaim';
  const available = kubelet('kubelet_volume_stats_available_bytes');
  const capacity = kubelet('kubelet_volume_stats_capacity_bytes');
  return [
    curve(
      'pod',
      { title: 'CPU by pod', description: 'Cores that the containers of each pod use.', unit: 'short' },
      `sum by (pod) (rate(${container('container_cpu_usage_seconds_total')}[$__rate_interval]))`,
    ),
    curve(
      'pod',
      {
        title: 'Memory by pod',
        description: 'Memory that the containers of each pod cannot give back (working set).',
        unit: 'bytes',
      },
      `sum by (pod) (${container('container_memory_working_set_bytes')})`,
    ),
    curve(
      claim,
      { title: 'Volumes', description: 'What of each volume is used.', unit: 'percentunit' },
      `1 - min by (${claim}) (${available}) / max by (${claim}) (${capacity})`,
    ),
  ];
}

/** What is known of every workload alike, whatever it is: from the API's objects and from the kubelets. */
export const objectsMonitoring: Contributor = (plan) => {
  if (plan.monitors === undefined) return [];
  const series = seriesOf(plan, objectsJob);
  const panels = overview(plan);
  const contribution: Contribution = {
    component: 'workload',
    part: 'workloads',
    alerts: [...ofPods(series), ...ofControllers(plan, series), ...ofVolumes(plan)],
    panels,
    ...(Object.keys(panels).length
      ? { row: { title: 'System Overview', panels: [...Object.values(panels), ...details(plan)] } }
      : {}),
  };
  return [contribution];
};
