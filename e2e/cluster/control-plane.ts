/** etcd, the API server and its two companions, on the first node. */
import { OF_SERVERS } from '../../verify/cluster/memory';
import { goProgram } from '../../verify/kit/tools';
import { kubeconfig, pki } from './certificates';
import { API_PORT, controlPlane, folders, SERVICE_NETWORK } from './layout';
import { start } from './processes';

function etcd(): string[] {
  const [client, peer] = ['http://127.0.0.1:2379', 'http://127.0.0.1:2380'];
  return [
    goProgram('etcd').path,
    `--data-dir=${folders.etcd}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ];
}

function apiServer(): string[] {
  return [
    goProgram('kube-apiserver').path,
    '--etcd-servers=http://127.0.0.1:2379',
    `--secure-port=${API_PORT}`,
    '--bind-address=0.0.0.0',
    `--advertise-address=${controlPlane.address}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('accounts.pub')}`,
    `--service-account-signing-key-file=${pki('accounts.key')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    // Aggregated APIs: the metrics server.
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
  ];
}

function asClient(name: string): string[] {
  const file = kubeconfig(name);
  return [
    `--kubeconfig=${file}`,
    `--authentication-kubeconfig=${file}`,
    `--authorization-kubeconfig=${file}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ];
}

function controllerManager(): string[] {
  return [
    goProgram('kube-controller-manager').path,
    ...asClient('controller-manager'),
    `--root-ca-file=${pki('ca.crt')}`,
    `--service-account-private-key-file=${pki('accounts.key')}`,
    '--use-service-account-credentials=true',
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    // Each node has its range of pod addresses by its number: `layout.ts`.
    '--allocate-node-cidrs=false',
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    // One client for the work of a whole cluster; the defaults, 20 and 30, make a namespace's end wait.
    '--kube-api-qps=100',
    '--kube-api-burst=200',
    // How often metrics are looked at; how long an autoscaler waits is the manifests' word. Default: 15 s.
    '--horizontal-pod-autoscaler-sync-period=5s',
  ];
}

export function startApiServer(): void {
  start('etcd', controlPlane, etcd(), OF_SERVERS);
  start('apiserver', controlPlane, apiServer(), OF_SERVERS);
}

export function startControllers(): void {
  start('controller-manager', controlPlane, controllerManager(), OF_SERVERS);
  start('scheduler', controlPlane, [goProgram('kube-scheduler').path, ...asClient('scheduler')], OF_SERVERS);
}
