import type { Environment } from '../lib';

// Names below example.com and addresses of 203.0.113.0/24 are placeholders (RFC 2606, RFC 5737).
export default {
  description: 'TLS, backups, alerts, default-deny, pinned images',
  mode: 'production',
  tier: 'medium',
  domain: 'example.com',
  ingress: { className: 'traefik', peer: { namespace: 'traefik' } },
  tls: { by: 'cert-manager', issuer: 'letsencrypt' },
  // Browsers remember HSTS: turn it on once the certificate is confirmed.
  hsts: false,
  // A class whose disks the provider encrypts; stores and volumes that ask for encryption at rest get it.
  storage: { encryptedClassName: 'encrypted' },
  images: { registry: 'registry.example.com' },
  secrets: { provider: 'bootstrap' },
  monitoring: 'built-in',
  // Outside the cluster: a claim in the namespace would be lost with it.
  backupTarget: {
    to: 's3',
    endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'] },
    bucket: 'production-backups',
  },
} satisfies Environment;
