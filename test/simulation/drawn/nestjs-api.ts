import { backups, common, type Drawing, managedStores, ownStores, solvers, watched, withCertManager } from './drawing';

export const nestjsApi: Drawing = {
  system: 'nestjs-api',
  lines: [
    ...common,
    ...backups(['postgres:5432', 'redis:6379'], 'postgres-drill backup-retention', 'postgres-drill backup-retention'),
    ...solvers,
    { environments: watched, open: ['prometheus → app:9464'] },
    { environments: ['staging', 'production'], open: ['prometheus → postgres:9187 redis:9121'] },
    {
      environments: managedStores,
      open: [
        'prometheus → postgres-exporter:9187 redis-exporter:9121',
        'postgres-exporter → managed:5432',
        'redis-exporter → managed:6379',
      ],
    },
    // In development the app runs on the developer's machine, and reaches the stores by port-forward.
    { environments: withCertManager, open: ['edge → app:3001'] },
    { environments: ownStores, open: ['postgres-roles → postgres:5432'] },
    { environments: ['staging', 'production'], open: ['app app-migrate → postgres:5432 redis:6379'] },
    {
      environments: managedStores,
      open: ['app app-migrate → managed:5432,6379', 'postgres-roles → managed:5432'],
    },
  ],
  never: [
    'postgres-drill → postgres:5432 internet:443',
    'backup-retention → postgres:5432 internet:443',
    'edge → postgres:5432 redis:6379',
    'internet → app:3001 postgres:5432',
    // The error tracker is off unless its URL is set.
    'app → internet:443 metadata:80',
    'postgres → redis:6379 internet:443',
    'redis → app:3001 postgres:5432',
  ],
};
