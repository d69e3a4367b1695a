import { common, type Drawing, managedStores, ownStores, solvers, withCertManager } from './drawing';

export const realtimeGame: Drawing = {
  system: 'realtime-game',
  lines: [
    ...common,
    ...solvers,
    { open: ['front-end → back-end:8000'] },
    // TLS ends at the pod, behind a load balancer that everybody reaches.
    { environments: withCertManager, open: ['anywhere → front-end:8080,8443'] },
    // No nginx: the browser calls Vite and the back-end itself.
    {
      environments: ['development'],
      open: ['ingress → front-end:5173 back-end:8000', 'redis-commander → redis:6379'],
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
    'internet → back-end:8000 postgres:5432 redis:6379',
    'front-end → postgres:5432 redis:6379 internet:443',
    // The RPC endpoint is off unless its URL is set.
    'back-end → internet:443 front-end:8080',
    'redis-commander → postgres:5432 back-end:8000',
    'ingress → redis-commander:8081',
  ],
};
