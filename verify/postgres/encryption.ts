/**
 * TLS to PostgreSQL as the manifests have it: the files of the bootstrap's script, the server's configuration, the
 * variables of the clients, and the sidecar that has a renewed certificate taken over.
 */
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientTlsEnv } from '../../lib/kubernetes/authority';
import { loginScript } from '../../lib/kubernetes/wait';
import { reloadScript } from '../../lib/postgres/certificate';
import { superuserScript } from '../../lib/postgres/member-files';
import { must, type Outcome, run } from '../kit/command';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import { CertificateFolder } from './certificate';
import { Member, passwords } from './member';

/** An address of loopback that `pg_hba.conf` does not take for the pod itself. */
const elsewhere = '127.0.0.9';

/** What the manifests tell clients to verify. */
const name = 'db.shop-production.svc';

interface Subject {
  readonly member: Member;
  readonly certificate: CertificateFolder;
  /** Where a client from another pod reaches the server. */
  readonly port: number;
}

/** Clients from elsewhere: each connection is passed on from another address. */
function relay(from: number, to: number): Promise<TcpServer> {
  const server = createServer((client) => {
    const onward = connect({ host: '127.0.0.1', port: to, localAddress: elsewhere });
    for (const [one, other] of [[client, onward] as const, [onward, client] as const]) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  return new Promise((resolve) => server.listen(from, '127.0.0.1', () => resolve(server)));
}

/** psql in another pod, with the variables of the manifests. */
function asClient({ port, certificate }: Subject, env: Record<string, string> = {}, host = name): Promise<Outcome> {
  const authority = { of: 'db', secret: 'db-tls', folder: certificate.path, file: certificate.authority };
  const stated = clientTlsEnv({ sslmode: 'verify-full', authority });
  const own = Object.fromEntries(stated.map((item) => [item.name, 'value' in item ? item.value : '']));
  const target = `host=${host} hostaddr=127.0.0.1 port=${port} user=postgres dbname=postgres`;
  const query = 'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
  return run('psql', ['-X', '-w', '-A', '-t', '-d', target, '-c', query], {
    env: { PGPASSWORD: passwords.superuser, ...own, ...env },
  });
}

async function shown(port: number): Promise<string> {
  const { stdout } = await run('openssl', ['s_client', '-starttls', 'postgres', '-connect', `127.0.0.1:${port}`]);
  return must('openssl', ['x509', '-noout', '-fingerprint'], { input: stdout });
}

async function sidecar({ member, certificate }: Subject, folder: string): Promise<Server> {
  writeFileSync(join(folder, 'reload.sh'), reloadScript);
  const alive = join(folder, 'alive');
  const env = {
    CERTIFICATE: certificate.path,
    CREDENTIALS: join(member.folder, 'credentials'),
    PORT: String(member.port),
    PAUSE: '1',
    ALIVE: alive,
  };
  const log = join(folder, 'reload.log');
  return startServer({
    name: 'reload',
    program: 'env',
    args: [...Object.entries(env).map(([key, value]) => `${key}=${value}`), 'sh', join(folder, 'reload.sh')],
    log,
    isReady: async () => (await run('test', ['-e', alive])).status === 0,
  });
}

const checks: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  'a client with the authority gets in, by every name of the certificate': async (subject) => {
    for (const host of [name, 'db', 'db-2.db-pods', '127.0.0.1']) {
      const outcome = await asClient(subject, {}, host);
      assert.match(outcome.stdout, /^t\|TLSv1\.3$/m, `${host}: ${outcome.stderr}`);
    }
  },

  'another name, another authority and none at all are refused': async (subject) => {
    const { stderr } = await asClient(subject, {}, 'db.elsewhere.svc');
    assert.match(stderr, /does not match host name "db\.elsewhere\.svc"/);
    assert.match((await asClient(subject, {}, 'x.db-2.db-pods')).stderr, /does not match host name/);
    const other = await CertificateFolder.make([name]);
    assert.match((await asClient(subject, { PGSSLROOTCERT: other.authority })).stderr, /certificate verify failed/);
    other.remove();
    const none = await asClient(subject, { PGSSLROOTCERT: '/nonexistent' });
    assert.match(none.stderr, /root certificate file "\/nonexistent" does not exist/);
  },

  'without TLS nobody gets in from another pod, and the exporter does from its own': async (subject) => {
    const plain = await asClient(subject, { PGSSLMODE: 'disable' });
    assert.match(plain.stderr, /no pg_hba\.conf entry for host "127\.0\.0\.9".* no encryption/);
    const inside = await asClient({ ...subject, port: subject.member.port }, { PGSSLMODE: 'disable' });
    assert.match(inside.stdout, /^f\|$/m, inside.stderr);
  },

  'a person in the pod is the superuser, by one command': async ({ member }) => {
    const script = join(member.folder, 'etc/superuser.sh');
    writeFileSync(script, superuserScript);
    const env = { ...member.env(0), PGHOST: join(member.folder, 'socket'), PGPORT: String(member.port) };
    const asked = await run('sh', [script, 'psql', '-X', '-A', '-t', '-c', 'SELECT current_user'], { env });
    assert.equal(asked.stdout, 'postgres\n', asked.stderr);
    const dumped = await run('sh', [script, 'pg_dumpall'], { env });
    assert.match(dumped.stdout, /PostgreSQL database cluster dump complete/);
    const without = await run('psql', ['-X', '-w', '-U', 'postgres', '-c', 'SELECT 1'], { env });
    assert.match(without.stderr, /no password supplied/);
  },

  'the init container waits with the same variables': async (subject) => {
    const { member, certificate } = subject;
    const env = { PGPASSWORD: passwords.superuser, PGSSLMODE: 'verify-full', PGSSLROOTCERT: certificate.authority };
    const args = ['-c', loginScript, 'wait', '127.0.0.1', String(member.port), '3', 'postgres', 'postgres'];
    assert.match((await run('sh', args, { env })).stdout, /can log in/);
    const wrong = await run('sh', args, { env: { ...env, PGSSLROOTCERT: '/nonexistent' } });
    assert.match(wrong.stderr, /could not log in[\s\S]*within 3s/);
  },

  'a renewed certificate is shown without a restart, and open connections stay': async (subject) => {
    const { member, certificate } = subject;
    const folder = mkdtempSync(join(tmpdir(), 'keelson-reload-'));
    const reload = await sidecar(subject, folder);
    const started = await member.sql('SELECT pg_postmaster_start_time()');
    const session = member.sql('SELECT pg_sleep(6), pg_backend_pid()');
    assert.equal(await shown(member.port), await certificate.fingerprint());
    const before = await certificate.fingerprint();
    await certificate.renew();
    for (let tries = 0; (await shown(member.port)) === before && tries < 50; tries += 1) await sleep(200);
    assert.notEqual(before, await certificate.fingerprint());
    assert.equal(await shown(member.port), await certificate.fingerprint());
    assert.match((await asClient(subject)).stdout, /^t\|TLSv1\.3$/m);
    await session;
    assert.equal(await member.sql('SELECT pg_postmaster_start_time()'), started);
    await reload.stop();
    assert.match(await must('cat', [join(folder, 'reload.log')]), /^the certificate was renewed$/m);
    rmSync(folder, { recursive: true });
  },

  'files that do not belong together change nothing': async (subject) => {
    const { member, certificate } = subject;
    const before = await shown(member.port);
    await must('sh', [
      '-c',
      'cp "$0/tls.key" "$0/kept"; openssl ecparam -name prime256v1 -genkey -noout >"$0/tls.key"',
      certificate.path,
    ]);
    await member.sql('SELECT pg_reload_conf()');
    await sleep(1000);
    assert.equal(await shown(member.port), before);
    assert.match(member.log(), /SSL configuration was not reloaded/);
  },
};

export async function encryption(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-encryption-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'db-0'));
  const [own = 0, port = 0] = await freePorts(2);
  const certificate = await CertificateFolder.make(['db', name, '*.db-pods']);
  const member = new Member(join(folder, 'db-0'), 0, [own], certificate);
  await must('chown', ['-R', 'postgres:postgres', folder]);
  const others = await relay(port, own);
  try {
    await member.launch(0);
    for (const [title, check] of Object.entries(checks)) {
      await check({ member, certificate, port });
      console.log(`ok  ${title}`);
    }
  } finally {
    others.close();
    await member.stop();
    certificate.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
