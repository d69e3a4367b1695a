import { Construct } from 'constructs';
import { httpAction, probe, tcpAction } from '../kubernetes/probes';
import { dataVolume } from '../kubernetes/stateful-set';
import type { MonitoringServer, Plan } from '../model/plan';
import type { Contribution } from './contract';
import { dashboardFiles } from './dashboards';
import { dashboardProviderFile, dataSourceFile, grafanaFolders as folders, grafanaIni } from './grafana-configuration';
import { type ConfigMaps, filesVolume, monitoringServer } from './server';

export interface GrafanaProps {
  readonly plan: Plan;
  readonly server: MonitoringServer & { readonly secret: string };
  readonly contributions: readonly Contribution[];
}

const timing = { intervalSeconds: 10, timeoutSeconds: 5, tries: 3 };

function configMaps({ plan, contributions }: GrafanaProps): ConfigMaps {
  return {
    'grafana-config': { 'grafana.ini': grafanaIni },
    'grafana-datasources': { 'datasources.yaml': dataSourceFile(plan) },
    'grafana-dashboard-providers': { 'dashboards.yaml': dashboardProviderFile },
    'grafana-dashboards': dashboardFiles(plan, contributions),
  };
}

const mounts = [
  { name: dataVolume, mountPath: folders.data },
  { name: 'configuration', mountPath: folders.configuration, readOnly: true },
  { name: 'datasources', mountPath: folders.dataSources, readOnly: true },
  { name: 'providers', mountPath: folders.dashboardProviders, readOnly: true },
  { name: 'dashboards', mountPath: folders.dashboards, readOnly: true },
  { name: 'admin', mountPath: folders.secrets, readOnly: true },
];

/** Grafana with its data sources and dashboards, all of them files. Reached by port-forward; no route leads to it. */
export class Grafana extends Construct {
  constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(scope, id);
    const { plan, server } = props;
    const ready = httpAction('/api/health', 'http', server.workload.name);
    monitoringServer(this, {
      plan,
      server,
      container: {
        env: [
          { name: 'GF_PATHS_CONFIG', value: `${folders.configuration}/grafana.ini` },
          { name: 'GF_PATHS_PROVISIONING', value: '/etc/keelson/provisioning' },
          { name: 'GF_SECURITY_ADMIN_PASSWORD__FILE', value: `${folders.secrets}/password` },
        ],
        mounts,
        scratch: [{ path: '/tmp', size: 32 }],
        startupProbe: probe(ready, { ...timing, tries: 30 }),
        readinessProbe: probe(ready, timing),
        livenessProbe: probe(tcpAction('http'), timing),
      },
      volumes: [
        filesVolume('configuration', 'grafana-config'),
        filesVolume('datasources', 'grafana-datasources'),
        filesVolume('providers', 'grafana-dashboard-providers'),
        filesVolume('dashboards', 'grafana-dashboards'),
        {
          name: 'admin',
          secret: {
            secretName: server.secret,
            items: [{ key: 'password', path: 'password' }],
            defaultMode: 0o440,
          },
        },
      ],
      configMaps: configMaps(props),
      graceSeconds: 30,
    });
  }
}
