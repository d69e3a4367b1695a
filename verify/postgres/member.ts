import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostBasedAuthentication, prepareScript, serverConfiguration, startScript } from '../../lib/postgres';
import { type Outcome, run } from '../kit/command';
import { type Server, startServer } from '../servers/process';
import type { CertificateFolder } from './certificate';
import { sizing } from './sizing';

const bin = '/usr/lib/postgresql/15/bin';
/** As in the pod: one user for all that runs there. Debian's programs refuse root. */
const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--'];

export const passwords = { superuser: 'f00dfeed-superuser', replication: `it's "q" \\ :x` };

/** What the image's entrypoint does, as far as it matters: initdb on an empty folder, then the server in its place. */
const entrypoint = `#!/bin/sh
set -eu
mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if ! [ -s "$PGDATA/PG_VERSION" ]; then
  initdb --username=postgres --pwfile="$CREDENTIALS/password" --data-checksums --encoding=UTF8 \\
    --auth-host=scram-sha-256 --auth-local=scram-sha-256 >/dev/null
fi
exec "$@"
`;

/** One pod of the StatefulSet on loopback: its own volume, scripts and port; files and environment as in the manifests. */
export class Member {
  private server: Server | undefined;

  constructor(
    readonly folder: string,
    readonly ordinal: number,
    readonly ports: readonly number[],
    private certificate: CertificateFolder | undefined,
  ) {
    for (const name of ['volume', 'etc', 'run', 'credentials', 'bin', 'socket'])
      mkdirSync(join(this.folder, name), { recursive: true });
    this.configure();
    writeFileSync(join(folder, 'etc/prepare.sh'), prepareScript);
    writeFileSync(join(folder, 'etc/start.sh'), startScript);
    writeFileSync(join(folder, 'credentials/password'), passwords.superuser);
    writeFileSync(join(folder, 'credentials/replication'), passwords.replication);
    writeFileSync(join(folder, 'bin/docker-entrypoint.sh'), entrypoint);
    chmodSync(join(folder, 'bin/docker-entrypoint.sh'), 0o755);
  }

  get port(): number {
    return this.ports[this.ordinal] ?? 0;
  }

  get data(): string {
    return join(this.folder, 'volume/pgdata');
  }

  /** The configuration, with the settings of a test on top, but below what the member adds for itself. */
  configure(settings: Readonly<Record<string, string>> = {}): void {
    const small = { max_slot_wal_keep_size: '64MB', wal_keep_size: '48MB', max_wal_size: '64MB' };
    const own = { ...small, ...settings };
    const store = this.certificate === undefined ? { ...sizing, certificate: undefined } : sizing;
    writeFileSync(join(this.folder, 'etc/pg_hba.conf'), hostBasedAuthentication(store));
    const lines = serverConfiguration(store)
      .replace(/^listen_addresses.*$/m, "listen_addresses = '127.0.0.1'")
      .replace('/run/postgres', join(this.folder, 'run'))
      .replaceAll('/run/certificate', this.certificate?.path ?? '')
      .split('\n')
      .map((line) => {
        const [key = '', value] = line.split(' = ');
        return value === undefined ? line : `${key} = ${(own as Record<string, string>)[key] ?? value}`;
      });
    writeFileSync(join(this.folder, 'etc/postgresql.conf'), lines.join('\n'));
  }

  /** An edit of the system's file: from the next start on. */
  encrypt(certificate: CertificateFolder | undefined): void {
    this.certificate = certificate;
    this.configure();
  }

  env(primary: number): Record<string, string> {
    const at = (name: string): string => join(this.folder, name);
    return {
      PATH: `${at('bin')}:${bin}:/usr/bin:/bin`,
      HOME: '/nonexistent',
      HOSTNAME: `db-${this.ordinal}`,
      PGDATA: this.data,
      VOLUME: at('volume'),
      MAJOR_VERSION: '15',
      PRIMARY: String(primary),
      MEMBERS: this.ports.map((port) => `127.0.0.1:${port}`).join(' '),
      PORT: String(this.port),
      RUN: at('run'),
      CONFIGURATION: at('etc'),
      CREDENTIALS: at('credentials'),
      REPLICATION_ROLE: 'replicator',
      FIRST_START_SECONDS: '2',
      TLS: this.certificate ? `sslmode=verify-full sslrootcert=${this.certificate.authority}` : 'sslmode=prefer',
    };
  }

  /** The init container, to its end. */
  prepare(primary: number, timeoutSeconds = 90): Promise<Outcome> {
    return run('setpriv', [...asPostgres, 'sh', join(this.folder, 'etc/prepare.sh')], {
      env: this.env(primary),
      timeoutSeconds,
    });
  }

  /** The main container. */
  async start(primary: number): Promise<void> {
    const files = ['config_file=postgresql.conf', 'hba_file=pg_hba.conf'].flatMap((setting) => [
      '-c',
      setting.replace('=', `=${this.folder}/etc/`),
    ]);
    // A pod has its port to itself; here each has its own.
    const own = ['-p', String(this.port), '-c', `unix_socket_directories=${this.folder}/socket`];
    appendFileSync(join(this.folder, 'log'), '');
    this.server = await startServer({
      name: `db-${this.ordinal}`,
      program: 'env',
      args: Object.entries(this.env(primary))
        .map(([key, value]) => `${key}=${value}`)
        .concat('setpriv', asPostgres, 'sh', join(this.folder, 'etc/start.sh'), 'postgres', files, own),
      log: join(this.folder, 'log'),
      isReady: async () => (await run(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(this.port)])).status === 0,
    });
  }

  /** A pod as the StatefulSet makes it: the init container, then the server. */
  async launch(primary: number): Promise<string> {
    const outcome = await this.prepare(primary);
    if (outcome.status !== 0) throw new Error(`db-${this.ordinal}: ${outcome.stdout}${outcome.stderr}`);
    await this.start(primary);
    return outcome.stdout;
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  /** As when a node dies: no last word, no checkpoint. */
  async kill(): Promise<void> {
    const pid = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
    await run('kill', ['-QUIT', pid]);
    await this.stop();
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
  }

  isReplica(): boolean {
    return existsSync(join(this.data, 'standby.signal'));
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  ask(statement: string, database = 'postgres'): Promise<Outcome> {
    const args = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port)];
    const env = { PATH: `${bin}:/usr/bin:/bin`, PGPASSWORD: passwords.superuser, PGCONNECT_TIMEOUT: '5' };
    return run('psql', [...args, '-U', 'postgres', '-d', database, '-c', statement], { env });
  }

  /** A statement that must succeed. */
  async sql(statement: string): Promise<string> {
    const outcome = await this.ask(statement);
    if (outcome.status !== 0) throw new Error(`db-${this.ordinal}: ${statement}: ${outcome.stderr}`);
    return outcome.stdout.trim();
  }
}
