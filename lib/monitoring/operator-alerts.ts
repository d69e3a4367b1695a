import type { AlertmanagerConfigSpec } from '../../imports/monitoring.coreos.com';
import type { Plan, ReceiverPlan } from '../model/plan';
import { inhibitions, text, title } from './alertmanager-configuration';
import type { Contribution } from './contract';
import { anyOf } from './promql';

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly matchType: '=' | '!=' | '=~';
}

/** `alertname!="PostgresDown"` as the operator writes it. */
export function matcher(written: string): Matcher {
  const [, name = '', sign = '=', value = ''] = /^(\w+)(=~|!=|=)"(.*)"$/.exec(written) ?? [];
  return { name, value, matchType: sign === '=~' ? '=~' : sign === '!=' ? '!=' : '=' };
}

/** As with our own Alertmanager, with Secrets instead of files. */
function receiver(plan: ReceiverPlan): object {
  const { name, secret } = plan;
  switch (plan.by) {
    case 'mail': {
      const { to, from, server, user } = plan;
      const login = user === undefined ? {} : { authUsername: user, authPassword: secret };
      return {
        name,
        emailConfigs: [{ to, from, smarthost: server, ...login, requireTLS: true, sendResolved: true }],
      };
    }
    case 'slack':
      return { name, slackConfigs: [{ channel: plan.channel, apiURL: secret, title, text, sendResolved: true }] };
    case 'pagerduty':
      return { name, pagerdutyConfigs: [{ routingKey: secret, severity: '{{ .CommonLabels.severity }}' }] };
    case 'webhook':
      return { name, webhookConfigs: [{ urlSecret: secret, sendResolved: true }] };
    case 'heartbeat':
      return { name, webhookConfigs: [{ urlSecret: secret, sendResolved: false, maxAlerts: 1 }] };
  }
}

function routeOf({ name, by, severities, components }: ReceiverPlan): object {
  if (by === 'heartbeat') {
    const often = { groupWait: '1s', groupInterval: '1m', repeatInterval: '50s' };
    return { receiver: name, matchers: [matcher('severity="none"')], ...often, continue: true };
  }
  return {
    receiver: name,
    matchers: [
      matcher(`severity=~"${anyOf(severities)}"`),
      ...(components.length ? [matcher(`component=~"${anyOf(components)}"`)] : []),
    ],
    continue: true,
    ...(severities.includes('critical') ? { routes: [urgent] } : {}),
  };
}

/** As `urgent` with our own. */
const urgent = { matchers: [matcher('severity="critical"')], groupWait: '10s', repeatInterval: '1h' };

/**
 * Who is told, for the operator's Alertmanager. It adds the namespace to every matcher by itself. What no receiver here
 * takes is for the platform's own routes.
 */
export function alertmanagerConfig(plan: Plan, contributions: readonly Contribution[]): AlertmanagerConfigSpec {
  const receivers = plan.monitors?.receivers ?? [];
  return {
    route: {
      receiver: 'nobody',
      groupBy: ['alertname', 'service'],
      groupWait: '30s',
      groupInterval: '5m',
      repeatInterval: '12h',
      routes: receivers.map(routeOf),
    },
    inhibitRules: inhibitions(contributions).map(({ source_matchers, target_matchers, equal }) => ({
      sourceMatch: source_matchers.map(matcher),
      targetMatch: target_matchers.map(matcher),
      equal,
    })),
    receivers: [{ name: 'nobody' }, ...receivers.map(receiver)],
  };
}
