/** A PostgreSQL on loopback, with data to back up. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Outcome, run } from '../kit/command';
import type { CertificateFolder } from '../postgres/certificate';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import type { Jobs } from './jobs';

export const bin = '/usr/lib/postgresql/15/bin';
export const superuserPassword = 'c0ffee-superuser';
export const database = 'nestjs_db';
export const owner = 'app';

/** A server's folder on this machine, and what its clients verify it by. */
interface Place {
  readonly home: string;
  readonly certificate: CertificateFolder;
}

const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--'];

/** It offers TLS; whether a client asks for it is in the manifests. */
function launch({ home, certificate }: Place, data: string, port: number): Promise<Server> {
  const [shown, key] = ['tls.crt', 'tls.key'].map((file) => join(certificate.path, file));
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${home}/socket`, 'fsync=off', 'ssl=on'];
  const own = [...settings, `ssl_cert_file=${shown}`, `ssl_key_file=${key}`].flatMap((setting) => ['-c', setting]);
  return startServer({
    name: 'PostgreSQL',
    program: 'setpriv',
    args: [...asPostgres, `${bin}/postgres`, '-D', join(home, data), '-p', String(port), ...own],
    log: join(home, `${data}.log`),
    isReady: async () => (await run(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)])).status === 0,
  });
}

/** A server, and the Jobs that back it up to object storage. */
export class Database {
  private constructor(
    readonly port: number,
    private readonly server: Server,
    private readonly place: Place,
  ) {}

  private jobs: Jobs | undefined;

  /** A new, empty server. */
  static async start(folder: string, certificate: CertificateFolder): Promise<Database> {
    const home = mkdtempSync(join(folder, 'postgres-'));
    chmodSync(home, 0o755);
    for (const name of ['data', 'socket']) mkdirSync(join(home, name));
    writeFileSync(join(home, 'password'), superuserPassword);
    execFileSync('chown', ['-R', 'postgres:postgres', home]);
    const init = ['--auth=scram-sha-256', `--pwfile=${home}/password`, '-U', 'postgres', '-D', `${home}/data`];
    await must('runuser', ['-u', 'postgres', '--', `${bin}/initdb`, '--no-sync', '--encoding=UTF8', ...init]);
    const [port = 0] = await freePorts(1);
    const place = { home, certificate };
    return new Database(port, await launch(place, 'data', port), place);
  }

  /** Another one, as a new cluster has it: nothing but what its first start made. */
  another(): Promise<Database> {
    return Database.start(join(this.place.home, '..'), this.place.certificate);
  }

  /** A streaming copy of this one. */
  async standby(): Promise<Database> {
    const [port = 0] = await freePorts(1);
    const copy = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-D', join(this.place.home, 'standby')];
    const quick = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    await must('setpriv', [...asPostgres, `${bin}/pg_basebackup`, ...copy, ...quick], { env: this.env });
    return new Database(port, await launch(this.place, 'standby', port), this.place);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get own(): Jobs {
    if (this.jobs === undefined) throw new Error('No Jobs yet');
    return this.jobs;
  }

  /** Where Jobs find it. */
  get here(): Record<string, string> {
    return { PGHOST: '127.0.0.1', PGPORT: String(this.port), AUTHORITY: this.place.certificate.authority };
  }

  private get env(): Record<string, string> {
    const own = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: 'postgres', PGPASSWORD: superuserPassword };
    return { ...own, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }

  async sql(statement: string, on = database): Promise<string> {
    const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', on, '-c', statement];
    return (await must('psql', args, { env: this.env })).trim();
  }

  /** Whether an application gets in with its password, by TCP as from its pod. */
  as(user: string, password: string, statement: string): Promise<Outcome> {
    const args = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', database, '-c', statement];
    return run('psql', args, { env: { ...this.env, PGUSER: user, PGPASSWORD: password } });
  }

  /** A session that stays, as an application's would. */
  async connected(work: () => Promise<void>): Promise<void> {
    const session = this.sql('SELECT pg_sleep(60)').catch(() => undefined);
    while (
      (await this.sql('SELECT count(*) FROM pg_stat_activity WHERE query ~ $$^SELECT pg_sleep$$', 'postgres')) === '0'
    ) {
      await sleep(50);
    }
    await work();
    await this.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ $$^SELECT pg_sleep$$',
      'postgres',
    );
    await session;
  }

  jobsAre(jobs: Jobs): void {
    this.jobs = jobs;
  }

  async fill(jobs: Jobs): Promise<void> {
    this.jobsAre(jobs);
    await this.sql(`CREATE ROLE ${owner} LOGIN PASSWORD 'secret-of-app'`, 'postgres');
    await this.sql(`CREATE ROLE "back-office" LOGIN PASSWORD 'secret-of-office'`, 'postgres');
    await this.sql(`CREATE DATABASE ${database} OWNER ${owner}`, 'postgres');
    await must(`${bin}/pgbench`, ['-i', '-q', '-s', '1', database], { env: this.env });
    await must(`${bin}/pgbench`, ['-q', '-t', '200', database], { env: this.env }).catch(() => undefined);
    for (const statement of [
      'ALTER TABLE pgbench_accounts OWNER TO app',
      'CREATE SCHEMA "back-office" AUTHORIZATION "back-office"',
      `CREATE TABLE "back-office"."Odd ""Name""" AS SELECT generate_series(1, 10) AS id, E'a\\tb\\n\\\\c' AS text`,
      'CREATE TABLE empty (id serial PRIMARY KEY)',
      'CREATE VIEW sums AS SELECT sum(abalance) FROM pgbench_accounts',
      'GRANT SELECT ON pgbench_accounts TO "back-office"',
      `SELECT lo_from_bytea(4711, decode(repeat('00ff', 5000), 'hex'))`,
    ])
      await this.sql(statement);
  }

  /** Rows and a checksum of every table and large object, with owners and privileges. */
  async contents(on = database): Promise<string> {
    const tables = await this.sql(
      `SELECT format('%I.%I', schemaname, tablename) || ' ' || tableowner FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
      on,
    );
    const lines = tables.split('\n').map(async (line) => {
      const table = line.slice(0, line.lastIndexOf(' '));
      const sum = await this.sql(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM ${table} t`,
        on,
      );
      return `${line} ${sum}`;
    });
    const objects = this.sql('SELECT oid, md5(lo_get(oid)) FROM pg_largeobject_metadata', on);
    const privileges = this.sql(
      `SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 'public'::regnamespace`,
      on,
    );
    return [...(await Promise.all(lines)), await objects, await privileges].join('\n');
  }

  async databases(): Promise<string[]> {
    return (
      await this.sql(`SELECT datname FROM pg_database WHERE datname LIKE '${database}%' ORDER BY 1`, 'postgres')
    ).split('\n');
  }

  restore(env: Record<string, string> = {}): Promise<Outcome> {
    return this.own.run('postgres-restore', { env });
  }
}
