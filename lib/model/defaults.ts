/** Figures and images that no system file states, each with its reason. */
import type { Capacity, Resources } from './plan';
import type { Tier } from './schema/primitives';

/** Images that every system may use, besides its own. */
export const helperImages = {
  /** Waits (`nc`) and API calls (`curl`): small, maintained, non-root (user 100). */
  helper: 'curlimages/curl:8.17.0',
  /** The client of the backups: see docs/backup.md for why. Its program is static, and runs in other images as well. */
  restic: 'restic/restic:0.19.1',
  /** Built anew from Debian by the CloudNativePG project, which pools with it; it has `psql` and `pg_isready` as well. */
  pgbouncer: 'ghcr.io/cloudnative-pg/pgbouncer:1.25.1',
} as const;

/** For init containers: a shell and a small program. Never more than any main container has. */
export const helperResources: Resources = {
  requests: { cpu: 10, memory: 16 },
  limits: { cpu: 100, memory: 64 },
  ephemeral: 32,
};

/** Primaries of a Redis Cluster: the fewest that can elect another one when one of them is gone. */
export const redisShards = 3;

/** Where the members of a Redis Cluster talk to each other: 10000 above the clients' port, as Redis has it. */
export const redisBusPort = 16379;

/** PgBouncer has one thread; a client costs it a few KiB, and some tens of them with TLS. */
export const poolerResources: Resources = {
  requests: { cpu: 50, memory: 64 },
  limits: { cpu: 1000, memory: 256 },
  ephemeral: 80,
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

/** Each folder of a `ready` command that runs in another service's pod, MiB: it asks, and writes a cache at most. */
export const readyFolderSize = 16;

/** How long a start waits for a store: initdb, or a recovery after a crash. */
export const storeWaitSeconds = 300;

/** How long a start waits for a service before it goes on. */
export const serviceWaitSeconds = 120;

/**
 * PostgreSQL's `superuser_reserved_connections` and, since version 16, `reserved_connections`, which nobody but an operator
 * may use.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
export const reservedConnections = 5;

/** Connections of the exporter (2), the backup (1), the roles Job (1). Migrations count as a term of their own. */
export const helperConnections = 4;

/** Ephemeral storage of a store's container, MiB: sockets, rendered configuration, temporary files and logs; data is on the claim. */
export const storeEphemeral = 256;

/**
 * Programs that watch. Each is the version whose metrics were recorded, or listed by its documentation: rules and
 * dashboards name nothing that these do not export. Prometheus 3.5 is the long-term release.
 */
export const monitoringImages = {
  prometheus: 'prom/prometheus:v3.5.3',
  alertmanager: 'prom/alertmanager:v0.33.1',
  grafana: 'grafana/grafana:13.1.3',
  'kube-state-metrics': 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1',
  'blackbox-exporter': 'prom/blackbox-exporter:v0.28.0',
  'nginx-exporter': 'nginx/nginx-prometheus-exporter:1.5.1',
  'postgres-exporter': 'prometheuscommunity/postgres-exporter:v0.19.1',
  'redis-exporter': 'oliver006/redis_exporter:v1.86.0',
} as const;

/** Every image that no system names, by the key under which a release may set it. */
export const ownImages = { ...helperImages, ...monitoringImages } as const;

const cores = (cpu: number, memory: number): Capacity => ({ cpu, memory });

/**
 * Prometheus holds about 8 KiB of memory for each series: a system of ours has 5,000 to 30,000. The others answer one
 * scrape at a time.
 */
export const monitoringResources = {
  prometheus: { requests: cores(100, 512), limits: cores(1000, 1024), ephemeral: 64 },
  alertmanager: { requests: cores(10, 64), limits: cores(100, 128), ephemeral: 64 },
  grafana: { requests: cores(50, 192), limits: cores(500, 384), ephemeral: 128 },
  'kube-state-metrics': { requests: cores(10, 64), limits: cores(100, 128), ephemeral: 64 },
  'blackbox-exporter': { requests: cores(10, 32), limits: cores(100, 64), ephemeral: 64 },
  nginx: { requests: cores(10, 16), limits: cores(50, 32), ephemeral: 64 },
  postgres: { requests: cores(10, 32), limits: cores(100, 64), ephemeral: 64 },
  redis: { requests: cores(10, 32), limits: cores(100, 64), ephemeral: 64 },
} as const satisfies Readonly<Record<string, Resources>>;

/** Claims of the servers besides Prometheus, MiB: silences and the notification log; Grafana's own database. */
export const monitoringClaims = { alertmanager: 1024, grafana: 1024 } as const;

/** Where the exporters listen: their own defaults. @see https://github.com/prometheus/prometheus/wiki/Default-port-allocations */
export const exporterPorts = { nginx: 9113, postgres: 9187, redis: 9121 } as const;
