import { stringify } from 'yaml';
import type { CheckPlan } from '../model/plan';
import { moduleOf } from './prometheus-configuration';

/**
 * A page that asks for a log-in, for parameters or another method, or does not exist, is an answer; a status of 500 or above is none. The exporter knows
 * lists only, no ranges.
 */
const answers = [
  ...[200, 201, 202, 204, 206, 301, 302, 303, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 415, 422, 426, 428, 429, 431, 451],
];

const base = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: true };

const modules = {
  // A page that needs no log-in: success, at the end of whatever it redirects to.
  page: base,
  // A public route of which no such page is known.
  reachable: { ...base, valid_status_codes: answers },
  // A service is asked by its name, so that frameworks with a list of allowed hosts answer.
  inside: { ...base, follow_redirects: false },
} as const;

/** `blackbox.yml`: ways of asking for public routes, and one for services. */
export function blackboxConfiguration(checks: readonly CheckPlan[]): string {
  const used = [...new Set(checks.map(moduleOf))].sort();
  const entries = used.map((name) => [name, { prober: 'http', timeout: '8s', http: modules[name] }] as const);
  return stringify({ modules: Object.fromEntries(entries) }, { lineWidth: 0, aliasDuplicateObjects: false });
}
