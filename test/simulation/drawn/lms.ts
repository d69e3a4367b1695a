import { common, type Drawing, managedStores, ownStores, solvers } from './drawing';

export const lms: Drawing = {
  system: 'lms',
  lines: [
    ...common,
    ...solvers,
    {
      open: [
        'ingress → nginx:8080',
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
    'ingress → frontend-admin:3000 backend-django:8001 db:5432',
    'internet → nginx:8080 db:5432',
    'nginx → db:5432',
    'frontend-student → frontend-admin:3000 db:5432 internet:443',
    'frontend-admin → frontend-teacher:3001 nginx:8080',
    'backend-django → frontend-admin:3000 nginx:8080 internet:443',
    'backend-fastapi → internet:443',
    'db → backend-django:8001 internet:443',
  ],
};
