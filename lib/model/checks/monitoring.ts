import { ownImages } from '../defaults';
import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { monitoringOf } from '../resolve/monitoring';
import { panelNames, unpublished } from '../schema/monitoring';

/** Images of ours and of the system share one list of names; only what waits in init containers may be replaced. */
function checkImages({ system, problems, at }: Context): void {
  for (const name of Object.keys(system.images)) {
    if (name in ownImages && name !== 'helper')
      problems.error(
        'reserved-image',
        `${at.system}.images.${name}`,
        `"${name}"`,
        'a name that no image of the monitoring or the backups has',
      );
  }
}

/** What nobody brings would be left out of the dashboard. */
function checkDashboard({ system, problems, at, services, stores }: Context): void {
  const watched = [...services].filter(([, { kind }]) => kind !== 'cron').map(([name]) => name);
  const known = [...panelNames, ...watched, ...stores.keys()];
  for (const [index, { panels }] of system.dashboard.entries())
    for (const [place, panel] of panels.entries())
      problems.known('unknown-panel', `${at.system}.dashboard.${index}.panels.${place}`, panel, 'a panel', known);
}

/** Who is told: an alert that reaches nobody is a line in a log. */
function checkReceivers(context: Context): void {
  const { problems, at } = context;
  const path = `${at.environment}.monitoring.receivers`;
  const receivers = Object.values(monitoringOf(context).receivers);
  if (receivers.every(({ by }) => by === 'heartbeat')) {
    problems.warning('alerts-reach-nobody', path, 'nobody', 'a receiver of alerts: mail, slack, pagerduty, webhook');
    return;
  }
  if (receivers.every(({ by }) => by !== 'heartbeat'))
    problems.warning('no-heartbeat', path, 'no heartbeat', 'one, at a service that speaks up when it stops');
  if (monitoringOf(context).runbooks === unpublished)
    problems.warning(
      'runbooks-nowhere',
      `${at.environment}.monitoring.runbooks`,
      'nothing',
      'where the pages of docs/runbooks/ are published: whoever is told follows a link to them',
    );
}

/** What CPU, memory, disk and volumes are known from. */
function checkResourceMetrics(context: Context): void {
  const { problems, at, environment } = context;
  const { mode, platform } = monitoringOf(context);
  const path = `${at.environment}.resourceMetrics`;
  if (environment.resourceMetrics === 'none')
    problems.warning(
      'no-resource-metrics',
      path,
      '"none"',
      '"kubelet" or "platform" for panels and alerts of CPU, memory, volumes and network',
    );
  if (environment.resourceMetrics !== 'platform' || mode === 'operator') return;
  if (platform === undefined)
    problems.error(
      'platform-address',
      `${at.environment}.monitoring.platform`,
      'nothing',
      'the address of the platform\'s Prometheus, because resourceMetrics is "platform"',
    );
  else
    problems.warning(
      'platform-alerts',
      path,
      '"platform"',
      'alerts on volumes at the platform: they are not ours there',
    );
}

/** How requests went, which only who answered them knows: nginx' status page has no status codes. */
function checkRequestMetrics({ problems, at, services }: Context): void {
  const web = [...services].filter(([, { kind, proxy }]) => kind === 'web' && !proxy);
  if (web.length === 0 || web.some(([, { metrics }]) => metrics !== undefined)) return;
  problems.warning(
    'no-request-metrics',
    `${at.system}.services`,
    `no \`metrics\` of ${web.map(([name]) => name).join(', ')}`,
    'port and path of one that counts its requests, for Request Metrics and the alerts on its errors; until then the public hosts are asked from outside, and that is all that is known',
  );
}

/** Everything about watching that can be wrong or blind. */
export function checkMonitoring(context: Context): void {
  const { problems, at, stores } = context;
  checkImages(context);
  checkDashboard(context);
  const { mode, remoteWrite } = monitoringOf(context);
  if (mode === 'none') return;
  checkReceivers(context);
  checkResourceMetrics(context);
  checkRequestMetrics(context);
  if (mode === 'operator' && remoteWrite)
    problems.error(
      'remote-write-operator',
      `${at.environment}.monitoring.remoteWrite`,
      'remote write',
      "none here: with an operator it is set at the operator's Prometheus",
    );
  for (const [name, store] of stores) {
    if (store.kind === 'rabbitmq' && engineOf(context, name, store) === 'external')
      problems.warning(
        'unwatched-store',
        `${at.system}.stores.${name}`,
        'a managed broker',
        'alerts at its provider: it lets no exporter in',
      );
  }
}
