import type { Environment } from '../../lib';

/** Where the test runs. Nothing here says how much or what: that is the tier's and the system's. */
export default {
  description: 'Real nodes on one machine, without an outside',
  mode: 'production',
  tier: 'medium',
  domain: 'e2e.test',
  ingress: { className: 'e2e', peer: { namespace: 'ingress', podLabels: { app: 'ingress' } } },
  tls: { by: 'secret', secret: 'edge-tls' },
  storage: { className: 'network-disk', encryptedClassName: 'network-disk' },
  images: { registry: 'registry.e2e.test' },
  // Until images stand in for what these two run.
  monitoring: 'none',
  backupTarget: { to: 'none' },
} satisfies Environment;
