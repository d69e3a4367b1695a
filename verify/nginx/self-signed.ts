/** TLS at the pod of realtime-game, with the pair of the real bootstrap: who gets in, by which protocols, and a renewal. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, createServer, getCiphers, type TLSSocket } from 'node:tls';
import { planWith } from '../../test/edge/renderings';
import { type Running, runSystem } from './agreement';
import type { Bench } from './bench';
import { bootstrapped, type Pair, SecretVolume } from './certificate';
import { all, ask } from './client';
import { handshake, tunnel } from './streams';

/** Old protocols and weak ciphers are open to this client, so that a refusal is the server's. */
const anything: ConnectionOptions = { host: '127.0.0.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' };

/** `TLSv1.3 TLS_AES_256_GCM_SHA384 CN`, or `refused`. */
function shaken(options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ rejectUnauthorized: false, ...anything, ...options }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.on('error', () => resolve('refused'));
  });
}

/** A server that takes everything: whoever is refused by nginx must come in here, or the refusal proves nothing. */
async function lenient<Result>(pair: Pair, work: (port: number) => Promise<Result>): Promise<Result> {
  const options = {
    key: pair['tls.key'],
    cert: pair['tls.crt'],
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
  } as const;
  const server = createServer(options, (socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const result = await work(address === null || typeof address === 'string' ? 0 : address.port);
  server.close();
  return result;
}

async function protocols({ checks }: Bench, { pod }: Running, pair: Pair): Promise<void> {
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = { minVersion: version, maxVersion: version } as const;
    checks.equal(`${version} is refused`, await shaken({ port: pod.https, ...old }), 'refused');
    const elsewhere = await lenient(pair, (port) => shaken({ port, ...old }));
    checks.ok('though this client speaks it', elsewhere.startsWith(version), elsewhere);
  }
  const modern = await shaken({ port: pod.https });
  checks.ok('TLS 1.3 is spoken', modern.startsWith('TLSv1.3'), modern);
  const accepted: string[] = [];
  const names = getCiphers().filter((name) => !name.startsWith('tls_'));
  for (const cipher of names) {
    const found = await shaken({
      port: pod.https,
      maxVersion: 'TLSv1.2',
      ciphers: `${cipher.toUpperCase()}:@SECLEVEL=0`,
    });
    if (found !== 'refused') accepted.push(found);
  }
  checks.equal(
    `of ${names.length} ciphers TLS 1.2 takes those with forward secrecy and authentication`,
    accepted.sort(),
    [
      'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256',
      'TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384',
      'TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305',
    ],
  );
}

/** Whoever is given `tls.crt`, which has its authority too, trusts the pod under the hosts of the environment, and under no other name. */
async function trust({ checks }: Bench, { pod, host }: Running, pair: Pair): Promise<void> {
  const by = (servername: string): Promise<string> =>
    shaken({ port: pod.https, servername, ca: pair['tls.crt'], rejectUnauthorized: true, ciphers: undefined });
  checks.ok('who has its authority trusts it', (await by(host)).startsWith('TLSv1.3'), await by(host));
  checks.equal('under no other name', await by('stranger.example'), 'refused');
}

async function answers({ checks }: Bench, { pod, host }: Running): Promise<void> {
  const plain = await ask(pod.http, { path: '/lobby?a=1', headers: { Host: host } });
  checks.equal('80 redirects', [plain.status, all(plain, 'location')], [301, [`https://${host}/lobby?a=1`]]);
  checks.equal('80 says no HSTS', all(plain, 'strict-transport-security'), []);
  const secure = await ask(pod.https, { path: '/api/games/', headers: { Host: host }, tls: true });
  checks.equal('443 answers', secure.status, 200);
  checks.equal('no HSTS until it is confirmed', all(secure, 'strict-transport-security'), []);
  const file = await ask(pod.https, { path: '/assets/index.3f2a.js', headers: { Host: host }, tls: true });
  checks.equal('a file of the build', [file.status, file.body.trim()], [200, 'front-end']);
  const socket = tunnel(pod.https, handshake('/ws/game/7/?token=very.secret.token'), true);
  await socket.until('101');
  socket.say('move');
  checks.ok('a WebSocket over TLS', await socket.until('move'), socket.text());
  socket.end();
  await sleep(300);
  const logs = `${pod.stdout()}${pod.stderr()}`;
  checks.equal(
    'it is logged without its token',
    [logs.includes('/ws/game/7/'), logs.includes('secret.token')],
    [true, false],
  );
}

function serial(pair: Pair): string {
  return new X509Certificate(pair['tls.crt'] ?? '').serialNumber;
}

function shownSerial(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? 'none');
      socket.destroy();
    });
    socket.on('error', (error) => resolve(String(error)));
  });
}

const renewals = 40;

/** Far more often than in a year: each time between two files that are read, a handshake could find them apart. */
async function renewal({ checks }: Bench, { plan, pod, host }: Running, volume: SecretVolume): Promise<void> {
  const pairs = [await bootstrapped(plan), await bootstrapped(plan)];
  let done = false;
  let asked = 0;
  const lost: string[] = [];
  const client = async (): Promise<void> => {
    while (!done) {
      asked += 1;
      const answer = ask(pod.https, { path: '/api/games/', headers: { Host: host }, tls: true });
      const outcome = await answer.then(({ status }) => String(status), String);
      if (outcome !== '200') lost.push(outcome);
    }
  };
  const clients = Array.from({ length: 8 }, client);
  for (let times = 0; times < renewals; times += 1) {
    await sleep(100);
    volume.update(pairs[times % 2] ?? {});
  }
  const [last = {}] = [pairs[(renewals - 1) % 2]];
  checks.equal(
    'the next handshake shows the new certificate, without a reload',
    await shownSerial(pod.https),
    serial(last),
  );
  done = true;
  await Promise.all(clients);
  checks.equal(`${renewals} renewals lose none of ${asked} handshakes and requests`, lost.slice(0, 5), []);
  checks.ok('and there were some', asked > 200, asked);
}

export async function selfSigned(bench: Bench): Promise<void> {
  const plan = planWith('realtime-game', 'production', { tls: { by: 'self-signed', issuer: null } });
  const pair = await bootstrapped(plan);
  const found: SecretVolume[] = [];
  const running = await runSystem(bench, plan, (folder) => {
    const volume = new SecretVolume(join(folder, 'tls'));
    volume.update(pair);
    found.push(volume);
  });
  await protocols(bench, running, pair);
  await trust(bench, running, pair);
  await answers(bench, running);
  for (const volume of found) await renewal(bench, running, volume);
  await running.stop();
}
