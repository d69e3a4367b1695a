/**
 * PgBouncer with the files of the manifests, between clients and a PostgreSQL that wants encrypted connections. Debian's
 * is 1.18; the image has 1.25, whose new defaults (prepared statements) the files leave alone.
 */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Outcome, run } from '../kit/command';
import { CertificateFolder } from './certificate';
import { database, first, Pod, share } from './pooler-pod';
import { PostgresServer } from './server';

/** Clients that each do one transaction after the other. */
function load(pod: Pod, clients: number, seconds: number): Promise<Outcome> {
  writeFileSync(join(pod.folder, 'load.sql'), 'BEGIN;\nSELECT pg_sleep(0.02);\nCOMMIT;\n');
  const args = ['-n', '-c', String(clients), '-j', '2', '-T', String(seconds), '-f', join(pod.folder, 'load.sql')];
  const target = ['-h', '127.0.0.1', '-p', String(pod.port), '-U', 'backend', '-d', database];
  return run('pgbench', [...args, ...target], { env: pod.client(first.backend) });
}

async function opened(pod: Pod): Promise<Record<string, number>> {
  const said = await pod.server.admin(
    `SELECT usename || ' ' || count(*) FROM pg_stat_activity WHERE datname = '${database}' AND usename <> 'postgres' GROUP BY usename`,
  );
  const lines = said.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
}

const checks: Readonly<Record<string, (pod: Pod) => Promise<void>>> = {
  'each role gets in with its own password, encrypted on both ways': async (pod) => {
    for (const [role, password] of Object.entries(first)) {
      const outcome = await pod.psql(
        role,
        password,
        'SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      assert.equal(outcome.stdout.trim(), `${role}|t`, outcome.stderr);
    }
    const plain = await pod.psql('backend', first.backend, 'SELECT 1', { PGSSLMODE: 'disable' });
    assert.match(plain.stderr, /SSL required/);
  },

  'a wrong password, another role, the superuser and another database are refused': async (pod) => {
    const wrong = await pod.psql('backend', first['back-office'], 'SELECT 1');
    assert.match(wrong.stderr, /password authentication failed|SASL authentication failed/);
    for (const role of ['postgres', 'monitoring', 'pgbouncer'])
      assert.notEqual((await pod.psql(role, 'f00dfeed-superuser', 'SELECT 1')).status, 0, role);
    const console = await pod.psql('backend', first.backend, 'SHOW POOLS', { PGDATABASE: 'pgbouncer' });
    assert.notEqual(console.status, 0);
    assert.doesNotMatch(await pod.log(), /aaaa1111|quoted/);
  },

  'more clients than connections all get their turn, and the budget holds': async (pod) => {
    const working = load(pod, 20, 4);
    let most = 0;
    for (let looks = 0; looks < 12; looks += 1) {
      most = Math.max(most, (await opened(pod))['backend'] ?? 0);
      await sleep(200);
    }
    const { stdout, stderr } = await working;
    assert.match(stdout, /number of failed transactions: 0 /, stderr);
    assert.ok(Number(/actually processed: (\d+)/.exec(stdout)?.[1]) > 100, stdout);
    assert.equal(most, share.poolSize, 'connections of one role');
  },

  'an application that holds all of its own leaves the others theirs': async (pod) => {
    const holding = [1, 2].map(() => pod.psql('backend', first.backend, 'SELECT pg_sleep(3)'));
    await sleep(500);
    const started = Date.now();
    const other = await pod.psql('back-office', first['back-office'], 'SELECT 1');
    assert.equal(other.stdout.trim(), '1', other.stderr);
    assert.ok(Date.now() - started < 1500, 'at once');
    const all = await opened(pod);
    assert.ok(Object.values(all).reduce((sum, one) => sum + one, 0) <= share.serverConnections, JSON.stringify(all));
    await Promise.all(holding);
  },

  'clients beyond the most are refused, and said so': async (pod) => {
    const holding = load(pod, share.clientConnections, 3);
    await sleep(1500);
    const refused = await pod.psql('backend', first.backend, 'SELECT 1');
    assert.match(refused.stderr, /no more connections allowed/);
    assert.match((await holding).stdout, /number of failed transactions: 0 /);
  },

  'a changed password is taken over without a restart': async (pod) => {
    const next = { ...first, backend: 'eeee5555ffff6666' };
    assert.equal((await pod.server.reconcile({ database, passwords: next })).status, 0);
    pod.setPassword('backend', next.backend);
    await pod.reread(1);
    assert.equal((await pod.psql('backend', next.backend, 'SELECT 1')).stdout.trim(), '1');
    assert.notEqual((await pod.psql('backend', first.backend, 'SELECT 1')).status, 0);
    assert.equal((await pod.server.reconcile({ database, passwords: first })).status, 0);
    pod.setPassword('backend', first.backend);
    await pod.reread(2);
  },

  'a renewed certificate is shown without a restart': async (pod) => {
    await pod.certificate.renew();
    await pod.server.admin('SELECT pg_reload_conf()');
    await pod.reread(3);
    const shown = await run('openssl', ['s_client', '-starttls', 'postgres', '-connect', `127.0.0.1:${pod.port}`]);
    const fingerprint = await must('openssl', ['x509', '-noout', '-fingerprint'], { input: shown.stdout });
    assert.equal(fingerprint, await pod.certificate.fingerprint());
    const outcome = await pod.psql('backend', first.backend, 'SELECT 1');
    assert.equal(outcome.stdout.trim(), '1', outcome.stderr);
  },

  'a pod that stops lets a transaction end': async (pod) => {
    const working = pod.psql('backend', first.backend, `SELECT pg_sleep(2), 'done'`);
    await sleep(500);
    await pod.terminate();
    assert.match((await working).stdout, /done/);
  },
};

export async function pooler(): Promise<void> {
  const certificate = await CertificateFolder.make(['db']);
  const server = await PostgresServer.start(certificate);
  let pod: Pod | undefined;
  try {
    const tls = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: certificate.authority };
    const made = await server.reconcile({ database, passwords: first, env: tls });
    assert.equal(made.status, 0, made.stderr);
    pod = await Pod.start(server, certificate);
    for (const [title, check] of Object.entries(checks)) {
      await check(pod);
      console.log(`ok  ${title}`);
    }
  } finally {
    await pod?.remove();
    await server.stop();
    certificate.remove();
  }
}
