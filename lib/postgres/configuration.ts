import { reservedConnections } from '../model/defaults';
import type { PostgresPlan } from '../model/plan';

/** What the server's figures follow from. */
export type Sizing = Pick<
  PostgresPlan,
  'majorVersion' | 'maxConnections' | 'resources' | 'claims' | 'replication' | 'certificate'
>;

function clamp(value: number, least: number, most: number): number {
  return Math.floor(Math.min(Math.max(value, least), most));
}

/**
 * Memory, in KiB, from the container's limit (MiB). A quarter is the shared cache, as the manual advises; another quarter
 * is for sorting, should every connection sort at once; a sixteenth for each of three autovacuum workers; the rest is for
 * the connections themselves and for the kernel's page cache.
 * @see https://www.postgresql.org/docs/current/runtime-config-resource.html
 */
function memory(limit: number, maxConnections: number): Record<string, string> {
  const total = limit * 1024;
  return {
    shared_buffers: `${clamp(total / 4, 16 * 1024, total / 4)}kB`,
    effective_cache_size: `${Math.floor(total / 2)}kB`,
    work_mem: `${clamp(total / 4 / maxConnections, 1024, 64 * 1024)}kB`,
    maintenance_work_mem: `${clamp(total / 16, 16 * 1024, 1024 * 1024)}kB`,
  };
}

/** Write-ahead log between two checkpoints, from the claim (MiB): a tenth, so that it never crowds out the data. */
function writeAheadLog(claim: number): Record<string, string> {
  const most = clamp(claim / 10, 128, 8192);
  return { max_wal_size: `${most}MB`, min_wal_size: `${clamp(most / 4, 64, 1024)}MB` };
}

/**
 * What the sum of the connections leaves to the operator, and no application gets. Part of it for roles without superuser,
 * which PostgreSQL knows since version 16.
 */
function reserved(majorVersion: number): Record<string, string> {
  return majorVersion >= 16
    ? { superuser_reserved_connections: String(reservedConnections - 2), reserved_connections: '2' }
    : { superuser_reserved_connections: String(reservedConnections) };
}

/** What a member alone knows: whom it follows. Outside the data folder, because copies of that go to other members. */
export const memberConfiguration = '/run/postgres/member.conf';

/**
 * Write-ahead log for replicas, from the claim (MiB). What a slot keeps for one that is away ends at a fifth of the claim:
 * then the replica is copied anew, and the primary's volume does not fill up. A little is kept without any slot, for the
 * moment after a promotion in which the replicas have yet to find the new primary.
 * @see https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS
 */
function replication(store: Sizing): Record<string, string> {
  if (store.replication === undefined) return {};
  const claim = store.claims[0]?.size ?? 0;
  return {
    wal_level: 'replica',
    max_wal_senders: '10',
    max_replication_slots: '10',
    hot_standby: 'on',
    wal_keep_size: `${clamp(claim / 50, 64, 2048)}MB`,
    max_slot_wal_keep_size: `${clamp(claim / 5, 256, 65_536)}MB`,
  };
}

/** Where the certificate, its key and the authority are. */
export const certificateFolder = '/run/certificate';

/** Read again at every reload; a client is never asked for a certificate. TLS 1.2 is the server's own least. */
function encryption({ certificate }: Sizing): Record<string, string> {
  if (certificate === undefined) return {};
  return {
    ssl: 'on',
    ssl_cert_file: `'${certificateFolder}/tls.crt'`,
    ssl_key_file: `'${certificateFolder}/tls.key'`,
  };
}

function entries(store: Sizing): Record<string, string> {
  return {
    listen_addresses: "'*'",
    max_connections: String(store.maxConnections),
    ...reserved(store.majorVersion),
    password_encryption: 'scram-sha-256',
    ...encryption(store),
    ...memory(store.resources.limits.memory, store.maxConnections),
    ...writeAheadLog(store.claims[0]?.size ?? 0),
    ...replication(store),
    checkpoint_timeout: '15min',
    // Network volumes read at random as fast as in sequence; the default of 4 is a spinning disk's.
    random_page_cost: '1.1',
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    // initdb would have chosen this one; with a file of our own it would be "simple", without stemming.
    default_text_search_config: "'pg_catalog.english'",
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: "'%m [%p] %q%u@%d '",
    log_lock_waits: 'on',
    log_temp_files: '10MB',
    log_min_duration_statement: '1s',
    // A slow statement is worth a line; the values it was run with may be personal data.
    log_parameter_max_length: '0',
  };
}

/** `postgresql.conf`, in the order of the manual's chapters. What a member adds for itself comes last, and wins. */
export function serverConfiguration(store: Sizing): string {
  const lines = Object.entries(entries(store)).map(([key, value]) => `${key} = ${value}\n`);
  const include = store.replication === undefined ? [] : [`include = '${memberConfiguration}'\n`];
  return [...lines, ...include].join('');
}

/**
 * `pg_hba.conf`: a password everywhere, on loopback and on the socket too, where sidecars could reach it. (`peer` is no
 * way: the user of the container has no name in its /etc/passwd.) The replicas' role may stream and nothing else. Where
 * connections are encrypted, a plain one may come from the pod itself alone.
 */
export function hostBasedAuthentication(store: Pick<PostgresPlan, 'replication' | 'certificate'>): string {
  const role = store.replication?.role;
  const host = store.certificate === undefined ? 'host' : 'hostssl';
  const inside = store.certificate === undefined ? [] : ['127.0.0.1/32', '::1/128'];
  const lines = [
    ...(role === undefined ? [] : [`${host} replication ${role} all scram-sha-256`, `host all ${role} all reject`]),
    'local all all scram-sha-256',
    ...inside.map((address) => `host all all ${address} scram-sha-256`),
    `${host} all all all scram-sha-256`,
  ];
  return ['# TYPE DATABASE USER ADDRESS METHOD', ...lines, ''].join('\n');
}
