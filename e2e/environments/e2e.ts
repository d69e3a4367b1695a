import type { Environment } from '../../lib';

/** The machine itself, as the first node knows it: what pods find outside the cluster. */
const outside = ['192.0.2.10/32'];

/** Where the test runs. Nothing here says how much or what: that is the tier's and the system's. */
export default {
  description: 'Real nodes on one machine, without an outside',
  mode: 'production',
  tier: 'medium',
  domain: 'e2e.test',
  ingress: { className: 'e2e', peer: { namespace: 'ingress', podLabels: { app: 'ingress' } } },
  tls: { by: 'secret', secret: 'edge-tls' },
  storage: { className: 'network-disk', encryptedClassName: 'network-disk' },
  // The disks are folders that every node has: pods of one volume need not share a node.
  sharedVolumes: { by: 'rwx', className: 'network-disk' },
  images: { registry: 'registry.e2e.test' },
  monitoring: {
    mode: 'built-in',
    intervalSeconds: 10,
    receivers: {
      hook: { by: 'webhook', cidrs: outside, port: 9000 },
      switch: { by: 'heartbeat', cidrs: outside, port: 9000 },
    },
  },
  backupTarget: { to: 's3', endpoint: { host: 's3.outside.test', cidrs: outside, port: 9443 }, bucket: 'backups' },
} satisfies Environment;
