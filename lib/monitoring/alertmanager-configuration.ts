import { stringify } from 'yaml';
import type { Plan, ReceiverPlan } from '../model/plan';
import type { Contribution } from './contract';
import { anyOf } from './promql';

/** Below it, a folder for each receiver with its credential. */
export const receiversFolder = '/run/secrets/receivers';

/** What takes alerts that nobody wants: the dead man's switch without a heartbeat, and all where nobody is told. */
const nobody = 'nobody';

/** Told at once and again every hour, until somebody has it. */
const urgent = { matchers: ['severity="critical"'], group_wait: '10s', repeat_interval: '1h' };

function credential({ name, secret }: ReceiverPlan): string {
  return `${receiversFolder}/${name}/${secret?.key ?? ''}`;
}

/** What a message in a chat says. */
export const title =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.service }}';

export const text =
  '{{ range .Alerts }}*{{ .Annotations.summary }}* {{ .Annotations.description }} <{{ .Annotations.runbook_url }}|runbook>{{ "\\n" }}{{ end }}';

/** How each kind of receiver is told. Credentials are files, and no text here. */
function receiver(plan: ReceiverPlan): object {
  const { name } = plan;
  const file = credential(plan);
  switch (plan.by) {
    case 'mail': {
      const { to, from, server, user } = plan;
      const login = user === undefined ? {} : { auth_username: user, auth_password_file: file };
      return {
        name,
        email_configs: [{ to, from, smarthost: server, ...login, require_tls: true, send_resolved: true }],
      };
    }
    case 'slack':
      return {
        name,
        slack_configs: [{ channel: plan.channel, api_url_file: file, title, text, send_resolved: true }],
      };
    case 'pagerduty':
      return { name, pagerduty_configs: [{ routing_key_file: file, severity: '{{ .CommonLabels.severity }}' }] };
    case 'webhook':
      return { name, webhook_configs: [{ url_file: file, send_resolved: true }] };
    case 'heartbeat':
      return { name, webhook_configs: [{ url_file: file, send_resolved: false, max_alerts: 1 }] };
  }
}

/** By severity and component. `continue`, so that each receiver decides for itself. */
function routeOf({ name, severities, components }: ReceiverPlan): object {
  return {
    receiver: name,
    matchers: [`severity=~"${anyOf(severities)}"`, ...(components.length ? [`component=~"${anyOf(components)}"`] : [])],
    continue: true,
    ...(severities.includes('critical') ? { routes: [urgent] } : {}),
  };
}

/**
 * The dead man's switch, every minute. The repeat must be shorter than the group's interval: with both a minute, it goes
 * out every second one.
 */
function watchdogRoutes(heartbeats: readonly ReceiverPlan[]): object[] {
  const matchers = ['severity="none"'];
  const often = { group_wait: '0s', group_interval: '1m', repeat_interval: '50s' };
  const last = heartbeats.length - 1;
  return heartbeats.length
    ? heartbeats.map(({ name }, index) => ({
        receiver: name,
        matchers,
        ...often,
        ...(index < last ? { continue: true } : {}),
      }))
    : [{ receiver: nobody, matchers }];
}

/** One rule of inhibition, as matchers. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** What is only a consequence is not told: warnings beside their own critical, and what a lost part takes with it. */
export function inhibitions(contributions: readonly Contribution[]): Inhibition[] {
  const down = contributions.flatMap(({ part, down: lost }) => (lost ? [{ part, ...lost }] : []));
  return [
    {
      source_matchers: ['severity="critical"'],
      target_matchers: ['severity=~"warning|info"'],
      equal: ['namespace', 'alertname', 'service', 'persistentvolumeclaim'],
    },
    ...down.flatMap(({ part, alert, silences }) => {
      const source = { source_matchers: [`alertname="${alert}"`, `service="${part}"`] };
      const own = { ...source, target_matchers: [`service="${part}"`, `alertname!="${alert}"`], equal: ['namespace'] };
      const clients = {
        ...source,
        target_matchers: ['component="application"', `service=~"${anyOf(silences)}"`],
        equal: ['namespace'],
      };
      return silences.length ? [own, clients] : [own];
    }),
  ];
}

/** `alertmanager.yml`: who is told of what, and when. */
export function alertmanagerConfiguration(plan: Plan, contributions: readonly Contribution[]): string {
  const receivers = plan.monitors?.receivers ?? [];
  const heartbeats = receivers.filter(({ by }) => by === 'heartbeat');
  const people = receivers.filter(({ by }) => by !== 'heartbeat');
  const configuration = {
    route: {
      // An alert that no route takes goes to the first receiver: nothing is lost.
      receiver: people[0]?.name ?? nobody,
      group_by: ['alertname', 'namespace', 'service'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [...watchdogRoutes(heartbeats), ...people.map(routeOf)],
    },
    inhibit_rules: inhibitions(contributions),
    receivers: [{ name: nobody }, ...receivers.map(receiver)],
  };
  return stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false });
}
