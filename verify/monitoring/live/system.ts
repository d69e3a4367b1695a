import type { Plan } from '../../../lib/model/plan';
import { isRecord, planOf } from '../subjects';
import { longTerm } from './long-term';

function each(value: unknown, change: (one: Record<string, unknown>) => void): void {
  if (isRecord(value)) for (const one of Object.values(value)) if (isRecord(one)) change(one);
}

const single = { low: 1, medium: 1, high: 1 };

/**
 * The system in production at the tier that has everything, with what this machine forces: one pod of each service and
 * two of a store that has replicas, a PostgreSQL whose version is the one that Debian has; and figures every five seconds, so that the run is short.
 */
export function livePlan(system: string): Plan {
  return planOf(system, {
    monitoring: { intervalSeconds: 5, remoteWrite: longTerm },
    change: (raw) => {
      each(raw['services'], (service) => {
        if (service['kind'] !== 'web' && service['kind'] !== 'worker') return;
        service['scaling'] = { ...(isRecord(service['scaling']) ? service['scaling'] : {}), ...single };
      });
      each(raw['stores'], (store) => {
        if (store['kind'] === 'rabbitmq') store['replicas'] = single;
        else if (store['replicas'] !== undefined) store['replicas'] = { low: 1, medium: 2, high: 2 };
      });
      if (isRecord(raw['images'])) raw['images'] = { ...raw['images'], postgres: 'postgres:15.18-bookworm' };
    },
  });
}
