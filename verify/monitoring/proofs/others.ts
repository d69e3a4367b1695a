import { objects, type Proof, type Proofs } from './proof';

/** One pod of it that does not answer, and one that was started again. */
function watcherDown(job: string): Proof {
  return { at: '10m', fires: [`up{@${job},instance="a"} 0x20`], silent: [`up{@${job},instance="a"} 0x3 1x20`] };
}

/** It is gone, or there and silent; a new pod beside the old one is enough. */
function watcherMissing(job: string): Proof[] {
  const labels = `service="${job}"`;
  const silent = [`up{@${job},instance="a"} 0x20`, `up{@${job},instance="b"} 0x2 1x20`];
  return [
    { labels, at: '10m', fires: ['up{@db} 1x20'], silent },
    { labels, at: '10m', fires: [`up{@${job},instance="a"} 0x20`], silent },
  ];
}

/** Two nodes; a kubelet's targets have no namespace. */
function kubelets(first: string, second: string): string[] {
  const page = (node: string, path: string): string => `up{job="kubelet",node="${node}",metrics_path="${path}"}`;
  return [
    `${page('n1', '/metrics')} ${first}`,
    `${page('n1', '/metrics/cadvisor')} ${second}`,
    `${page('n2', '/metrics')} ${second}`,
  ];
}

