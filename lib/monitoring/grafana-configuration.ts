import { stringify } from 'yaml';
import type { Plan } from '../model/plan';
import { timingOf } from './timing';

/** Folders in Grafana's pod. */
export const grafanaFolders = {
  configuration: '/etc/keelson/grafana',
  dataSources: '/etc/keelson/provisioning/datasources',
  dashboardProviders: '/etc/keelson/provisioning/dashboards',
  dashboards: '/etc/keelson/dashboards',
  secrets: '/run/secrets/grafana',
  data: '/var/lib/grafana',
} as const;

/** The uids that dashboards find their data sources by, whatever they are called. */
export const dataSourceUids = { own: 'prometheus', platform: 'platform' } as const;

/**
 * `grafana.ini`. It asks nothing outside (no updates, plugins or pictures of users: its policy would stop them), and lets
 * nobody sign up. Where it is reached by port-forward, its own address is that of the developer's machine.
 */
export const grafanaIni = `[server]
http_port = 3000

[paths]
data = ${grafanaFolders.data}
provisioning = /etc/keelson/provisioning

[log]
mode = console
level = info

[log.console]
format = json

[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false

[security]
admin_user = admin
disable_gravatar = true
cookie_samesite = strict

[users]
allow_sign_up = false

[auth.anonymous]
enabled = false

[plugins]
preinstall_disabled = true

[news]
news_feed_enabled = false

[unified_alerting]
enabled = false

[metrics]
enabled = false
`;

/** Whoever alerts is Alertmanager: Grafana only shows. */
export function dataSourceFile(plan: Plan): string {
  const servers = plan.monitors?.servers;
  const prometheus = servers?.prometheus.workload;
  const own = {
    name: 'Prometheus',
    uid: dataSourceUids.own,
    type: 'prometheus',
    access: 'proxy',
    url: `http://${prometheus?.name ?? ''}:${prometheus?.ports[0]?.port ?? ''}`,
    isDefault: true,
    editable: false,
    jsonData: { timeInterval: timingOf(plan).interval },
  };
  const platform = plan.monitors?.platform && {
    name: 'Platform',
    uid: dataSourceUids.platform,
    type: 'prometheus',
    access: 'proxy',
    url: plan.monitors.platform.url,
    editable: false,
  };
  return stringify({ apiVersion: 1, prune: true, datasources: [own, ...(platform ? [platform] : [])] });
}

/** Dashboards are files: a change in the browser is not kept, and one in the system's file is not lost. */
export const dashboardProviderFile = stringify({
  apiVersion: 1,
  providers: [
    {
      name: 'keelson',
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      options: { path: grafanaFolders.dashboards },
    },
  ],
});
