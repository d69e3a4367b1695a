import type { Environment } from '../../lib';
import { DISK_CLASS } from '../cluster/layout';
import { OBJECT_STORAGE, OUTSIDE, webhookPort } from '../outside/names';

const { host, port, bucket } = OBJECT_STORAGE;

/** Where the test runs. Nothing here says how much or what: that is the tier's and the system's. */
export default {
  description: 'Real nodes on one machine, without an outside',
  mode: 'production',
  tier: 'medium',
  domain: 'e2e.test',
  ingress: { className: 'e2e', peer: { namespace: 'ingress', podLabels: { app: 'ingress' } } },
  tls: { by: 'secret', secret: 'edge-tls' },
  storage: { className: DISK_CLASS, encryptedClassName: DISK_CLASS },
  // The disks are folders that every node has: pods of one volume need not share a node.
  sharedVolumes: { by: 'rwx', className: DISK_CLASS },
  images: { registry: 'registry.e2e.test' },
  monitoring: {
    mode: 'built-in',
    intervalSeconds: 10,
    receivers: {
      hook: { by: 'webhook', cidrs: OUTSIDE, port: webhookPort },
      switch: { by: 'heartbeat', cidrs: OUTSIDE, port: webhookPort },
    },
  },
  backupTarget: { to: 's3', endpoint: { host, cidrs: OUTSIDE, port }, bucket },
} satisfies Environment;
