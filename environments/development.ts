import type { Environment } from '../lib';

const small = { size: '1Gi' };

export default {
  description: 'A laptop cluster: http, development tools, one of everything, small volumes',
  mode: 'development',
  tier: 'low',
  // Browsers resolve every name below localhost to the machine itself.
  domain: 'localhost',
  tls: { by: 'none' },
  // k3s, k3d and Rancher Desktop bring Traefik here.
  ingress: { peer: { namespace: 'kube-system', podLabels: { 'app.kubernetes.io/name': 'traefik' } } },
  gateway: { className: 'traefik' },
  // Images are built or loaded on the laptop; there is no registry to ask again.
  images: { pullPolicy: 'IfNotPresent' },
  secrets: { provider: 'bootstrap' },
  tools: true,
  monitoring: 'none',
  resourceMetrics: 'none',
  backupTarget: { to: 'none' },

  systems: {
    'django-react': { stores: { db: small, redis: small }, volumes: { media: small } },
    'realtime-game': { stores: { postgres: small, redis: small } },
    microservices: { stores: { postgres: small, redis: small, rabbitmq: small } },
    lms: {
      stores: { db: small, redis: small, rabbitmq: small },
      volumes: { 'backend-media': small, 'backend-uploads': small },
    },
    'nestjs-api': { stores: { postgres: small, redis: small } },
  },
} satisfies Environment;
