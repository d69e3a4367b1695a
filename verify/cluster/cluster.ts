import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandOptions, type Outcome, run } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import { goProgram, type Release } from '../kit/tools';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import { ApiClient, type Endpoint } from './client';
import { startControllers } from './controllers';
import { OF_COMMANDS, OF_SERVERS } from './memory';

/**
 * What runs beside the API server: nothing; the controllers of objects, which bind claims, collect garbage and end
 * namespaces, but make no pods; or all controllers, a scheduler, and kwok, whose nodes say that pods run.
 */
export type Controllers = 'none' | 'objects' | 'kwok';

export interface Cluster {
  release: Release;
  version: string;
  client: ApiClient;
  kubeconfig: string;
  /** The API server's address. */
  server: string;
  /** Scratch for logs and files; it goes when the cluster stops. */
  folder: string;
  kubectl: (args: readonly string[], options?: CommandOptions) => Promise<Outcome>;
  stop: () => Promise<void>;
}

export interface ClusterOptions {
  /** Where on loopback every port of every pod leads to; nowhere unless given. */
  podsPort?: number;
  /**
   * How often autoscalers look at their metrics: each look is a request or three.
   * @default 15, as Kubernetes has it
   */
  autoscalerSeconds?: number;
  /**
   * Whether anybody here reads Endpoints, as an old Prometheus does.
   * @default read
   */
  endpoints?: 'read' | 'unread';
}

export async function startCluster(
  release: Release,
  controllers: Controllers,
  options: ClusterOptions = {},
): Promise<Cluster> {
  const folder = scratchFolder('cluster');
  const servers: Server[] = [];
  const cleanUp = async () => {
    for (const server of servers.reverse()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(folder, servers);
    const endpoint = await startApiServer(release, folder, etcd, servers);
    const client = new ApiClient(endpoint);
    const kubeconfig = writeKubeconfig(folder, endpoint);
    if (controllers !== 'none')
      servers.push(...(await startControllers({ folder, kubeconfig, client, ...options }, controllers)));
    return {
      release,
      version: goProgram('kube-apiserver', release).version,
      client,
      kubeconfig,
      server: `https://${endpoint.host}:${endpoint.port}`,
      folder,
      kubectl: (args, options) =>
        run(goProgram('kubectl').path, args, {
          ...options,
          env: { ...kubectlEnv({ kubeconfig, folder }), ...options?.env },
        }),
      stop: async () => {
        await cleanUp();
        client.close();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** What the server has is learned once, and forgotten with the cluster. */
export function kubectlEnv({ kubeconfig, folder }: Pick<Cluster, 'kubeconfig' | 'folder'>): Record<string, string> {
  return { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'kubectl'), ...OF_COMMANDS };
}

async function startEtcd(folder: string, servers: Server[]): Promise<string> {
  const [clientPort, peerPort] = await freePorts(2);
  const url = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const server = await startServer({
    name: 'etcd',
    program: goProgram('etcd').path,
    env: OF_SERVERS,
    log: join(folder, 'etcd.log'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      '--unsafe-no-fsync', // the data dies with the run
      '--backend-batch-interval=1s', // and no commit is waited for
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ],
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  servers.push(server);
  return url;
}

async function startApiServer(release: Release, folder: string, etcd: string, servers: Server[]): Promise<Endpoint> {
  const [port = 0] = await freePorts(1);
  const token = randomBytes(16).toString('hex');
  writeCredentials(folder, token);
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const endpoint = () => ({
    host: '127.0.0.1',
    port,
    token,
    ca: readFileSync(join(certificates, 'apiserver.crt'), 'utf8'),
  });
  const server = await startServer({
    name: `kube-apiserver ${release}`,
    program: goProgram('kube-apiserver', release).path,
    env: OF_SERVERS,
    log: join(folder, 'kube-apiserver.log'),
    args: [
      `--etcd-servers=${etcd}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${certificates}`, // the server signs its own certificate into it
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'service-account.key')}`,
      `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC,Node',
      '--allow-privileged=true',
    ],
    isReady: async () => {
      const probe = new ApiClient(endpoint());
      const { status } = await probe.request('GET', '/readyz');
      probe.close();
      return status === 200;
    },
  });
  servers.push(server);
  return endpoint();
}

function writeCredentials(folder: string, token: string): void {
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  writeFileSync(join(folder, 'service-account.key'), pem, { mode: 0o600 });
}

/** JSON is YAML too. */
function writeKubeconfig(folder: string, { host, port, token, ca }: Endpoint): string {
  const path = join(folder, 'kubeconfig');
  const cluster = {
    server: `https://${host}:${port}`,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'verify', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'verify', context: { cluster: 'verify', user: 'admin' } }],
    'current-context': 'verify',
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
