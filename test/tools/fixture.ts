import type { Environment } from '../../lib/model/schema/environment';
import type { System } from '../../lib/model/schema/system';

const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } };

/** A small system with every tool. */
export const laboratory: System = {
  title: 'Laboratory',
  description: 'A fixture',
  images: {
    backend: { own: 'lab/backend:1.0.0' },
    postgres: 'postgres:16.15-bookworm',
    redis: 'redis:7.4.11-alpine',
    pgadmin: 'dpage/pgadmin4:9.17',
    'redis-commander': 'ghcr.io/joeferner/redis-commander:0.9.1',
    ollama: 'ollama/ollama:0.32.15',
  },
  stores: {
    db: {
      kind: 'postgres',
      description: 'Data',
      image: 'postgres',
      resources,
      size: '1Gi',
      database: 'lab',
      owner: 'backend',
    },
    cache: { kind: 'redis', description: 'Cache', image: 'redis', resources, size: '1Gi', use: 'cache' },
  },
  services: {
    backend: {
      kind: 'web',
      description: 'The API',
      image: 'backend',
      ports: { http: 8000 },
      health: { path: '/' },
      arrows: { db: {}, cache: {} },
    },
  },
  tools: {
    pgadmin: { kind: 'pgadmin', description: 'Looks into db', image: 'pgadmin', arrows: ['db'] },
    'redis-commander': {
      kind: 'redis-commander',
      description: 'Looks into cache',
      image: 'redis-commander',
      arrows: ['cache'],
    },
    ollama: { kind: 'ollama', description: 'Runs models', image: 'ollama' },
  },
  routes: [{ path: '/', to: 'backend' }],
};

export const laptop: Environment = {
  description: 'Where the fixture runs',
  mode: 'development',
  tier: 'low',
  domain: 'localhost',
  tls: { by: 'none' },
  tools: true,
};
