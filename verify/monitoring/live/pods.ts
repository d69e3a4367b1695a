import type { ApiClient } from '../../cluster/client';
import type { Outcome } from '../../kit/command';
import type { Server } from '../../servers/process';
import { type Container, runToEnd, start } from './container';
import { joinNetwork, type PodNetwork } from './network';
import { imageOf, PROGRAMS } from './programs';
import { dataOf, makeVolumes, type Volume } from './volumes';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: {
    readonly containers: readonly PodContainer[];
    readonly initContainers?: readonly PodContainer[];
    readonly volumes?: readonly Volume[];
    readonly serviceAccountName?: string;
    readonly securityContext?: { readonly runAsUser?: number; readonly fsGroup?: number };
  };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

/** What differs between pods that run an application of our own making. */
export type Application = (pod: Pod, container: PodContainer) => Readonly<Record<string, string>>;

export interface Site {
  readonly client: ApiClient;
  /** Every container has them: name resolution and what it trusts. */
  readonly files: Readonly<Record<string, string>>;
  readonly application: Application;
}

const plainPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A pod of the API server, run here: a kubelet as small as can be. */
export class RunningPod {
  private readonly servers = new Map<string, Server>();

  private constructor(
    readonly pod: Pod,
    readonly address: string,
    private readonly network: PodNetwork,
    private readonly site: Site,
    private readonly folders: Map<string, string>,
  ) {}

  static async place(site: Site, pod: Pod): Promise<RunningPod> {
    const address = pod.status.podIP;
    if (address === undefined) throw new Error(`${pod.metadata.name} has no address`);
    const { name, namespace } = pod.metadata;
    const serviceAccount = pod.spec.serviceAccountName ?? 'default';
    const owner = {
      client: site.client,
      namespace,
      pod: name,
      serviceAccount,
      group: pod.spec.securityContext?.fsGroup ?? 0,
    };
    const folders = await makeVolumes(owner, pod.spec.volumes ?? []);
    return new RunningPod(pod, address, await joinNetwork(address), site, folders);
  }

  /** Init containers whose program we have, then all containers; ready when every port is open. */
  async run(ready: (address: string, port: number) => Promise<boolean>): Promise<void> {
    for (const one of this.pod.spec.initContainers ?? []) await this.initialize(one);
    await Promise.all(this.pod.spec.containers.map((one) => this.start(one, ready)));
  }

  private async initialize(one: PodContainer): Promise<void> {
    // Who waits for whom is the run's own order, and our applications have nothing to prepare.
    if (imageOf(one.image) === undefined || one.name.startsWith('wait-')) return;
    const { status, stdout, stderr } = await this.toEnd(one);
    if (status !== 0) throw new Error(`${this.pod.metadata.name}/${one.name}: ${stdout}${stderr}`);
  }

  async toEnd(one: PodContainer): Promise<Outcome> {
    return runToEnd(await this.container(one), 90);
  }

  async start(one: PodContainer, ready: (address: string, port: number) => Promise<boolean>): Promise<void> {
    const ports = (one.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
    const isReady = async (): Promise<boolean> => {
      for (const { containerPort } of ports) if (!(await ready(this.address, containerPort))) return false;
      return true;
    };
    this.servers.set(one.name, await start(await this.container(one), isReady, 90));
  }

  /** As when a container ends and does not come back. */
  async stopContainer(name: string): Promise<void> {
    await this.servers.get(name)?.stop();
  }

  /** A command in one of its containers, as `kubectl exec` would run it. */
  async exec(name: string, command: readonly string[]): Promise<Outcome> {
    const found = this.pod.spec.containers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${this.pod.metadata.name} has no container ${name}`);
    const container = await this.container(found);
    return runToEnd({ ...container, name: `${container.name}-exec`, command }, 60);
  }

  private async container(one: PodContainer): Promise<Container> {
    const { name } = this.pod.metadata;
    const image = imageOf(one.image);
    const own = image === undefined;
    const command = own
      ? [`${PROGRAMS}/node`, `${PROGRAMS}/application.mjs`]
      : [...(one.command ?? image.entrypoint ?? []), ...(one.args ?? [])];
    const path = `${PROGRAMS}:${image?.path === undefined ? '' : `${image.path}:`}${plainPath}`;
    const env = own ? this.site.application(this.pod, one) : await this.environment(one);
    return {
      name: `${name}-${one.name}`,
      hostname: name,
      network: this.network.pid,
      user: this.pod.spec.securityContext?.runAsUser ?? 65534,
      command,
      env: { PATH: path, HOSTNAME: name, HOME: '/nonexistent', ...this.kubernetes(), ...env },
      mounts: own ? [] : this.mounts(one),
      files: { ...this.site.files, '/etc/hosts': this.hosts() },
    };
  }

  /** What every pod is told of the API server. */
  private kubernetes(): Record<string, string> {
    return { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  }

  private hosts(): string {
    const { name, namespace, labels } = this.pod.metadata;
    const set = `${labels['app.kubernetes.io/name']}-pods.${namespace}.svc.cluster.local`;
    return `127.0.0.1 localhost\n${this.address} ${name}.${set} ${name}\n`;
  }

  private mounts(one: PodContainer): Container['mounts'] {
    return (one.volumeMounts ?? []).flatMap(({ name, mountPath, subPath }) => {
      const source = this.folders.get(name);
      if (source === undefined) throw new Error(`${this.pod.metadata.name} has no volume ${name}`);
      if (subPath !== undefined) throw new Error(`${this.pod.metadata.name} mounts a part of ${name}`);
      return [{ source, path: mountPath }];
    });
  }

  private async environment({ env = [] }: PodContainer): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const one of env) found[one.name] = await this.valueOf(one);
    return found;
  }

  private async valueOf({ name, value, valueFrom }: EnvVar): Promise<string> {
    if (value !== undefined || valueFrom === undefined) return value ?? '';
    const secret = valueFrom.secretKeyRef;
    const { namespace } = this.pod.metadata;
    if (secret) {
      const data = await dataOf({ client: this.site.client, namespace }, 'secrets', secret.name);
      return data?.[secret.key] ?? '';
    }
    const fields: Record<string, string> = {
      'metadata.name': this.pod.metadata.name,
      'metadata.namespace': namespace,
      'status.podIP': this.address,
    };
    const field = fields[valueFrom.fieldRef?.fieldPath ?? ''];
    if (field === undefined) throw new Error(`${this.pod.metadata.name}: where ${name} comes from is not known`);
    return field;
  }
}
