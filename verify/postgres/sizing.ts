import { helperResources } from '../../lib/model/defaults';
import type { PostgresPlan } from '../../lib/model/plan';

const capacity = { cpu: 1000, memory: 512 };
const claim = { name: 'data-db-0', owner: 'db', component: 'database', size: 10 * 1024 } as const;

/** What the configuration of the servers here follows from. */
export const sizing = {
  majorVersion: 15,
  maxConnections: 100,
  resources: { requests: capacity, limits: capacity, ephemeral: 256 },
  claims: [{ ...claim, storageClass: undefined, accessMode: 'ReadWriteOnce' }],
  certificate: { secret: 'db-tls', hosts: [], reload: helperResources, from: { by: 'self-signed' } },
  replication: { role: 'replicator', secret: 'db-replication', members: 3 },
} satisfies Partial<PostgresPlan>;
