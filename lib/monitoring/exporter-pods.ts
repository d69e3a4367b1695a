import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import { deployment } from '../kubernetes/deployment';
import { httpAction, probe, tcpAction } from '../kubernetes/probes';
import { service } from '../kubernetes/service';
import { serviceAccount } from '../kubernetes/service-account';
import type { CheckPlan, Plan, Workload } from '../model/plan';
import { blackboxConfiguration } from './blackbox-configuration';
import type { OwnPods } from './contract';
import { reader } from './rbac';
import { filesVolume } from './server';

const timing = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3 };
const startSeconds = 30;
const started = { intervalSeconds: 2, timeoutSeconds: 5, tries: 30 };

/** An exporter of a server outside the cluster. */
export class ExporterPod extends Construct {
  constructor(scope: Construct, id: string, plan: Plan, { workload, container, volumes }: OwnPods) {
    super(scope, id);
    serviceAccount(this, plan, workload);
    deployment(this, {
      plan,
      workload,
      containers: [container],
      volumes,
      strategy: 'rolling',
      autoscaled: false,
      startSeconds,
    });
    service(this, { plan, workload });
  }
}

/** Asks pages as a client would, where Prometheus tells it to. */
export class BlackboxExporter extends Construct {
  constructor(scope: Construct, id: string, plan: Plan, workload: Workload, checks: readonly CheckPlan[]) {
    super(scope, id);
    const name = `${workload.name}-config`;
    const files = { 'blackbox.yml': blackboxConfiguration(checks) };
    serviceAccount(this, plan, workload);
    configMap(this, plan, workload, name, files);
    service(this, { plan, workload });
    deployment(this, {
      plan,
      workload,
      containers: [
        {
          name: workload.name,
          image: workload.image,
          args: ['--config.file=/etc/blackbox/blackbox.yml', '--log.format=json'],
          ports: workload.ports,
          mounts: [{ name: 'configuration', mountPath: '/etc/blackbox', readOnly: true }],
          resources: workload.resources,
          startupProbe: probe(httpAction('/-/healthy', 'http', workload.name), started),
          readinessProbe: probe(httpAction('/-/healthy', 'http', workload.name), timing),
          livenessProbe: probe(tcpAction('http'), timing),
        },
      ],
      volumes: [filesVolume('configuration', name)],
      checksums: { configuration: checksum(files) },
      strategy: 'rolling',
      autoscaled: false,
      startSeconds,
    });
  }
}

/** What kube-state-metrics reads, and what its Role allows: the one follows from the other. */
const watched: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  { group: '', resources: ['pods'] },
  { group: 'apps', resources: ['deployments', 'statefulsets'] },
  { group: 'autoscaling', resources: ['horizontalpodautoscalers'] },
  { group: 'batch', resources: ['cronjobs', 'jobs'] },
];

/** Metrics of the namespace's objects, read with a Role: it lists and watches them, and gets no Secret or ConfigMap. */
export class KubeStateMetrics extends Construct {
  constructor(scope: Construct, id: string, plan: Plan, workload: Workload) {
    super(scope, id);
    const rules = watched.map(
      ({ group, resources }): k8s.PolicyRule => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: ['list', 'watch'],
      }),
    );
    serviceAccount(this, plan, workload);
    reader(this, plan, workload, rules);
    service(this, { plan, workload });
    deployment(this, {
      plan,
      workload,
      containers: [
        {
          name: workload.name,
          image: workload.image,
          args: [
            `--namespaces=${plan.namespace}`,
            `--resources=${watched.flatMap(({ resources }) => resources).join(',')}`,
            '--port=8080',
            // Its own metrics are nobody's business outside the pod.
            '--telemetry-host=127.0.0.1',
          ],
          ports: workload.ports,
          resources: workload.resources,
          startupProbe: probe(httpAction('/healthz', 'http', workload.name), started),
          readinessProbe: probe(httpAction('/healthz', 'http', workload.name), timing),
          livenessProbe: probe(tcpAction('http'), timing),
        },
      ],
      strategy: 'rolling',
      autoscaled: false,
      startSeconds,
    });
  }
}
