import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { httpAction, probe } from '../kubernetes/probes';
import { dataVolume } from '../kubernetes/stateful-set';
import type { MonitoringPlan, MonitoringServer, Plan } from '../model/plan';
import { alertmanagerConfiguration, receiversFolder } from './alertmanager-configuration';
import type { Contribution } from './contract';
import { filesVolume, monitoringServer } from './server';

export interface AlertmanagerProps {
  readonly plan: Plan;
  readonly monitors: MonitoringPlan;
  readonly server: MonitoringServer;
  readonly contributions: readonly Contribution[];
}

const timing = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3 };
const configurationFolder = '/etc/alertmanager/config';
const configMapName = 'alertmanager-config';

/** Every credential as a file. One that is missing keeps nobody else from being told: it is read when it is needed. */
function receivers({ receivers }: MonitoringPlan): k8s.Volume[] {
  const sources = receivers.flatMap(({ name, secret }): k8s.VolumeProjection[] =>
    secret === undefined
      ? []
      : [
          {
            secret: { name: secret.name, optional: true, items: [{ key: secret.key, path: `${name}/${secret.key}` }] },
          },
        ],
  );
  return sources.length ? [{ name: 'receivers', projected: { defaultMode: 0o440, sources } }] : [];
}

/** Alertmanager: who is told of what. */
export class Alertmanager extends Construct {
  constructor(scope: Construct, id: string, { plan, monitors, server, contributions }: AlertmanagerProps) {
    super(scope, id);
    const credentials = receivers(monitors);
    const host = server.workload.name;
    const ready = httpAction('/-/ready', 'http', host);
    monitoringServer(this, {
      plan,
      server,
      container: {
        args: [
          `--config.file=${configurationFolder}/alertmanager.yml`,
          '--storage.path=/alertmanager',
          '--web.listen-address=:9093',
          // There is one: it looks for no others.
          '--cluster.listen-address=',
          '--log.format=json',
        ],
        mounts: [
          { name: dataVolume, mountPath: '/alertmanager' },
          { name: 'configuration', mountPath: configurationFolder, readOnly: true },
          ...credentials.map(({ name }) => ({ name, mountPath: receiversFolder, readOnly: true })),
        ],
        startupProbe: probe(ready, { ...timing, intervalSeconds: 2, tries: 30 }),
        readinessProbe: probe(ready, timing),
        livenessProbe: probe(httpAction('/-/healthy', 'http', host), timing),
      },
      volumes: [filesVolume('configuration', configMapName), ...credentials],
      configMaps: { [configMapName]: { 'alertmanager.yml': alertmanagerConfiguration(plan, contributions) } },
      graceSeconds: 30,
    });
  }
}
