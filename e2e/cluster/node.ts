/** One node: containerd, kubelet and kube-proxy in its network namespace. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OF_SERVERS } from '../../verify/cluster/memory';
import { cacheFolder } from '../../verify/kit/cache';
import { type Outcome, run } from '../../verify/kit/command';
import { goProgramVersion } from '../../verify/kit/go';
import { NODE_PROGRAMS } from '../../verify/kit/tools';
import { kubeconfig, pki } from './certificates';
import { createCgroup } from './cgroups';
import { DNS_ADDRESS, folders, type NodeLayout, PAUSE_IMAGE, POD_NETWORK, REGISTRY_URL } from './layout';
import { isRunning, lastLines, start } from './processes';
import { until } from './until';

function nodeProgram(name: string): string {
  const program = NODE_PROGRAMS.find((candidate) => candidate.name === name);
  if (!program) throw new Error(`No program ${name} in the kit`);
  return join(cacheFolder(name, goProgramVersion(program)), name);
}

/** `ctr` speaks to a node's containerd. */
export function ctr(node: NodeLayout, args: readonly string[], timeoutSeconds = 120): Promise<Outcome> {
  const namespace = `--net=/run/netns/${node.netns}`;
  const command = [namespace, 'ctr', '--address', node.containerdSocket, '--namespace', 'k8s.io', ...args];
  return run('nsenter', command, { timeoutSeconds });
}

function containerdConfiguration(node: NodeLayout): string {
  const root = join(node.folder, 'containerd');
  const unused = ['aufs', 'btrfs', 'zfs', 'devmapper'].map((name) => `"io.containerd.snapshotter.v1.${name}"`);
  const tracing = ['"io.containerd.tracing.processor.v1.otlp"', '"io.containerd.internal.v1.tracing"'];
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${root}"
state = "${join(folders.run, `containerd-${node.index}`)}"
disabled_plugins = [${[...unused, ...tracing].join(', ')}]
[grpc]
  address = "${node.containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(root, 'opt')}"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE no score can be lowered.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  # The defaults from containerd 2.0 on.
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
[${cri}.registry]
  config_path = "${join(node.folder, 'registries')}"
[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${join(node.folder, 'cni')}"
`;
}

function cniConfiguration(node: NodeLayout): unknown {
  const dataDir = join(folders.run, `addresses-${node.index}`);
  const ranges = [[{ subnet: node.podNetwork }]];
  const ipam = { type: 'host-local', dataDir, ranges, routes: [{ dst: '0.0.0.0/0' }] };
  return {
    cniVersion: '1.0.0',
    name: 'e2e',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfiguration(node: NodeLayout): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    containerRuntimeEndpoint: `unix://${node.containerdSocket}`,
    address: node.address,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki(`kubelet-serving-${node.index}.crt`),
    tlsPrivateKeyFile: pki(`kubelet-serving-${node.index}.key`),
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: join(node.folder, 'resolv.conf'),
    podLogsDir: join(node.folder, 'pod-logs'),
    volumePluginDir: join(node.folder, 'volume-plugins'),
    failSwapOn: false,
    serializeImagePulls: false,
    registryPullQPS: 0,
    imageGCHighThresholdPercent: 100,
    // A thin disk under many image stores: the node must not evict over what is not the system's.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    healthzBindAddress: '127.0.0.1',
  };
}

function proxyConfiguration(node: NodeLayout): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig: kubeconfig('proxy') },
    clusterCIDR: POD_NETWORK,
    hostnameOverride: node.name,
    bindAddress: node.address,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    // These are settings of the whole machine.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}

