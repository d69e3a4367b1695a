import { backups, common, type Drawing, managedStores, ownStores, solvers, watched } from './drawing';

export const djangoReact: Drawing = {
  system: 'django-react',
  lines: [
    ...common,
    ...backups(
      ['db:5432', 'redis:6379'],
      'db-drill media-backup media-restore backup-retention',
      'db-drill backup-retention',
    ),
    ...solvers,
    { environments: watched, open: ['prometheus → proxy:9113', 'blackbox-exporter → frontend:5173 backend:8000'] },
    { environments: ['staging', 'production'], open: ['prometheus → db:9187 redis:9121'] },
    {
      environments: managedStores,
      open: [
        'prometheus → db-exporter:9187 redis-exporter:9121',
        'db-exporter → managed:5432',
        'redis-exporter → managed:6379',
      ],
    },
    {
      open: ['edge → proxy:8080', 'proxy → frontend:5173 backend:8000', 'frontend → backend:8000'],
    },
    {
      environments: ownStores,
      open: ['backend backend-migrate → db:5432 redis:6379', 'db-roles → db:5432'],
    },
    { environments: ['staging', 'production'], open: ['celery celery-beat → db:5432 redis:6379'] },
    {
      environments: managedStores,
      open: [
        'backend backend-migrate celery celery-beat → managed:5432,6379',
        'db-roles → managed:5432',
        // Media is in object storage there.
        'backend → storage:443',
      ],
    },
  ],
  never: [
    'db-drill → db:5432 internet:443',
    'backup-retention → db:5432 internet:443',
    'edge → frontend:5173 backend:8000 db:5432 redis:6379',
    'internet → proxy:8080 backend:8000 db:5432 redis:6379',
    'proxy → db:5432 redis:6379',
    'frontend → db:5432 redis:6379',
    'db → redis:6379 backend:8000 internet:443',
    'redis → db:5432 internet:443',
    'backend → frontend:5173 proxy:8080 internet:443 metadata:80',
    'celery → backend:8000 internet:443',
  ],
};
