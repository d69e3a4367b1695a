import { backups, common, type Drawing, managedStores, ownStores, solvers, watched } from './drawing';

export const lms: Drawing = {
  system: 'lms',
  lines: [
    ...common,
    ...backups(
      ['db:5432'],
      'db-drill db-dr-test backend-media-backup backend-media-full backend-media-restore backend-uploads-backup backend-uploads-full backend-uploads-restore configuration-backup backup-archive backup-retention',
      'db-drill db-dr-test configuration-backup backup-archive backup-retention',
    ),
    ...solvers,
    {
      environments: watched,
      open: [
        'prometheus → nginx:9113 backend-django:8001 backend-fastapi:8000',
        'blackbox-exporter → frontend-admin:3000 frontend-teacher:3001 frontend-student:3002',
      ],
    },
    { environments: ['staging', 'production'], open: ['prometheus → db:9187'] },
    { environments: ['staging', 'production'], tiers: ['high'], open: ['prometheus → redis:9121 rabbitmq:15692'] },
    { environments: managedStores, open: ['prometheus → db-exporter:9187', 'db-exporter → managed:5432'] },
    {
      environments: managedStores,
      tiers: ['high'],
      open: ['prometheus → redis-exporter:9121', 'redis-exporter → managed:6379'],
    },
    {
      open: [
        'edge → nginx:8080',
        'nginx → frontend-admin:3000 frontend-teacher:3001 frontend-student:3002 backend-django:8001 backend-fastapi:8000',
        'frontend-admin frontend-teacher frontend-student → backend-django:8001 backend-fastapi:8000',
        'backend-django → backend-fastapi:8000',
        'backend-fastapi → backend-django:8001',
      ],
    },
    {
      environments: ownStores,
      open: ['backend-django backend-django-migrate backend-fastapi → db:5432', 'db-roles → db:5432'],
    },
    // The primary and its replicas.
    { environments: ownStores, tiers: ['medium', 'high'], open: ['db → db:5432'] },
    {
      environments: ownStores,
      tiers: ['high'],
      open: ['backend-django backend-django-migrate backend-fastapi → redis:6379 rabbitmq:5672'],
    },
    {
      environments: managedStores,
      open: [
        'backend-django backend-django-migrate backend-fastapi → managed:5432',
        'db-roles → managed:5432',
        'backend-django backend-fastapi → storage:443',
      ],
    },
    {
      // A managed broker speaks AMQP over TLS, on a port of its own.
      environments: managedStores,
      tiers: ['high'],
      open: ['backend-django backend-django-migrate backend-fastapi → managed:6379,5671'],
    },
  ],
  never: [
    'db-drill → db:5432 internet:443',
    'backup-retention → db:5432 internet:443',
    'edge → frontend-admin:3000 backend-django:8001 db:5432',
    'internet → nginx:8080 db:5432',
    'nginx → db:5432',
    'frontend-student → frontend-admin:3000 db:5432 internet:443',
    'frontend-admin → frontend-teacher:3001 nginx:8080',
    'backend-django → frontend-admin:3000 nginx:8080 internet:443',
    'backend-fastapi → internet:443',
    'db → backend-django:8001 internet:443',
  ],
};
