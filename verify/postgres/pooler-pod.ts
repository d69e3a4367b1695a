/** A pod of the pooler on this machine: the files of the manifests, its mounts, and PgBouncer. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { helperResources } from '../../lib/model/defaults';
import type { PoolerPlan } from '../../lib/model/plan';
import { poolerConfiguration, poolerScript } from '../../lib/postgres/pooler-files';
import { must, type Outcome, run } from '../kit/command';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import type { CertificateFolder } from './certificate';
import type { PostgresServer } from './server';
import { sizing } from './sizing';

export const database = 'shop';
export const first = { backend: 'aaaa1111bbbb2222', 'back-office': `it's "quoted" \\ :x` };
/** Nobody on this machine, in the group that may read the mounts: the pod's fsGroup. */
const asNobody = ['--reuid=10001', '--regid=10001', '--groups=postgres', '--'];
const binaries = '/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/bin';

/** What two roles may open, and what their clients may. */
export const share = { serverConnections: 4, poolSize: 2, clientConnections: 24 };

/** The pod: its files, its mounts, and the process. */
export class Pod {
  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly server: PostgresServer,
    readonly certificate: CertificateFolder,
    private process: Server,
  ) {}

  static async start(server: PostgresServer, certificate: CertificateFolder): Promise<Pod> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-pooler-'));
    chmodSync(folder, 0o755);
    for (const name of ['etc', 'credentials', 'run']) mkdirSync(join(folder, name));
    const [port = 0] = await freePorts(1);
    const files = { 'pgbouncer.ini': configuration(port, server.port, certificate, folder), 'pooler.sh': poolerScript };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'etc', name), text);
    for (const [role, password] of Object.entries(first)) writeFileSync(join(folder, 'credentials', role), password);
    await must('chown', ['10001:10001', join(folder, 'run')]);
    return new Pod(folder, port, server, certificate, await launch(folder, port, certificate));
  }

  setPassword(role: string, password: string): void {
    writeFileSync(join(this.folder, 'credentials', role), password);
  }

  /** A client with the variables of the manifests. */
  psql(user: string, password: string, statement: string, env: Record<string, string> = {}): Promise<Outcome> {
    const args = ['-X', '-w', '-q', '-A', '-t', '-h', '127.0.0.1', '-p', String(this.port), '-U', user, '-d', database];
    return run('psql', [...args, '-c', statement], { env: { ...this.client(password), ...env } });
  }

  client(password: string): Record<string, string> {
    const tls = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: this.certificate.authority };
    return { PATH: binaries, PGPASSWORD: password, PGCONNECT_TIMEOUT: '10', ...tls };
  }

  /** Until the script has seen what changed. */
  async reread(times: number): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.log()).split('were read again').length > times) return;
      await sleep(100);
    }
    throw new Error('nothing was read again');
  }

  log(): Promise<string> {
    return must('cat', [join(this.folder, 'log')]);
  }

  /** As the kubelet does: the first process alone is told, and has to tell the others. */
  async terminate(): Promise<void> {
    const pid = (await must('pgrep', ['-o', '-f', join(this.folder, 'etc/pooler.sh')])).trim();
    await must('kill', ['-TERM', pid]);
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await run('kill', ['-0', pid])).status !== 0) return;
      await sleep(100);
    }
    throw new Error('the pod does not stop');
  }

  async remove(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configuration(port: number, serverPort: number, certificate: CertificateFolder, folder: string): string {
  const { path, authority } = certificate;
  const plan: PoolerPlan = {
    ...{ name: 'db-pooler', description: '', component: 'proxy', controller: 'Deployment', image: '', ports: [] },
    ...{ replicas: { min: 1, max: 1 }, resources: helperResources, user: 10001, group: 10001 },
    ...{ zone: undefined, apiServer: false, port, ...share },
  };
  const tls = {
    sslmode: 'verify-full',
    authority: { of: 'db', secret: 'db-tls', folder: path, file: authority },
  } as const;
  const store = { host: '127.0.0.1', port: serverPort, database, tls, certificate: sizing.certificate };
  return poolerConfiguration(store, plan)
    .replaceAll('/run/certificate', path)
    .replaceAll('/run/pooler', join(folder, 'run'))
    .replace('listen_addr = *', 'listen_addr = 127.0.0.1');
}

function launch(folder: string, port: number, { path, authority }: CertificateFolder): Promise<Server> {
  const env = {
    PATH: binaries,
    CONFIGURATION: join(folder, 'etc'),
    CREDENTIALS: join(folder, 'credentials'),
    RUN: join(folder, 'run'),
    WATCHED: `${path}/tls.crt ${path}/tls.key ${authority}`,
    PAUSE: '1',
  };
  return startServer({
    name: 'PgBouncer',
    program: 'setpriv',
    args: [...asNobody, 'env', '-i', ...Object.entries(env).map(([key, value]) => `${key}=${value}`), 'sh'].concat(
      join(folder, 'etc/pooler.sh'),
    ),
    log: join(folder, 'log'),
    isReady: async () =>
      (await run('pg_isready', ['-h', '127.0.0.1', '-p', String(port), '-d', database, '-U', 'pooler'])).status === 0,
  });
}
