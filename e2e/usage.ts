/** What each lasting container used during the run, next to what its manifest requests. */
import { at, type KubernetesObject } from '../verify/manifests/objects';
import type { Resource } from './cluster/api';
import { expect, keptPods, type Pod, type Stage, workloadOf } from './stage';

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

/** How a container is called: as its workload, and what stands beside the program itself has its own name. */
function titleOf(workload: string, containers: readonly { readonly name: string }[], name: string): string {
  return containers[0]?.name === name ? workload : `${workload}/${name}`;
}

/** The containers of everything that goes on: what a Job uses, it uses between two samples. */
export function lastingContainers(objects: readonly KubernetesObject[]): string[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .flatMap((object) => {
      const containers = at(object, 'spec', 'template', 'spec', 'containers') as readonly { readonly name: string }[];
      return containers.map(({ name }) => titleOf(object.metadata.name, containers, name));
    });
}

/** What of the containers nothing is known, and what of them needs more memory than the scheduler keeps for it. */
export function usageFaults(
  uses: ReadonlyMap<string, Pick<Use, 'memoryPeak' | 'requestedMemory'>>,
  containers: readonly string[],
): string[] {
  return containers.flatMap((title) => {
    const use = uses.get(title);
    if (use === undefined) return [`${title} was never measured`];
    if (use.memoryPeak <= mebibytes(use.requestedMemory)) return [];
    return [`${title} used ${use.memoryPeak.toFixed(0)}Mi of memory, and requests ${use.requestedMemory}`];
  });
}

/** Of the samples, how many may be without an answer: the metrics server starts after the first ones, and is drained once. */
const MAY_FAIL = 0.25;

/** Asks the metrics server every ten seconds until it is stopped. */
export class UsageRecorder {
  readonly uses = new Map<string, Use>();
  readonly #timer: NodeJS.Timeout;
  readonly #failures: string[] = [];
  #asked = 0;

  constructor(private readonly stage: Stage) {
    this.#timer = setInterval(() => {
      this.#asked++;
      void this.#sample().catch((error: unknown) => this.#failures.push(String(error)));
    }, 10_000);
  }

  /** @throws Error when the table would not say what it is there for */
  check(): void {
    const [asked, failed] = [this.#asked, this.#failures.length];
    const answers = `${failed} of ${asked} questions about usage had no answer: ${this.#failures.at(-1)}`;
    expect(asked > 0 && failed <= asked * MAY_FAIL, answers);
    const faults = usageFaults(this.uses, lastingContainers(this.stage.manifests.objects));
    expect(faults.length === 0, faults.join('; '));
  }

  async #sample(): Promise<void> {
    const { api, namespace } = this.stage;
    const pods = new Map((await keptPods(this.stage)).map((pod) => [pod.metadata.name, pod]));
    for (const metrics of await api.list<PodMetrics>(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`)) {
      const pod = pods.get(metrics.metadata.name);
      if (pod) for (const { name, usage } of metrics.containers) this.#count(pod, name, usage);
    }
  }

  #count(pod: Pod, name: string, usage: { cpu: string; memory: string }): void {
    const container = pod.spec.containers.find((it) => it.name === name) as ({ name: string } & Requests) | undefined;
    if (container === undefined) return;
    const title = titleOf(workloadOf(pod), pod.spec.containers, name);
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
