import { proxyPages } from '../model/proxy-pages';

/** Where things are in the proxy's pod. */

/** The ConfigMap: templates of the configuration, and the script that fills them in. */
export const templateFolder = '/etc/keelson';

/** The configuration as nginx reads it: written at each start, below the only writable folder. */
export const configFolder = '/tmp/nginx';

/** The certificate's Secret. */
export const tlsFolder = '/etc/nginx/tls';

/** nginx' own status page, for an exporter in the same pod: it listens on loopback only. */
export const statusPort = 8081;

/** The path of the status page. */
export const statusPath = '/stub_status';

/** What nginx answers itself. */
export const { live: livePath, ready: readyPath, health: healthPath } = proxyPages;

/**
 * Seconds between the end of a pod's membership in its Service and the end of its process: kube-proxy on every node must
 * have heard of it first, or a rolling update refuses connections.
 */
export const drainSeconds = 10;

/** What only the pod knows and the start script fills in: words that nginx.conf never has otherwise. */
export const placeholder = {
  /** The addresses of the cluster's DNS. */
  resolvers: '__RESOLVERS__',
  /** The domain behind `svc.`, usually `cluster.local`. */
  clusterDomain: '__CLUSTER_DOMAIN__',
  /** Comments a line out where the node has no IPv6. */
  ipv6: '__IPV6__',
  /** Comments a line out where the image has no Brotli module. */
  brotli: '__BROTLI__',
  /** The folder of the image's modules. */
  modules: '__MODULES__',
} as const;
