import { backups, common, type Drawing, managedStores, ownStores, solvers, watched } from './drawing';

export const microservices: Drawing = {
  system: 'microservices',
  lines: [
    ...common,
    ...backups(['postgres:5432', 'redis:6379'], 'postgres-drill backup-retention', 'postgres-drill backup-retention'),
    ...solvers,
    { environments: watched, open: ['prometheus → gateway:9113 api:8000', 'blackbox-exporter → frontend:3000'] },
    { environments: ['staging', 'production'], open: ['prometheus → postgres:9187 redis:9121 rabbitmq:15692'] },
    {
      environments: managedStores,
      open: [
        'prometheus → postgres-exporter:9187 redis-exporter:9121',
        'postgres-exporter → managed:5432',
        'redis-exporter → managed:6379',
      ],
    },
    {
      open: [
        'edge → gateway:8080',
        'gateway → frontend:3000 api:8000',
        'frontend → api:8000',
        // S3 has no addresses of its own: every public one.
        'worker → public:443',
      ],
    },
    {
      environments: ownStores,
      open: [
        'api api-migrate → postgres:5432 redis:6379 rabbitmq:5672',
        'worker → rabbitmq:5672 postgres:5432',
        'postgres-roles → postgres:5432',
      ],
    },
    // A primary and two replicas.
    { environments: ownStores, tiers: ['high'], open: ['postgres → postgres:5432', 'redis → redis:6379'] },
    // Three nodes that find and feed each other.
    { environments: ownStores, tiers: ['high'], open: ['rabbitmq → rabbitmq:4369,25672'] },
    {
      environments: managedStores,
      open: ['api api-migrate → managed:5432,6379,5671', 'worker → managed:5671,5432', 'postgres-roles → managed:5432'],
    },
    {
      environments: ['development'],
      open: ['pgadmin → postgres:5432', 'redis-commander → redis:6379', 'ollama → public:443'],
    },
  ],
  never: [
    'postgres-drill → postgres:5432 internet:443',
    'backup-retention → postgres:5432 internet:443',
    'edge → frontend:3000 api:8000 rabbitmq:15672 pgadmin:8080 redis-commander:8081 ollama:11434',
    'internet → gateway:8080 api:8000 postgres:5432 rabbitmq:15672,5672',
    'frontend → postgres:5432 redis:6379 rabbitmq:5672 internet:443',
    'gateway → postgres:5432 redis:6379 rabbitmq:5672 worker:8000',
    'worker → redis:6379 api:8000 metadata:443 private-10:443',
    'api → worker:8000 internet:443 ollama:11434',
    // The data tier has no outside access.
    'postgres → internet:443 redis:6379',
    'redis → internet:443',
    'rabbitmq → internet:443 postgres:5432',
    'pgadmin → redis:6379 internet:443',
  ],
};
