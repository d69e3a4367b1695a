import { Construct } from 'constructs';
import { helperResources } from '../model/defaults';
import type { PostgresPlan } from '../model/plan';
import { accessMounts, accessVolumes, databaseAccess, type StoreAccess } from './stores';
import { dataVolume, Tool, type ToolProps } from './tool';

/** The first account's name, for the log-in page. An address that no mail reaches (RFC 2606). */
export const pgAdminEmail = 'admin@example.com';

const dataFolder = '/var/lib/pgadmin';
const filesFolder = '/etc/pgadmin';
const loginFolder = '/run/login';

/** pgAdmin keeps a user's files in a folder of the address, `@` replaced (`preprocess_username` in its paths.py). */
const passFile = `${dataFolder}/storage/${pgAdminEmail.replace('@', '_')}/.pgpass`;

/**
 * Renders PostgreSQL's password file at each start, so that a changed password is known after a restart. Arguments: the
 * file, then pairs of an entry without its password and the file that holds it. `:` and a backslash are escaped, as libpq wants.
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export const passFileScript = `set -eu
umask 077
file=$1
shift
mkdir -p "$(dirname "$file")"
while [ "$#" -gt 0 ]; do
  password=$(sed 's/[\\\\:]/\\\\&/g' "$2")
  printf '%s:%s\\n' "$1" "$password"
  shift 2
done >"$file.new"
mv "$file.new" "$file"
`;

/** The image writes this file itself, into its own root; given complete, it is left alone, and the root stays read-only. */
const distribution = `CA_FILE = '/etc/ssl/certs/ca-certificates.crt'
LOG_FILE = '/dev/null'
HELP_PATH = '../../docs'
DEFAULT_BINARY_PATHS = {'pg': '/usr/local/pgsql-18', 'pg-18': '/usr/local/pgsql-18', 'pg-17': '/usr/local/pgsql-17', 'pg-16': '/usr/local/pgsql-16', 'pg-15': '/usr/local/pgsql-15', 'pg-14': '/usr/local/pgsql-14', 'pg-13': '/usr/local/pgsql-13'}
MASTER_PASSWORD_REQUIRED = False
UPGRADE_CHECK_ENABLED = False
`;

type Database = StoreAccess<PostgresPlan>;

/** The list of servers, as pgAdmin imports it. `require` rather than `verify-full`: it has no authority to verify with. */
function serversJson(databases: readonly Database[]): string {
  const servers = databases.map(({ store, user }, index) => [
    String(index + 1),
    {
      Name: `${store.name} (as ${user})`,
      Group: 'Servers',
      Host: store.host,
      Port: store.port,
      MaintenanceDB: store.database,
      Username: user,
      ConnectionParameters: { sslmode: store.tls === undefined ? 'prefer' : 'require', passfile: '/.pgpass' },
    },
  ]);
  return `${JSON.stringify({ Servers: Object.fromEntries(servers) }, undefined, 2)}\n`;
}

function entry({ store, user }: Database): string {
  return [store.host, store.port, store.database, user].join(':');
}

const env = Object.entries({
  PGADMIN_DEFAULT_EMAIL: pgAdminEmail,
  PGADMIN_DEFAULT_PASSWORD_FILE: `${loginFolder}/password`,
  PGADMIN_SERVER_JSON_FILE: `${filesFolder}/servers.json`,
  // The list follows the Plan at every start, not only at the first.
  PGADMIN_REPLACE_SERVERS_ON_STARTUP: 'True',
  PGADMIN_CUSTOM_CONFIG_DISTRO_FILE: `${filesFolder}/config_distro.py`,
  // No mail server, which would need root.
  PGADMIN_DISABLE_POSTFIX: '1',
  PYTHONDONTWRITEBYTECODE: '1',
}).map(([name, value]) => ({ name, value }));

/**
 * pgAdmin, with the tool's databases in its list. Log in as `admin@example.com` with the `password` of the Secret of the
 * tool's name. It talks to a database as the role that owns its schema, never as the superuser.
 */
export class PgAdmin extends Construct {
  constructor(scope: Construct, id: string, props: ToolProps) {
    super(scope, id);
    const { plan, tool } = props;
    const databases = databaseAccess(plan, tool);
    const data = { name: dataVolume, mountPath: dataFolder };
    const [port] = tool.ports;
    new Tool(this, 'Tool', props, {
      files: { 'servers.json': serversJson(databases), 'config_distro.py': distribution },
      container: {
        env: [{ name: 'PGADMIN_LISTEN_PORT', value: String(port?.containerPort) }, ...env],
        mounts: [
          data,
          { name: 'files', mountPath: filesFolder, readOnly: true },
          { name: 'login', mountPath: loginFolder, readOnly: true },
        ],
        scratch: [{ path: '/tmp', size: 64 }],
      },
      initContainers: [
        {
          name: 'passwords',
          image: plan.images.helper,
          command: [
            '/bin/sh',
            '-c',
            passFileScript,
            'passwords',
            passFile,
            ...databases.flatMap((database) => [entry(database), database.passwordFile]),
          ],
          mounts: [data, ...accessMounts(databases)],
          resources: helperResources,
        },
      ],
      volumes: [{ name: 'login', secret: { secretName: tool.name, defaultMode: 0o440 } }, ...accessVolumes(databases)],
      readyPath: '/misc/ping',
      // The first start makes its own database and imports the servers.
      startSeconds: 60,
    });
  }
}
