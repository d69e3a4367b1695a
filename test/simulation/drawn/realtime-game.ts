import {
  backups,
  byGateway,
  common,
  type Drawing,
  managedStores,
  ownStores,
  solvers,
  watched,
  withCertManager,
} from './drawing';

export const realtimeGame: Drawing = {
  system: 'realtime-game',
  lines: [
    ...common,
    ...backups(['postgres:5432', 'redis:6379'], 'postgres-drill backup-retention', 'postgres-drill backup-retention'),
    ...solvers,
    {
      environments: watched,
      open: ['prometheus → front-end:9113 back-end:8000'],
    },
    // A way through the edge, no question to the pod: its address inside the cluster leads to the pod that ends TLS. By a
    // Gateway the same question goes to the Gateway's pods; the proxy itself is watched through its exporter either way.
    { environments: watched, edges: ['usual'], open: ['blackbox-exporter → front-end:8443'] },
    { environments: ['staging', 'production'], open: ['prometheus → postgres:9187 redis:9121'] },
    {
      environments: managedStores,
      open: [
        'prometheus → postgres-exporter:9187 redis-exporter:9121',
        'postgres-exporter → managed:5432',
        'redis-exporter → managed:6379',
      ],
    },
    { open: ['front-end → back-end:8000'] },
    // TLS ends at the pod, behind a load balancer that everybody reaches.
    { environments: withCertManager, edges: ['usual'], open: ['anywhere → front-end:8080,8443'] },
    { environments: withCertManager, edges: byGateway, open: ['edge → front-end:8080'] },
    // No nginx: the browser calls Vite and the back-end itself.
    {
      environments: ['development'],
      open: ['edge → front-end:5173 back-end:8000', 'redis-commander → redis:6379'],
    },
    {
      environments: ownStores,
      open: ['back-end back-end-migrate → postgres:5432 redis:6379', 'postgres-roles → postgres:5432'],
    },
    {
      environments: managedStores,
      open: ['back-end back-end-migrate → managed:5432,6379', 'postgres-roles → managed:5432'],
    },
  ],
  never: [
    'postgres-drill → postgres:5432 internet:443',
    'backup-retention → postgres:5432 internet:443',
    'internet → back-end:8000 postgres:5432 redis:6379',
    'front-end → postgres:5432 redis:6379 internet:443',
    // The RPC endpoint is off unless its URL is set.
    'back-end → internet:443 front-end:8080',
    'redis-commander → postgres:5432 back-end:8000',
    'edge → redis-commander:8081',
  ],
};
