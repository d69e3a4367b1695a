import type { Environment } from '../lib';

const objectStorage = { host: 's3.example.com', cidrs: ['203.0.113.0/24'] };

// Names below example.com and addresses of 203.0.113.0/24 are placeholders (RFC 2606, RFC 5737).
export default {
  description: 'Production with managed stores, object storage and a secrets manager',
  mode: 'production',
  tier: 'medium',
  domain: 'cloud.example.com',
  ingress: { className: 'traefik', peer: { namespace: 'traefik' } },
  tls: { by: 'cert-manager', issuer: 'letsencrypt' },
  // Browsers remember HSTS: turn it on once the certificate is confirmed.
  hsts: false,
  images: { registry: 'registry.example.com' },
  secrets: { provider: 'external-secrets', store: 'secrets-manager' },
  // The subnet in which the provider puts managed databases.
  managedStores: { host: '{store}.{system}.managed.example.com', cidrs: ['10.64.0.0/16'] },
  sharedVolumes: { by: 'object-storage', endpoint: objectStorage, bucket: 'cloud-files', region: 'eu-central-1' },
  // The platform's own Prometheus knows CPU, memory and volumes; it stands in the subnet of the managed stores.
  monitoring: { mode: 'built-in', platform: { host: 'metrics.cloud.example.com', cidrs: ['10.64.0.0/16'] } },
  resourceMetrics: 'platform',
  backupTarget: { to: 's3', endpoint: objectStorage, bucket: 'cloud-backups', region: 'eu-central-1' },
} satisfies Environment;
