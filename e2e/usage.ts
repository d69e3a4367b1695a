/** What each container used during the run, next to what its manifest requests. */
import type { Resource } from './cluster/api';
import { livePods, type Pod, type Stage, workloadOf } from './stage';

interface PodMetrics extends Resource {
  readonly containers: readonly {
    readonly name: string;
    readonly usage: { readonly cpu: string; readonly memory: string };
  }[];
}

export interface Use {
  readonly requestedCpu: string;
  readonly requestedMemory: string;
  readonly limitMemory: string;
  /** Millicores. */
  cpuPeak: number;
  cpuSum: number;
  samples: number;
  /** MiB. */
  memoryPeak: number;
}

function millicores(text: string): number {
  const value = Number.parseFloat(text);
  if (text.endsWith('n')) return value / 1e6;
  if (text.endsWith('u')) return value / 1e3;
  return text.endsWith('m') ? value : value * 1000;
}

function mebibytes(text: string): number {
  const value = Number.parseFloat(text);
  if (text.endsWith('Ki')) return value / 1024;
  return text.endsWith('Mi') ? value : text.endsWith('Gi') ? value * 1024 : value / 1024 ** 2;
}

interface Requests {
  readonly resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
}

/** Asks the metrics server every ten seconds until it is stopped. */
export class UsageRecorder {
  readonly uses = new Map<string, Use>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly stage: Stage) {
    this.#timer = setInterval(() => void this.#sample().catch(() => undefined), 10_000);
  }

  async #sample(): Promise<void> {
    const { api, namespace } = this.stage;
    const pods = new Map((await livePods(this.stage)).map((pod) => [pod.metadata.name, pod]));
    for (const metrics of await api.list<PodMetrics>(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`)) {
      const pod = pods.get(metrics.metadata.name);
      if (pod) for (const { name, usage } of metrics.containers) this.#count(pod, name, usage);
    }
  }

  #count(pod: Pod, name: string, usage: { cpu: string; memory: string }): void {
    const container = pod.spec.containers.find((it) => it.name === name) as ({ name: string } & Requests) | undefined;
    if (container === undefined || pod.metadata.name.startsWith('idle-')) return;
    const workload = workloadOf(pod);
    // What stands beside the program itself has its own name.
    const title = pod.spec.containers[0]?.name === name ? workload : `${workload}/${name}`;
    const use = this.uses.get(title) ?? {
      requestedCpu: container.resources?.requests?.['cpu'] ?? '–',
      requestedMemory: container.resources?.requests?.['memory'] ?? '–',
      limitMemory: container.resources?.limits?.['memory'] ?? '–',
      cpuPeak: 0,
      cpuSum: 0,
      samples: 0,
      memoryPeak: 0,
    };
    const cpu = millicores(usage.cpu);
    use.cpuPeak = Math.max(use.cpuPeak, cpu);
    use.cpuSum += cpu;
    use.samples++;
    use.memoryPeak = Math.max(use.memoryPeak, mebibytes(usage.memory));
    this.uses.set(title, use);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
