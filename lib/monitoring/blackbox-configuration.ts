import { stringify } from 'yaml';
import type { CheckPlan } from '../model/plan';
import { moduleOf } from './prometheus-configuration';

/**
 * A page that asks for a log-in or does not exist is an answer; a status of 500 or above is none. The exporter knows
 * lists only, no ranges.
 */
const answers = [200, 201, 202, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 429];

function module(check: CheckPlan): object {
  const base = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: true };
  return {
    prober: 'http',
    timeout: '8s',
    http: check.public
      ? { ...base, valid_status_codes: answers }
      : { ...base, headers: { Host: check.host ?? check.name }, follow_redirects: false },
  };
}

/** `blackbox.yml`: one way of asking for the public hosts, one for each service, whose name stands in `Host`. */
export function blackboxConfiguration(checks: readonly CheckPlan[]): string {
  const modules = Object.fromEntries(checks.map((check) => [moduleOf(check), module(check)]));
  return stringify({ modules }, { lineWidth: 0 });
}
