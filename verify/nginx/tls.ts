/** TLS at the pod: redirect, protocols, headers, a certificate that is renewed while nginx runs. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Bench } from './bench';
import { ownPair, SecretVolume } from './certificate';
import { all, ask } from './client';
import { securityHeaders } from './headers';
import { http2 } from './http2';
import { startPod } from './pod';
import { planOf } from './system';

function subject(
  port: number,
  options: { maxVersion?: 'TLSv1.1' | 'TLSv1.2'; ALPNProtocols?: string[] } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(
      { port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1', ...options },
      () => {
        resolve(`${socket.getPeerCertificate().subject.CN} ${socket.getProtocol()} ${socket.alpnProtocol}`);
        socket.destroy();
      },
    );
    socket.on('error', () => resolve('refused'));
  });
}

export async function tls(bench: Bench): Promise<void> {
  const { checks, nginx, dns, root, ports } = bench;
  const plan = planOf(ports, root, 'load-balancer', []);
  const pod = await startPod({ plan, nginx, dns });
  const volume = new SecretVolume(join(pod.folder, 'tls'));
  volume.update(await ownPair('first'));
  await sleep(500); // the upstreams' names
  const plain = await ask(pod.http, { path: '/api/x?a=1', headers: { Host: 'evil.example' } });
  checks.equal(
    '80 redirects to a host of ours',
    [plain.status, all(plain, 'location')],
    [301, ['https://edge.example.org/api/x?a=1']],
  );
  checks.equal('80 answers health', (await ask(pod.http, { path: '/readyz' })).status, 200);
  const secure = await ask(pod.https, { path: '/api/x', tls: true });
  checks.equal('443 routes', secure.status, 200);
  checks.equal(
    'the scheme',
    (JSON.parse(secure.body) as { headers: Record<string, string> }).headers['x-forwarded-proto'],
    'https',
  );
  securityHeaders(bench, '200 over TLS', secure);
  checks.equal('TLS 1.3 and HTTP/2', await subject(pod.https, { ALPNProtocols: ['h2'] }), 'first TLSv1.3 h2');
  checks.equal('TLS 1.2', await subject(pod.https, { maxVersion: 'TLSv1.2' }), 'first TLSv1.2 false');
  checks.equal('not TLS 1.1', await subject(pod.https, { maxVersion: 'TLSv1.1' }), 'refused');
  await http2(bench, pod);
  volume.update(await ownPair('renewed'));
  checks.equal('a renewed certificate is used without a reload', await subject(pod.https), 'renewed TLSv1.3 false');
  await pod.stop();
}
