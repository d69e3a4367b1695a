/** PgBouncer's configuration, and the script that starts it: the files of its ConfigMap. */
import type { PostgresPlan } from '../model/plan';
import { certificateFolder } from './configuration';

type Pooled = Pick<PostgresPlan, 'host' | 'port' | 'database' | 'tls' | 'certificate'>;

/** Where the file with the roles' passwords is rendered, in memory. */
export const poolerFolder = '/run/pooler';

/** Seconds that a client waits for a connection: its own time-outs are usually longer, and an answer is better than none. */
const waitSeconds = 30;

/**
 * Towards the server as any client; from clients, encrypted connections only where the server wants that too. TLS 1.2 and
 * newer, as by default.
 */
function encryption({ tls, certificate }: Pooled): Record<string, string> {
  const server: Record<string, string> =
    tls === undefined
      ? { server_tls_sslmode: 'disable' }
      : { server_tls_sslmode: tls.sslmode, ...(tls.authority ? { server_tls_ca_file: tls.authority.file } : {}) };
  if (certificate === undefined) return server;
  const [key, shown] = [`${certificateFolder}/tls.key`, `${certificateFolder}/tls.crt`];
  return { ...server, client_tls_sslmode: 'require', client_tls_key_file: key, client_tls_cert_file: shown };
}

/**
 * `pgbouncer.ini`. What it does not say is PgBouncer's default, prepared statements among it: since 1.24 it keeps up to
 * 200 of them for its clients.
 * @see https://www.pgbouncer.org/config.html
 */
export function poolerConfiguration(store: Pooled, pooler: NonNullable<PostgresPlan['pooler']>): string {
  const settings = {
    listen_addr: '*',
    listen_port: String(pooler.port),
    unix_socket_dir: '',
    pool_mode: 'transaction',
    auth_type: 'scram-sha-256',
    auth_file: `${poolerFolder}/userlist.txt`,
    max_client_conn: String(pooler.clientConnections),
    default_pool_size: String(pooler.poolSize),
    max_db_connections: String(pooler.serverConnections),
    query_wait_timeout: String(waitSeconds),
    // Drivers send it at each start, and the server's own default does.
    ignore_startup_parameters: 'extra_float_digits',
    // One line each would be most of the log.
    log_connections: '0',
    log_disconnections: '0',
    ...encryption(store),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} =${value === '' ? '' : ` ${value}`}\n`);
  const database = `${store.database} = host=${store.host} port=${store.port} dbname=${store.database}\n`;
  return ['[databases]\n', database, '\n[pgbouncer]\n', ...lines].join('');
}

/**
 * `pooler.sh`: renders the passwords, and again when a Secret or the certificate was renewed, which PgBouncer reads when
 * it is told to. SIGINT lets transactions end before it goes; SIGTERM would wait for every client to leave.
 */
export const poolerScript = `#!/bin/sh
set -u
umask 077

render() {
  for file in "$CREDENTIALS"/*; do
    if ! [ -s "$file" ]; then
      echo "\${file##*/} has no password: its Secret is empty" >&2
      return 1
    fi
    printf '"%s" "%s"\\n' "\${file##*/}" "$(sed 's/"/""/g' "$file")"
  done >"$RUN/userlist.new"
  mv "$RUN/userlist.new" "$RUN/userlist.txt"
}

# WATCHED: files besides, of the certificate and the authority, where there are any.
# shellcheck disable=SC2086 # a list
state() { cat "$CREDENTIALS"/* \${WATCHED:-} | cksum; }

render || exit 1
known=$(state)
pgbouncer "$CONFIGURATION/pgbouncer.ini" &
pooler=$!
trap 'kill -INT "$pooler"' TERM INT
while kill -0 "$pooler" 2>/dev/null; do
  sleep "$PAUSE" &
  wait $!
  now=$(state)
  if [ "$now" != "$known" ] && render; then
    kill -HUP "$pooler" && echo "passwords and certificate were read again"
    known=$now
  fi
done
wait "$pooler"
`;