export const others: Proofs = {
  PodCrashLooping: [
    {
      at: '15m',
      fires: [
        `kube_pod_container_status_waiting_reason{${objects},pod="p",container="c",reason="CrashLoopBackOff"} 1x20`,
      ],
      silent: [
        `kube_pod_container_status_waiting_reason{${objects},pod="p",container="c",reason="ContainerCreating"} 1x20`,
      ],
    },
  ],
  ContainerOutOfMemory: [
    {
      at: '10m',
      fires: [
        `kube_pod_container_status_restarts_total{${objects},pod="p",container="c"} 0x5 1x10`,
        `kube_pod_container_status_last_terminated_reason{${objects},pod="p",container="c",reason="OOMKilled"} 1x20`,
      ],
      // It was killed long ago, and not since.
      silent: [
        `kube_pod_container_status_restarts_total{${objects},pod="p",container="c"} 3x20`,
        `kube_pod_container_status_last_terminated_reason{${objects},pod="p",container="c",reason="OOMKilled"} 1x20`,
      ],
    },
  ],
  DeploymentReplicasMissing: [
    {
      at: '20m',
      fires: [
        `kube_deployment_spec_replicas{${objects},deployment="d"} 2x30`,
        `kube_deployment_status_replicas_available{${objects},deployment="d"} 1x30`,
      ],
      silent: [
        `kube_deployment_spec_replicas{${objects},deployment="d"} 2x30`,
        `kube_deployment_status_replicas_available{${objects},deployment="d"} 1x9 2x20`,
      ],
    },
  ],
  StatefulSetReplicasMissing: [
    {
      at: '20m',
      fires: [
        `kube_statefulset_replicas{${objects},statefulset="s"} 2x30`,
        `kube_statefulset_status_replicas_ready{${objects},statefulset="s"} 1x30`,
      ],
      silent: [
        `kube_statefulset_replicas{${objects},statefulset="s"} 2x30`,
        `kube_statefulset_status_replicas_ready{${objects},statefulset="s"} 1x9 2x20`,
      ],
    },
  ],
  JobFailed: [
    {
      at: '20m',
      fires: [`kube_job_failed{${objects},job_name="backend-django-migrate-1a2b3c4d",condition="true"} 1x30`],
      silent: [`kube_job_failed{${objects},job_name="somebody-elses",condition="true"} 1x30`],
    },
  ],
  VolumeFull: [
    {
      labels: 'when="now"',
      at: '5m',
      fires: [
        'kubelet_volume_stats_available_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 4x10',
        'kubelet_volume_stats_capacity_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 100x10',
      ],
      silent: [
        'kubelet_volume_stats_available_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 5x10',
        'kubelet_volume_stats_capacity_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 100x10',
      ],
    },
    {
      labels: 'when="within days"',
      at: '120m',
      fires: [
        'kubelet_volume_stats_available_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 39000-100x130',
        'kubelet_volume_stats_capacity_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 100000x130',
      ],
      // It is as full, and stays so.
      silent: [
        'kubelet_volume_stats_available_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 39000x130',
        'kubelet_volume_stats_capacity_bytes{@kubelet,persistentvolumeclaim="data-db-0"} 100000x130',
      ],
    },
  ],
  BackupTooOld: [
    {
      labels: 'service="db-backup"',
      at: '1900m',
      fires: [`kube_cronjob_status_last_successful_time{${objects},cronjob="db-backup"} 0x2000`],
      // A day and the time of one run have not passed since.
      silent: [`kube_cronjob_status_last_successful_time{${objects},cronjob="db-backup"} 0x500 43200x1500`],
    },
  ],
  BackupNeverSucceeded: [
    {
      labels: 'service="db-backup"',
      at: '1900m',
      fires: [`kube_cronjob_created{${objects},cronjob="db-backup"} 0x2000`],
      silent: [
        `kube_cronjob_created{${objects},cronjob="db-backup"} 0x2000`,
        `kube_cronjob_status_last_successful_time{${objects},cronjob="db-backup"} 0x2000`,
      ],
    },
  ],
  BackupSuspended: [
    {
      labels: 'service="db-backup"',
      at: '90m',
      fires: [`kube_cronjob_spec_suspend{${objects},cronjob="db-backup"} 1x100`],
      silent: [`kube_cronjob_spec_suspend{${objects},cronjob="db-backup"} 0x20 1x55 0x30`],
    },
  ],
  BackupFailed: [
    {
      at: '5m',
      fires: [`kube_job_failed{${objects},job_name="db-backup-29000000",condition="true"} 1x10`],
      silent: [`kube_job_failed{${objects},job_name="db-backup-29000000",condition="false"} 1x10`],
    },
  ],
  Watchdog: [],
  TargetDown: [
    {
      at: '10m',
      fires: ['up{@db,pod="db-0"} 0x20'],
      silent: ['up{@db,pod="db-0"} 0x3 1x20', 'up{@somebody-elses,pod="x"} 0x20'],
    },
    ...['kube-state-metrics', 'blackbox-exporter'].map(watcherDown),
    // The exporter answers, and its questions do not.
    {
      labels: 'service="blackbox"',
      at: '10m',
      fires: ['up{@blackbox,instance="a"} 0x20', 'up{@blackbox,instance="b"} 1x20'],
      silent: ['up{@blackbox,instance="a"} 0x3 1x20', 'probe_success{@blackbox,instance="a"} 0x20'],
    },
    // One node of two, with pods of ours or without; and for no longer than a node needs to start again.
    {
      labels: 'service="kubelet",node="n1"',
      at: '20m',
      fires: [...kubelets('0x30', '1x30'), `kube_pod_info{${objects},pod="p",node="n1"} 1x30`],
      silent: [...kubelets('0x30', '1x30'), `kube_pod_info{${objects},pod="p",node="n2"} 1x30`],
    },
    {
      labels: 'service="kubelet"',
      at: '30m',
      fires: [...kubelets('1x10 0x30', '1x40'), `kube_pod_info{${objects},pod="p",node="n1"} 1x40`],
      silent: [...kubelets('1x20 0x9 1x20', '1x40'), `kube_pod_info{${objects},pod="p",node="n1"} 1x40`],
    },
  ],
  TargetMissing: [
    { labels: 'service="db"', at: '10m', fires: ['up{@redis} 1x20'], silent: ['up{@db,pod="db-0"} 0x20'] },
    ...['kube-state-metrics', 'blackbox-exporter'].flatMap(watcherMissing),
    // A question that is answered with no is asked all the same.
    {
      labels: 'service="blackbox"',
      at: '10m',
      fires: ['up{@blackbox-exporter} 1x20'],
      silent: ['up{@blackbox,instance="a"} 0x20', 'up{@blackbox-exporter} 1x20'],
    },
    // All nodes, or one of them.
    { labels: 'service="kubelet"', at: '10m', fires: kubelets('0x20', '0x20'), silent: kubelets('0x20', '1x20') },
    { labels: 'service="kubelet"', at: '10m', fires: ['up{@db} 1x20'], silent: kubelets('1x20', '1x20') },
  ],
  PrometheusWithoutAlertmanager: [
    {
      at: '20m',
      fires: ['prometheus_notifications_alertmanagers_discovered{@prometheus} 0x30'],
      silent: ['prometheus_notifications_alertmanagers_discovered{@prometheus} 1x3 0x9 1x30'],
    },
  ],
  PrometheusDropsAlerts: [
    {
      at: '30m',
      fires: ['prometheus_notifications_dropped_total{@prometheus} 0+1x40'],
      silent: ['prometheus_notifications_dropped_total{@prometheus} 0x10 1+1x8 9x40'],
    },
  ],
  PrometheusRuleFailures: [
    {
      at: '30m',
      fires: ['prometheus_rule_evaluation_failures_total{@prometheus,rule_group="g"} 0+1x40'],
      silent: ['prometheus_rule_evaluation_failures_total{@prometheus,rule_group="g"} 0x10 1+1x8 9x40'],
    },
  ],
  PrometheusDiscoveryFailures: [
    {
      at: '30m',
      fires: ['prometheus_sd_kubernetes_failures_total{@prometheus} 0+1x40'],
      silent: ['prometheus_sd_kubernetes_failures_total{@prometheus} 0x10 1+1x8 9x40'],
    },
  ],
  AlertmanagerNotificationsFailing: [
    {
      at: '20m',
      fires: [
        'alertmanager_notifications_failed_total{@alertmanager,integration="slack",reason="serverError"} 0+11x30',
        'alertmanager_notifications_total{@alertmanager,integration="slack"} 0+1000x30',
      ],
      silent: [
        'alertmanager_notifications_failed_total{@alertmanager,integration="slack",reason="serverError"} 0+9x30',
        'alertmanager_notifications_total{@alertmanager,integration="slack"} 0+1000x30',
      ],
    },
  ],
  AlertmanagerConfigurationRefused: [
    {
      at: '20m',
      fires: ['alertmanager_config_last_reload_successful{@alertmanager} 0x30'],
      silent: ['alertmanager_config_last_reload_successful{@alertmanager} 1x3 0x9 1x30'],
    },
  ],
};