function writeConfiguration(node: NodeLayout): void {
  for (const part of ['cni', 'pod-logs', 'kubelet', 'volume-plugins', 'registries/_default', 'kubelet-pki']) {
    mkdirSync(join(node.folder, part), { recursive: true });
  }
  const hosts = `[host."${REGISTRY_URL}"]\n  capabilities = ["pull", "resolve"]\n`;
  const write = (path: string, content: string): void => writeFileSync(join(node.folder, path), content);
  write('registries/_default/hosts.toml', hosts);
  write('resolv.conf', '# empty: there is nobody outside to ask\n');
  write('containerd.toml', containerdConfiguration(node));
  write('cni/10-e2e.conflist', JSON.stringify(cniConfiguration(node)));
  write('kubelet.json', JSON.stringify(kubeletConfiguration(node)));
  write('proxy.json', JSON.stringify(proxyConfiguration(node)));
}

/** Measured: it has started within 0.2 s, beside five others. */
const RUNTIME_SECONDS = 60;

async function startContainerd(node: NodeLayout): Promise<void> {
  const name = `containerd-${node.index}`;
  mkdirSync(folders.run, { recursive: true });
  start(name, node, ['containerd', '--config', join(node.folder, 'containerd.toml'), '--log-level', 'info']);
  const answers = async (): Promise<boolean> =>
    existsSync(node.containerdSocket) && (await ctr(node, ['version'], 10)).status === 0;
  const state = await until(
    `containerd of ${node.name} answers`,
    RUNTIME_SECONDS,
    async () => {
      if (await answers()) return 'answers';
      if (!isRunning(name)) return 'has ended';
      throw new Error(`its last lines:\n${lastLines(name)}`);
    },
    100,
  );
  if (state === 'has ended') throw new Error(`containerd of ${node.name} ${state}:\n${lastLines(name)}`);
}

/** Reference → digest. */
export type Images = ReadonlyMap<string, string>;

/**
 * Fetches images, so that a start measures the system and not the unpacking of its images; those of earlier runs go, or the
 * store would grow with every change of one.
 */
async function pull(node: NodeLayout, images: Images): Promise<void> {
  const { stdout } = await ctr(node, ['images', 'list']);
  const lines = stdout.split('\n').slice(1);
  const found = lines.map((line) => line.split(/\s+/)).filter(([name = '']) => name !== '');
  const there = new Set(found.map(([name, , digest]) => `${name} ${digest}`));
  const wanted = new Set(images.values());
  const old = found.flatMap(([name = '', , digest = '']) => (wanted.has(digest) ? [] : [name]));
  if (old.length > 0) await ctr(node, ['images', 'remove', '--sync', ...old], 300);
  for (const [image] of [...images].filter(([name, digest]) => !there.has(`${name} ${digest}`))) {
    const hosts = join(node.folder, 'registries');
    const { status, stderr } = await ctr(node, ['images', 'pull', '--hosts-dir', hosts, image], 300);
    if (status !== 0) throw new Error(`${node.name} cannot pull ${image}: ${stderr.trim().slice(-300)}`);
  }
}

export async function startRuntime(node: NodeLayout, images: Images): Promise<void> {
  createCgroup(node.cgroup);
  writeConfiguration(node);
  await startContainerd(node);
  await pull(node, images);
}

export function startKubelet(node: NodeLayout): void {
  const command = [
    nodeProgram('kubelet'),
    `--config=${join(node.folder, 'kubelet.json')}`,
    `--kubeconfig=${kubeconfig(`kubelet-${node.index}`)}`,
    `--root-dir=${join(node.folder, 'kubelet')}`,
    `--cert-dir=${join(node.folder, 'kubelet-pki')}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
    // How old an autoscaler's figures may be: they are two samples. Default: 10 s.
    '--housekeeping-interval=5s',
    // Where cAdvisor learns which pod a container belongs to.
    `--containerd=${node.containerdSocket}`,
    `--node-labels=topology.kubernetes.io/zone=${node.zone}`,
  ];
  start(`kubelet-${node.index}`, node, command, OF_SERVERS);
}

export function startProxy(node: NodeLayout): void {
  const command = [nodeProgram('kube-proxy'), `--config=${join(node.folder, 'proxy.json')}`];
  start(`proxy-${node.index}`, node, command, OF_SERVERS);
}

export function nodeFolders(): string[] {
  return existsSync(folders.nodes) ? readdirSync(folders.nodes) : [];
}
