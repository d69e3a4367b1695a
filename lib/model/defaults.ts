/** Figures and images that no system file states, each with its reason. */
import type { Capacity, Resources } from './plan';
import type { Tier } from './schema/primitives';

/** Images that every system may use, besides its own. */
export const helperImages = {
  /** Waits (`nc`) and API calls (`curl`): small, maintained, non-root (user 100). */
  helper: 'curlimages/curl:8.17.0',
} as const;

/** For init containers: a shell and a small program. Never more than any main container has. */
export const helperResources: Resources = {
  requests: { cpu: 10, memory: 16 },
  limits: { cpu: 100, memory: 64 },
  ephemeral: 32,
};

/** Replicas where the document draws no figures of its own. */
export const defaultScaling: Readonly<Record<Tier, number>> = { low: 1, medium: 2, high: 4 };

/** The user of images that name none: above 10000, so that it is nobody on the node (kube-score, CKV_K8S_40). */
export const defaultUser = 10001;

/** Logs and slack of a container besides its emptyDirs, MiB: two rotated log files of 10 MiB each and room for small writes. */
export const ephemeralSlack = 64;

/** What a service gets whose document states no resources: a small interpreter process with room for a burst. */
export const defaultResources: { readonly requests: Capacity; readonly limits: Capacity } = {
  requests: { cpu: 100, memory: 256 },
  limits: { cpu: 1000, memory: 512 },
};

/** How long a start waits for a store: initdb, or a recovery after a crash. */
export const storeWaitSeconds = 300;

/** How long a start waits for a service before it goes on. */
export const serviceWaitSeconds = 120;

/**
 * PostgreSQL's `superuser_reserved_connections` (3) plus `reserved_connections` (2), which nobody but an operator may use.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
export const reservedConnections = 5;

/** Connections of the exporter (2), the backup (1), the roles Job (1). Migrations count as a term of their own. */
export const helperConnections = 4;

/** Ephemeral storage of a store's container, MiB: sockets, rendered configuration, temporary files and logs; data is on the claim. */
export const storeEphemeral = 256;
