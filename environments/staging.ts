import type { Environment } from '../lib';

// Names below example.com and addresses of 203.0.113.0/24 are placeholders (RFC 2606, RFC 5737).
export default {
  description: "Production's shape at the smallest size",
  mode: 'production',
  tier: 'low',
  domain: 'staging.example.com',
  ingress: { className: 'traefik', peer: { namespace: 'traefik' } },
  // Let's Encrypt's staging authority: the same way, without its limits, and no browser trusts it.
  tls: { by: 'cert-manager', issuer: 'letsencrypt-staging' },
  storage: { encryptedClassName: 'encrypted' },
  images: { registry: 'registry.example.com' },
  secrets: { provider: 'bootstrap' },
  monitoring: 'built-in',
  backupTarget: {
    to: 's3',
    endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'] },
    bucket: 'staging-backups',
  },
} satisfies Environment;
