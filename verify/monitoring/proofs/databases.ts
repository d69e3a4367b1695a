import { MiB, objects, type Proofs } from './proof';

/** Limits of the systems' files, from which the Plan makes its thresholds: written here again, by hand. */
const lms = { connections: 95, databaseClaim: 50 * 1024 * MiB };

function pooler(available: string): string {
  return `kube_deployment_status_replicas_available{${objects},deployment="db-pooler"} ${available}`;
}

export const databases: Proofs = {
  PostgresDown: [
    {
      at: '5m',
      // A replica that answers takes no writes.
      fires: ['pg_up{@db,pod="db-1"} 1x10', 'pg_replication_is_replica{@db,pod="db-1"} 1x10'],
      silent: [
        'pg_up{@db,pod="db-0"} 1x10',
        'pg_replication_is_replica{@db,pod="db-0"} 0x10',
        'pg_up{@db,pod="db-1"} 0x10',
      ],
    },
  ],
  PostgresMemberDown: [
    { at: '10m', fires: ['pg_up{@db,pod="db-1"} 0x20'], silent: ['pg_up{@db,pod="db-1"} 0x3 1x17'] },
  ],
  PostgresPoolerDown: [
    // The server is well, and nobody reaches it.
    {
      of: 'lms, pooler',
      at: '5m',
      fires: [pooler('0x10'), 'pg_up{@db,pod="db-0"} 1x10'],
      silent: [pooler('0x1 1x10'), 'pg_up{@db,pod="db-0"} 0x10'],
    },
  ],
  PostgresConnectionsHigh: [
    {
      at: '10m',
      fires: ['pg_stat_database_numbackends{@db,pod="db-0",datname="lms"} 77x20'],
      silent: ['pg_stat_database_numbackends{@db,pod="db-0",datname="lms"} 76x20'],
    },
  ],
  PostgresConnectionsExhausted: [
    {
      at: '5m',
      fires: [
        `pg_stat_database_numbackends{@db,pod="db-0",datname="lms"} ${Math.floor(lms.connections * 0.95) + 1}x10`,
      ],
      silent: [`pg_stat_database_numbackends{@db,pod="db-0",datname="lms"} ${Math.floor(lms.connections * 0.95)}x10`],
    },
  ],
  PostgresLongTransaction: [
    {
      at: '5m',
      fires: ['pg_stat_activity_max_tx_duration{@db,pod="db-0",backend_type="client backend",state="active"} 901x10'],
      silent: [
        'pg_stat_activity_max_tx_duration{@db,pod="db-0",backend_type="client backend",state="idle"} 9000x10',
        'pg_stat_activity_max_tx_duration{@db,pod="db-0",backend_type="client backend",state="active"} 899x10',
      ],
    },
  ],
  PostgresDeadlocks: [
    {
      at: '15m',
      fires: ['pg_stat_database_deadlocks{@db,pod="db-0",datname="lms"} 0+1x20'],
      silent: ['pg_stat_database_deadlocks{@db,pod="db-0",datname="lms"} 0x5 3x20'],
    },
  ],
  PostgresExporterErrors: [
    {
      at: '15m',
      fires: ['pg_exporter_last_scrape_error{@db,pod="db-0"} 1x20'],
      silent: ['pg_exporter_last_scrape_error{@db,pod="db-0"} 0x5 1x5 0x20'],
    },
  ],
  PostgresReplicationLag: [
    {
      at: '10m',
      fires: ['pg_replication_lag_seconds{@db,pod="db-1"} 31x20', 'pg_replication_is_replica{@db,pod="db-1"} 1x20'],
      silent: ['pg_replication_lag_seconds{@db,pod="db-0"} 31x20', 'pg_replication_is_replica{@db,pod="db-0"} 0x20'],
    },
  ],
  PostgresReplicationBroken: [
    {
      at: '10m',
      // A replica that is cut off says that it lags by 0.
      fires: [
        'pg_replication_is_replica{@db,pod="db-0"} 0x20',
        'pg_replication_is_replica{@db,pod="db-1"} 1x20',
        'pg_replication_lag_seconds{@db,pod="db-1"} 0x20',
        'pg_stat_replication_pg_wal_lsn_diff{@db,pod="db-0",state="streaming",application_name="db-1"} 0x20',
      ],
      silent: [
        'pg_replication_is_replica{@db,pod="db-0"} 0x20',
        'pg_stat_replication_pg_wal_lsn_diff{@db,pod="db-0",state="streaming",application_name="db-1"} 0x20',
        'pg_stat_replication_pg_wal_lsn_diff{@db,pod="db-0",state="streaming",application_name="db-2"} 0x20',
      ],
    },
  ],
  PostgresReplicationSlotInactive: [
    {
      at: '15m',
      fires: ['pg_replication_slots_active{@db,pod="db-0",slot_name="db_1"} 0x20'],
      silent: ['pg_replication_slots_active{@db,pod="db-0",slot_name="db_1"} 1x3 0x8 1x20'],
    },
  ],
  PostgresSizeNearClaim: [
    {
      at: '40m',
      fires: [
        `pg_database_size_bytes{@db,pod="db-0",datname="lms"} ${lms.databaseClaim * 0.75}x50`,
        `pg_wal_size_bytes{@db,pod="db-0"} ${lms.databaseClaim * 0.06}x50`,
      ],
      silent: [
        `pg_database_size_bytes{@db,pod="db-0",datname="lms"} ${lms.databaseClaim * 0.75}x50`,
        `pg_wal_size_bytes{@db,pod="db-0"} ${lms.databaseClaim * 0.04}x50`,
      ],
    },
  ],
};
