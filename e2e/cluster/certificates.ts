/** Keys, certificates and kubeconfigs of a cluster, made with openssl for one run. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../verify/kit/command';
import { authority as outside } from '../outside/authority';
import { API_SERVICE_ADDRESS, API_URL, controlPlane, folders, type NodeLayout } from './layout';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const DAYS = '30';

export function pki(name: string): string {
  return join(folders.pki, name);
}

export function kubeconfig(name: string): string {
  return join(folders.configuration, `${name}.kubeconfig`);
}

async function authority(name: string): Promise<void> {
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const files = ['-keyout', pki(`${name}.key`), '-out', pki(`${name}.crt`)];
  const subject = ['-days', DAYS, '-subj', `/CN=keelson-e2e-${name}`];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  await must('openssl', ['req', '-x509', ...KEY, ...subject, ...files, ...added]);
}

interface Leaf {
  name: string;
  subject: string;
  authority?: string;
  names?: string;
}

/** A client certificate, or a server's when it has names. */
export async function certificate({ name, subject, authority: by = 'ca', names }: Leaf): Promise<void> {
  const use = names === undefined ? 'clientAuth' : 'serverAuth';
  const alternative = names === undefined ? [] : [`subjectAltName=${names}`];
  const extensions = ['keyUsage=critical,digitalSignature', `extendedKeyUsage=${use}`, ...alternative];
  writeFileSync(pki(`${name}.ext`), `${extensions.join('\n')}\n`);
  const request = ['-keyout', pki(`${name}.key`), '-out', pki(`${name}.csr`)];
  await must('openssl', ['req', ...KEY, '-subj', subject, ...request]);
  const signer = ['-CA', pki(`${by}.crt`), '-CAkey', pki(`${by}.key`), '-CAcreateserial', '-days', DAYS];
  const files = ['-in', pki(`${name}.csr`), '-extfile', pki(`${name}.ext`), '-out', pki(`${name}.crt`)];
  await must('openssl', ['x509', '-req', ...signer, ...files]);
}

function writeKubeconfig(name: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server: API_URL, 'certificate-authority': pki('ca.crt') } }],
    users: [{ name: 'user', user: { 'client-certificate': pki(`${name}.crt`), 'client-key': pki(`${name}.key`) } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'user' } }],
    'current-context': 'e2e',
  };
  writeFileSync(kubeconfig(name), JSON.stringify(config));
}

/** Clients of the API server: certificate and kubeconfig. */
function clients(nodes: readonly NodeLayout[]): Record<string, string> {
  return {
    admin: '/O=system:masters/CN=admin',
    'controller-manager': '/CN=system:kube-controller-manager',
    scheduler: '/CN=system:kube-scheduler',
    proxy: '/CN=system:kube-proxy',
    ...Object.fromEntries(
      nodes.map(({ index, name }) => [`kubelet-${index}`, `/O=system:nodes/CN=system:node:${name}`]),
    ),
  };
}

export async function createCertificates(nodes: readonly NodeLayout[]): Promise<void> {
  rmSync(folders.pki, { recursive: true, force: true });
  for (const folder of [folders.pki, folders.configuration]) mkdirSync(folder, { recursive: true });
  await authority('ca');
  await authority('front-proxy-ca');
  copyFileSync(outside.certificate, pki('outside.crt'));
  copyFileSync(outside.key, pki('outside.key'));
  const inCluster = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const apiNames = [
    ...inCluster.map((name) => `DNS:${name}`),
    ...[API_SERVICE_ADDRESS, controlPlane.address, '127.0.0.1'].map((address) => `IP:${address}`),
  ];
  await certificate({ name: 'apiserver', subject: '/CN=kube-apiserver', names: apiNames.join(',') });
  await certificate({ name: 'apiserver-kubelet', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' });
  await certificate({ name: 'front-proxy', subject: '/CN=front-proxy-client', authority: 'front-proxy-ca' });
  for (const [name, subject] of Object.entries(clients(nodes))) {
    await certificate({ name, subject });
    writeKubeconfig(name);
  }
  for (const { index, name, address } of nodes) {
    const subject = `/O=system:nodes/CN=system:node:${name}`;
    await certificate({ name: `kubelet-serving-${index}`, subject, names: `DNS:${name},IP:${address}` });
  }
  await must('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', pki('accounts.key')]);
  await must('openssl', ['ec', '-in', pki('accounts.key'), '-pubout', '-out', pki('accounts.pub')]);
}
