import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostBasedAuthentication, rolesFiles, serverConfiguration } from '../../lib/postgres';
import { superuserScript } from '../../lib/postgres/member-files';
import { must, type Outcome, run } from '../kit/command';
import type { StandIn } from '../manifests/procedure';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import type { CertificateFolder } from './certificate';
import { sizing } from './sizing';

const bin = '/usr/lib/postgresql/15/bin';
const superuserPassword = 'f00dfeed-superuser';

/** Somebody who is nobody on this machine, as in the pod: no name in /etc/passwd, no home. */
const asNobody = ['--reuid=10001', '--regid=10001', '--clear-groups', '--'];
const environment = { PATH: `${bin}:/usr/bin:/bin`, HOME: '/nonexistent' };

/** Debian's PostgreSQL 15 on loopback, with the very configuration that goes into the ConfigMap. */
export class PostgresServer {
  private constructor(
    readonly folder: string,
    readonly port: number,
    private server: Server,
  ) {}

  /**
   * @param certificate where connections are encrypted
   * @param maxConnections what the server grants
   */
  static async start(certificate?: CertificateFolder, maxConnections = 100): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-postgres-'));
    chmodSync(folder, 0o755);
    for (const name of ['data', 'socket', 'etc']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'password'), superuserPassword, { mode: 0o644 });
    writeFileSync(join(folder, 'etc/superuser.sh'), superuserScript);
    const store = { ...alone, maxConnections, certificate: certificate && sizing.certificate };
    const lines = serverConfiguration(store).replaceAll('/run/certificate', certificate?.path ?? '');
    writeFileSync(join(folder, 'etc/postgresql.conf'), lines);
    writeFileSync(
      join(folder, 'etc/pg_hba.conf'),
      hostBasedAuthentication({ ...store, replication: sizing.replication }),
    );
    execFileSync('chown', ['-R', 'postgres:postgres', join(folder, 'data'), join(folder, 'socket')]);
    const init = ['--data-checksums', '--encoding=UTF8', '--auth-host=scram-sha-256', '--auth-local=scram-sha-256'];
    const own = [`--pwfile=${folder}/password`, '-U', 'postgres', '-D', `${folder}/data`];
    await must('runuser', ['-u', 'postgres', '--', `${bin}/initdb`, ...init, ...own]);
    const [port = 0] = await freePorts(1);
    return new PostgresServer(folder, port, await launch(folder, port));
  }

  /** @param before what must happen before its folder is removed */
  async stop(before: () => void = () => undefined): Promise<void> {
    await this.server.stop();
    before();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Stops it, lets something happen to its files, and starts it as the next pod would. */
  async away(work: () => Promise<void>): Promise<void> {
    await this.server.stop();
    await work();
    this.server = await launch(this.folder, this.port);
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** A statement as the superuser; an error is an error. */
  async admin(statement: string, database = 'postgres'): Promise<string> {
    const outcome = await this.as('postgres', superuserPassword, statement, database);
    if (outcome.status !== 0) throw new Error(`${statement}: ${outcome.stderr}`);
    return outcome.stdout.trim();
  }

  /** A statement as any role: what came of it. */
  as(user: string, password: string, statement: string, database: string): Promise<Outcome> {
    const args = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port)];
    const env = { ...environment, PGPASSWORD: password };
    return run('setpriv', [...asNobody, 'psql', ...args, '-U', user, '-d', database, '-c', statement], { env });
  }

  /** What runs a command as in the pod, and where the pod's files are. */
  inPod(): ReturnType<StandIn['inPod']> {
    const own = { CREDENTIALS: this.folder, PGHOST: `${this.folder}/socket`, PGPORT: String(this.port) };
    const env = Object.entries({ ...environment, ...own }).map(([key, value]) => `${key}=${value}`);
    return { words: ['env', ...env, 'setpriv', ...asNobody], replaced: { '/etc/postgresql/': `${this.folder}/etc/` } };
  }

  /** Everything that a second run of the roles Job must leave as it is: roles with passwords, schemas with privileges. */
  async state(database: string): Promise<string> {
    const env = { ...environment, PGPASSWORD: superuserPassword };
    const args = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-w'];
    const globals = await must(`${bin}/pg_dumpall`, [...args, '--globals-only'], { env });
    const schema = await must(`${bin}/pg_dump`, [...args, '--schema-only', '--create', '-d', database], { env });
    // Newer minor versions guard a dump with a random word.
    return `${globals}${schema}`.replace(/^\\(un)?restrict .*$/gm, '');
  }

  /** The roles Job's own script, with its passwords as files. */
  async reconcile(options: Reconcile): Promise<Outcome> {
    const credentials = mkdtempSync(join(this.folder, 'credentials-'));
    const scripts = join(credentials, 'scripts');
    for (const path of [scripts, join(credentials, 'roles')]) mkdirSync(path, { mode: 0o755 });
    for (const [name, text] of Object.entries(rolesFiles)) writeFileSync(join(scripts, name), text);
    writeFileSync(join(credentials, 'superuser'), options.superuserPassword ?? superuserPassword);
    if (options.superuser) writeFileSync(join(credentials, 'superuser-name'), options.superuser);
    for (const [role, password] of Object.entries({ ...options.passwords, ...options.others }))
      writeFileSync(join(credentials, 'roles', role), password);
    chmodSync(credentials, 0o755);
    const own = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: 'postgres' };
    const env = { ...environment, ...own, SCRIPTS: scripts, CREDENTIALS: credentials, ...options.env };
    const command = ['sh', `${scripts}/reconcile.sh`, options.database, ...Object.keys(options.passwords)];
    return run('setpriv', [...asNobody, ...command], { env, timeoutSeconds: 60 });
  }
}

export interface Reconcile {
  database: string;
  /** By role; the first is the owner. */
  passwords: Readonly<Record<string, string>>;
  /** The exporter's role and that of the replicas: by the variables of the Job. */
  others?: Readonly<Record<string, string>>;
  superuser?: string;
  superuserPassword?: string;
  env?: Readonly<Record<string, string>>;
}

/** A server without replicas. */
const alone = { ...sizing, replication: undefined, certificate: undefined };

function launch(folder: string, port: number): Promise<Server> {
  const files = ['-c', `config_file=${folder}/etc/postgresql.conf`, '-c', `hba_file=${folder}/etc/pg_hba.conf`];
  const own = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}/socket`];
  const log = join(folder, 'log');
  appendFileSync(log, '');
  return startServer({
    name: 'PostgreSQL',
    program: 'setpriv',
    args: ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', `${bin}/postgres`]
      .concat(['-D', `${folder}/data`, '-p', String(port)])
      .concat(files, own),
    log,
    isReady: async () => (await run(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)])).status === 0,
  });
}
