import { common, type Drawing, managedStores, ownStores, solvers } from './drawing';

export const djangoReact: Drawing = {
  system: 'django-react',
  lines: [
    ...common,
    ...solvers,
    {
      open: ['ingress → proxy:8080', 'proxy → frontend:5173 backend:8000', 'frontend → backend:8000'],
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
    'ingress → frontend:5173 backend:8000 db:5432 redis:6379',
    'internet → proxy:8080 backend:8000 db:5432 redis:6379',
    'proxy → db:5432 redis:6379',
    'frontend → db:5432 redis:6379',
    'db → redis:6379 backend:8000 internet:443',
    'redis → db:5432 internet:443',
    'backend → frontend:5173 proxy:8080 internet:443 metadata:80',
    'celery → backend:8000 internet:443',
  ],
};
