import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleFilesFolder } from '../kit/module-files';
import { goProgram, KWOK_STAGES } from '../kit/tools';
import { at } from '../manifests/objects';
import type { ManifestSet } from '../manifests/sets';
import { freePorts } from '../servers/ports';
import { type Server, startServer } from '../servers/process';
import type { ApiClient } from './client';
import { OF_SERVERS } from './memory';

interface Target {
  folder: string;
  kubeconfig: string;
  client: ApiClient;
  podsPort?: number;
  autoscalerSeconds?: number;
  endpoints?: 'read' | 'unread';
}

/** Pods take this long to become Ready: at once, a drain would never meet a disruption budget. */
const READY_DELAY_MILLISECONDS = 2000;

export const ZONES = ['zone-a', 'zone-b', 'zone-c'] as const;

/** Those that need no pods. */
const OF_OBJECTS = [
  'garbage-collector-controller',
  'namespace-controller',
  'persistentvolume-binder-controller',
  'serviceaccount-controller',
];

export async function startControllers(target: Target, which: 'objects' | 'kwok'): Promise<Server[]> {
  await createStorageClass(target.client, {
    name: 'default-of-this-cluster',
    isDefault: true,
    waits: which === 'kwok',
  });
  if (which === 'objects') return [await startControllerManager(target, OF_OBJECTS)];
  return Promise.all([startControllerManager(target, ofPods(target)), startScheduler(target), startKwok(target)]);
}

/** All; where nobody reads them, but the one that says of every Service once more what its endpoint slices say. */
function ofPods({ endpoints = 'read' }: Target): string[] {
  return endpoints === 'read' ? ['*'] : ['*', '-endpoints-controller'];
}

async function startControllerManager(
  { folder, kubeconfig, client, autoscalerSeconds = 15 }: Target,
  controllers: readonly string[],
): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const server = await startServer({
    name: 'kube-controller-manager',
    program: goProgram('kube-controller-manager').path,
    env: OF_SERVERS,
    log: join(folder, 'kube-controller-manager.log'),
    args: [
      ...component(kubeconfig, port),
      `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
      `--root-ca-file=${join(folder, 'certificates', 'apiserver.crt')}`,
      `--controllers=${controllers.join(',')}`,
      '--enable-hostpath-provisioner=true',
      '--pvclaimbinder-sync-period=1s',
      `--horizontal-pod-autoscaler-sync-period=${autoscalerSeconds}s`,
      '--endpointslice-updates-batch-period=2s', // a pod that starts changes its slice once, not three times
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
    isReady: () => isListening(port),
  });
  return {
    name: server.name,
    stop: async () => {
      await removeProvisionedFolders(client);
      await server.stop();
    },
  };
}

async function startScheduler({ folder, kubeconfig }: Target): Promise<Server> {
  const [port = 0] = await freePorts(1);
  return startServer({
    name: 'kube-scheduler',
    program: goProgram('kube-scheduler').path,
    env: OF_SERVERS,
    log: join(folder, 'kube-scheduler.log'),
    args: [...component(kubeconfig, port), '--kube-api-qps=500', '--kube-api-burst=1000'],
    isReady: () => isListening(port),
  });
}

async function startKwok({ folder, kubeconfig, podsPort }: Target): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const config = join(folder, 'stages.yaml');
  writeFileSync(config, [stages(), ...(podsPort === undefined ? [] : [forwarding(podsPort)])].join('\n---\n'));
  return startServer({
    name: 'kwok',
    program: goProgram('kwok').path,
    env: OF_SERVERS,
    log: join(folder, 'kwok.log'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      `--server-address=127.0.0.1:${port}`,
      '--node-ip=127.0.0.1',
      `--node-port=${port}`,
      // The API server speaks TLS with a kubelet, and trusts any.
      `--tls-cert-file=${join(folder, 'certificates', 'apiserver.crt')}`,
      `--tls-private-key-file=${join(folder, 'certificates', 'apiserver.key')}`,
      '--node-lease-duration-seconds=40', // without it the nodes are NotReady after a minute, and their pods for good
    ],
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
  });
}

function component(kubeconfig: string, port: number): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--leader-elect=false',
  ];
}

/** The component signs its own certificate, so that only the refusal to trust it tells that it listens. */
async function isListening(port: number): Promise<boolean> {
  try {
    await fetch(`https://127.0.0.1:${port}/healthz`);
    return true;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
    return cause?.code !== undefined && cause.code !== 'ECONNREFUSED';
  }
}

function stages(): string {
  const folder = moduleFilesFolder(KWOK_STAGES);
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const stage = readFileSync(join(folder, name), 'utf8');
      return name === 'pod-ready.yaml'
        ? stage.replace('\nspec:\n', `\nspec:\n  delay:\n    durationMilliseconds: ${READY_DELAY_MILLISECONDS}\n`)
        : stage;
    })
    .join('\n---\n');
}

/** `kubectl port-forward` to any pod leads to one port of this machine. */
function forwarding(port: number): string {
  const target = { address: '127.0.0.1', port };
  const metadata = { name: 'every-pod' };
  const kind = { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'ClusterPortForward' };
  return JSON.stringify({ ...kind, metadata, spec: { forwards: [{ target }] } });
}

interface StorageClass {
  name: string;
  isDefault: boolean;
  /** For a pod that the scheduler has placed; where no pods run, nothing would ever be bound. */
  waits: boolean;
}

async function createStorageClass(client: ApiClient, { name, isDefault, waits }: StorageClass): Promise<void> {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': String(isDefault) };
  await client.must('POST', '/apis/storage.k8s.io/v1/storageclasses', {
    body: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations },
      provisioner: 'kubernetes.io/host-path',
      volumeBindingMode: waits ? 'WaitForFirstConsumer' : 'Immediate',
      allowVolumeExpansion: true,
    },
  });
}

/** The storage classes that the manifests name; what a cluster's operator would have made. */
export async function createNamedClasses(
  client: ApiClient,
  sets: readonly Pick<ManifestSet, 'objects'>[],
  waits = true,
): Promise<void> {
  const names = sets
    .flatMap(({ objects }) => objects)
    .filter(({ kind }) => kind === 'PersistentVolumeClaim')
    .map((claim) => at(claim, 'spec', 'storageClassName'));
  for (const name of new Set(names)) {
    if (typeof name === 'string' && name !== '') await createStorageClass(client, { name, isDefault: false, waits });
  }
}

/** Fake nodes over three zones, with room for every system at its highest tier. */
export async function createNodes(client: ApiClient, count: number): Promise<void> {
  const capacity = { cpu: '512', memory: '2Ti', 'ephemeral-storage': '4Ti', pods: '2000' };
  const indexes = Array.from({ length: count }, (_, index) => index);
  await client.each(indexes, (index) => {
    const name = `node-${index}`;
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/zone': ZONES[index % ZONES.length] ?? '',
    };
    return client.must('POST', '/api/v1/nodes', {
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
        status: { capacity, allocatable: capacity },
      },
    });
  });
}

/** The provisioner makes a folder per claim that nobody else removes. */
async function removeProvisionedFolders(client: ApiClient): Promise<void> {
  for (const volume of await client.list('/api/v1/persistentvolumes')) {
    const path = at(volume, 'spec', 'hostPath', 'path');
    if (typeof path === 'string') rmSync(path, { recursive: true, force: true });
  }
}
